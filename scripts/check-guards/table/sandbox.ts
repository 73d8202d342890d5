import type { Guard } from "../guard.ts";

const threats = "test/worker/threats.test.ts";
const wire = "test/worker/threats-wire.test.ts";
const isolate = "test/worker/isolate.test.ts";
const workerCode = "src/sandbox/worker-code.ts";
const runProgram = "src/sandbox/run-program.ts";
const readOutcome = "src/sandbox/read-outcome.ts";

/** Of src/sandbox and src/compile: what an isolate is given, how long it lives, and what is taken from it. */
export const sandboxGuards: readonly Guard[] = [
  {
    id: "closed-network",
    threat: "T1",
    file: workerCode,
    edits: [["globalOutbound: null,", ""]],
    proof: { file: threats, test: "T1: not by" },
  },
  {
    id: "no-node",
    threat: "T1",
    file: workerCode,
    edits: [
      [`"no_nodejs_compat",`, ""],
      [`"no_nodejs_compat_v2",`, ""],
    ],
    proof: { file: isolate, test: "sees no Node, no eval and no modules" },
  },
  {
    id: "empty-environment",
    threat: "T2",
    file: workerCode,
    edits: [["env: {},", `env: { API_TOKEN: "x" },`]],
    proof: { file: threats, test: "whatever is loaded has no network, no environment" },
  },
  {
    id: "no-importable-environment",
    threat: "T2",
    file: workerCode,
    edits: [[`"disallow_importable_env",`, ""]],
    proof: { file: threats, test: "whatever is loaded has no network, no environment" },
  },
  {
    id: "closed-after-run",
    threat: "T3",
    file: runProgram,
    edits: [["closed = true;", ""]],
    proof: { file: threats, test: "T3: not from", row: "a timer" },
  },
  {
    id: "ended-grants-begin-nothing",
    threat: "T3",
    file: "src/journal/journal.ts",
    edits: [[`if (this.#all.runs.isOver(run)) return "over";`, ""]],
    proof: { file: "test/worker/grant-end.test.ts", test: "sends nothing" },
  },
  {
    id: "new-isolate-each-run",
    threat: "T4",
    file: runProgram,
    edits: [["loader.load(", `((code: WorkerLoaderWorkerCode) => loader.get("kept", () => code))(`]],
    proof: { file: threats, test: "T4: runs of the same code at once, interleaved" },
  },
  {
    id: "check-in-loops",
    threat: "T5",
    file: "src/compile/guard-loops.ts",
    edits: [["guardStatement(body, edit, tick);", "undefined;"]],
    proof: { file: "test/compile/guard-loops.test.ts", test: "the check is met by each turn of a loop" },
  },
  {
    id: "check-in-functions",
    threat: "T5",
    file: "src/compile/guard-loops.ts",
    edits: [["/Function/.test(node.type)", 'node.type === ""']],
    proof: { file: "test/compile/guard-loops.test.ts", test: "the check is met by each call of a function" },
  },
  {
    id: "check-in-arrows",
    threat: "T5",
    file: "src/compile/guard-loops.ts",
    edits: [[`node.type === "ArrowFunctionExpression"`, `node.type === ""`]],
    proof: { file: "test/compile/guard-loops.test.ts", test: "the check is met by each call of a function" },
  },
  {
    id: "check-in-fields",
    threat: "T5",
    file: "src/compile/guard-loops.ts",
    edits: [[`node.type === "PropertyDefinition"`, `node.type === ""`]],
    proof: {
      file: "test/compile/guard-loops.test.ts",
      test: "the check is met by each call of a function",
      row: "class C { a = n < 3",
    },
  },
  {
    id: "readings-of-types",
    threat: "T5",
    file: "src/compile/parse-program.ts",
    edits: [["if (this.left < 0)", "if (this.left === 0.5)"]],
    proof: {
      file: "test/compile/guard-loops.test.ts",
      test: "a program whose types can be read in ever more ways is refused",
    },
  },
  {
    id: "check-throws-again",
    threat: "T5",
    file: "src/sandbox/tick.guest.js",
    edits: [["throw (ended", "if (ended !== undefined) return stride;\n    throw (ended"]],
    proof: { file: "test/sandbox/tick.test.ts", test: "a program that catches it meets it again at once" },
  },
  {
    id: "limit-of-processor",
    threat: "T5",
    file: workerCode,
    edits: [["limits: { cpuMs: limits.cpuMs, subRequests: 0 },", ""]],
    proof: { file: threats, test: "whatever is loaded has no network, no environment" },
  },
  {
    id: "gate-of-calls",
    threat: "T6",
    file: "src/sandbox/gate.guest.js",
    edits: [["while (isFull()) await turn();", ""]],
    proof: { file: "test/worker/threats-process.test.ts", test: "T6: no more of its calls cross" },
  },
  {
    id: "gate-counts-anew",
    threat: "T6",
    file: "src/sandbox/gate.guest.js",
    edits: [["while (isFull())", "if (isFull())"]],
    proof: {
      file: "test/worker/threats-process.test.ts",
      test: "T6: nor when it ends waits before their time",
    },
  },
  {
    id: "runs-at-once",
    threat: "T6",
    file: "src/sandbox/turns.ts",
    edits: [["return this.#free > 0 &&", "return"]],
    proof: { file: "test/sandbox/turns.test.ts", test: "as many as there are turns go at once" },
  },
  {
    id: "share-of-one-principal",
    threat: "T6",
    file: "src/sandbox/turns.ts",
    edits: [["(this.#held.get(who) ?? 0) < this.#share", "this.#share > 0"]],
    proof: { file: "test/sandbox/turns.test.ts", test: "and no more, also while turns are free" },
    hangs: true,
  },
  {
    id: "deadline-of-the-host",
    threat: "T7",
    file: runProgram,
    edits: [
      [
        "const { promise: timeout, cancel } = timer(limits.wallMs);",
        "const { promise: timeout, cancel } = timer(1e9);",
      ],
    ],
    proof: { file: threats, test: "the host's deadline answers", row: "an answer that is late" },
  },
  {
    id: "result-shrunk",
    threat: "T8",
    file: "src/sandbox/result.guest.js",
    edits: [["if (text.length <= limits.resultChars)", "if (text.length <= Infinity)"]],
    proof: { file: "test/sandbox/result.test.ts", test: "what is too large is shrunk, and stays valid" },
  },
  {
    id: "console-bounded",
    threat: "T8",
    file: "src/sandbox/console.guest.js",
    edits: [["if (used >= maximum) {", "if (used >= Infinity) {"]],
    proof: { file: wire, test: "leaves the result where it was" },
  },
  {
    id: "outcome-bounded",
    threat: "T8",
    file: readOutcome,
    edits: [["if (answer.length > limits.outcomeChars) {", "if (answer.length > Infinity) {"]],
    proof: {
      file: "test/sandbox/read-outcome.test.ts",
      test: "a string longer than any outcome is not even parsed",
    },
  },
  {
    id: "logs-bounded",
    threat: "T8",
    file: readOutcome,
    edits: [["|| used > maximum) continue;", ") continue;"]],
    proof: {
      file: "test/sandbox/read-outcome.test.ts",
      test: "lines end with their share, the empty ones too",
    },
  },
  {
    id: "outcome-is-one-string",
    threat: "T9",
    file: readOutcome,
    edits: [
      [
        `if (typeof answer !== "string") return malformed("the isolate did not answer with one string", limits);`,
        'answer = String(answer);\n  if (typeof answer !== "string") throw new Error();',
      ],
    ],
    proof: {
      file: "test/sandbox/read-outcome.test.ts",
      test: "one string is read, and nothing that only becomes one",
    },
  },
  {
    id: "images-are-images",
    threat: "T9",
    file: readOutcome,
    edits: [["/^image\\/(png|jpeg|gif|webp)$/.test(mimeType)", "true"]],
    proof: { file: "test/sandbox/read-outcome.test.ts", test: "no image is shown that is none" },
  },
  {
    id: "well-formed-text",
    threat: "T9",
    file: readOutcome,
    edits: [["parsed[key].slice(0, maximum).toWellFormed()", "parsed[key].slice(0, maximum)"]],
    proof: { file: "test/sandbox/read-outcome.test.ts", test: "text is well formed, made so or cut so" },
  },
  {
    id: "calls-are-strings",
    threat: "T10",
    file: "src/sandbox/capability.ts",
    edits: [[`typeof call === "string" ? call : ""`, "call as string"]],
    proof: { file: wire, test: "in place of the one string is no call" },
  },
  {
    id: "console-of-the-isolate",
    threat: "T30",
    file: "src/sandbox/main.guest.js",
    edits: [["globalThis.console = console;", ""]],
    proof: { file: "test/e2e/threats-log.test.ts", test: "T30: nothing of it arrives from" },
  },
];
