// The programs of the tasks, as a model writes them after reading the two tools' descriptions and nothing else.

import type { Program } from "./task.ts";

/** The example of `search`, for several things at once. */
export function lookUp(...texts: string[]): Program {
  const code =
    texts.length === 1
      ? `const hits = find(${JSON.stringify(texts[0])}, {limit: 3}); [hits, describe(hits[0])]`
      : `const hits = ${JSON.stringify(texts)}.map((text) => find(text, {limit: 3})); [hits, describe(hits.map(([first]) => first))]`;
  return { tool: "search", code };
}

/** When a first hit was not it, and one further down was. */
export function describing(...operations: string[]): Program {
  const [first] = operations;
  return {
    tool: "search",
    code: `describe(${JSON.stringify(operations.length === 1 ? first : operations)})`,
  };
}

export function run(code: string): Program {
  return { tool: "execute", code };
}

/** Paths that a program spells out and no answer of a search before it described: it could not have known them. */
export function undescribed(programs: readonly Program[], answers: readonly string[]): string[] {
  return programs.flatMap(({ tool, code }, n) => {
    if (tool === "search") return [];
    const known = answers.slice(0, n).join("\n").replaceAll('\\"', '"');
    const paths = [...code.matchAll(/"(\/[a-z0-9_-]+(?:\/[a-z0-9_{}-]+)+)"/g)].map(([, path = ""]) => path);
    return [...new Set(paths)].filter((path) => !known.includes(`path: "${path}"`));
  });
}
