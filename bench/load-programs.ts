// What the clients of the load section send: good programs and bad, each with a mark that its answer must carry.

export type Kind = "search" | "execute" | "throw" | "large" | "endless";

/** One program, and how to tell that an answer is its own. */
export interface Program {
  kind: Kind;
  tool: "search" | "execute";
  code: string;
  /** Whether an answer of the right caller is also the right answer. */
  isAnswered(answer: { isError: boolean; texts: string[] }): boolean;
}

export const marksIn = (text: string): string[] => text.match(/mark-\d+-end/g) ?? [];
export const markOf = (code: string): string => marksIn(code)[0] ?? "";

export function program(n: number): Program {
  const mark = `mark-${n}-end`;
  const isFine = ({ isError }: { isError: boolean }) => !isError;
  // A loop keeps the one thread for as long as a program may: more of them would measure nothing else.
  if (n % 500 === 499) {
    const code = `for (;;) { "${mark}"; }`;
    return {
      kind: "endless",
      tool: "execute",
      code,
      isAnswered: ({ texts }) => /kept the processor busy/.test(texts[0] ?? ""),
    };
  }
  switch (n % 10) {
    case 0: {
      const code = `async () => { throw new Error("${mark}"); }`;
      return { kind: "throw", tool: "search", code, isAnswered: ({ isError }) => isError };
    }
    case 1: {
      const code = `Array.from({ length: 20_000 }, (_, n) => ({ n, mark: "${mark}" }))`;
      return {
        kind: "large",
        tool: "execute",
        code,
        isAnswered: ({ texts }) => texts.some((text) => text.includes("was shrunk to")),
      };
    }
    case 2:
    case 3:
    case 4:
    case 5: {
      const code = `["${mark}", Object.keys(spec.paths).length, find("list sites")[0].operationId]`;
      return { kind: "search", tool: "search", code, isAnswered: isFine };
    }
    default:
      return callProgram(mark);
  }
}

/** The API answers with the name it was asked for, so that its answers are told apart as well. */
function callProgram(mark: string): Program {
  const code = `async () => { const { data } = await api.request({ method: "GET", path: "/accounts/{account_id}", params: { account_id: "${mark}" } }); return data.name; }`;
  return { kind: "execute", tool: "execute", code, isAnswered: ({ isError }) => !isError };
}

/** As the peer's below: a search, or one call. */
export function alikeProgram(n: number): Program {
  const mark = `mark-${n}-end`;
  const isAnswered = ({ isError }: { isError: boolean }) => !isError;
  if (n % 2 === 0) {
    const code = `async () => ["${mark}", Object.keys(spec.paths).length]`;
    return { kind: "search", tool: "search", code, isAnswered };
  }
  return callProgram(mark);
}

/** It has no way to end a loop, and its API is a function here. */
export function peerProgram(n: number): Program {
  const mark = `mark-${n}-end`;
  const isAnswered = ({ isError }: { isError: boolean }) => !isError;
  if (n % 2 === 0) {
    const code = `async () => { const spec = await codemode.spec(); return ["${mark}", Object.keys(spec.paths).length]; }`;
    return { kind: "search", tool: "search", code, isAnswered };
  }
  const code = `async () => { await codemode.request({ method: "GET", path: "/accounts/${mark}" }); return "${mark}"; }`;
  return { kind: "execute", tool: "execute", code, isAnswered };
}
