// The programs a model would write, with a mark in each that makes its text, and so its isolate, new.

/** `word` is text of a regular expression. Reads the index alone: what a first look for operations does. */
export function indexProgram(word: string, mark: string): string {
  return `async () => {
  // ${mark}
  const wanted = /${word}/i;
  const found = [];
  for (const [path, item] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const { summary, tags = [] } = operation;
      if (wanted.test(summary) || tags.some((tag) => wanted.test(tag))) found.push({ method, path, summary });
    }
  }
  return found.slice(0, 5);
}`;
}

/** The same, then the parameters, body and answers of the first operation that has a body. */
export function bodiesProgram(word: string, mark: string): string {
  return `async () => {
  // ${mark}
  const wanted = /${word}/i;
  const found = [];
  for (const [path, item] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const { summary, tags = [] } = operation;
      if (wanted.test(summary) || tags.some((tag) => wanted.test(tag))) found.push({ method, path, operation });
    }
  }
  const { method, path, operation } = found.find(({ method }) => method === "post" || method === "patch") ?? found[0];
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  return {
    method,
    path,
    parameters: (operation.parameters ?? []).map(({ name, in: place, required }) => ({ name, place, required })),
    properties: Object.keys(schema?.properties ?? {}),
    responses: Object.entries(operation.responses).map(([status, { description }]) => ({ status, description })),
  };
}`;
}

/** Reads every schema of the document: the most that a program can ask of the bodies at once. */
export function schemasProgram(mark: string): string {
  return `// ${mark}\nObject.values(spec.components.schemas).length`;
}

/** The peer's way to the same: its `spec` is a function. */
export function forPeer(program: string): string {
  return program.replace("async () => {", "async () => {\n  const spec = await codemode.spec();");
}
