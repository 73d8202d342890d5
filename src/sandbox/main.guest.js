// Runs one program inside its isolate and answers one string, the outcome.
// Never holds a secret: what it is handed is the program, the document, and at most one capability.

import { WorkerEntrypoint } from "cloudflare:workers";
import program from "program.js";
import { createApi } from "./api.guest.js";
import { createConsole } from "./console.guest.js";
import { createStringify } from "./json.guest.js";
import { createTick, LoopError } from "./tick.guest.js";

export default class Guest extends WorkerEntrypoint {
  /**
   * @param {string} options JSON: what the program was given, and how much it may say
   * @param {{request(call: string): Promise<string>} | undefined} capability
   * @returns {Promise<string>} JSON of an outcome (src/sandbox/outcome.ts)
   */
  async run(options, capability) {
    const { document, find, resultChars, logChars, busyMs } = JSON.parse(options);
    let pointers = new WeakMap();
    const globals = {};
    if (document) {
      const [{ createDocument }, index, bodies] = await Promise.all([
        import("./document.guest.js"),
        import("index.json"),
        import("bodies.bin"),
      ]);
      const parsed = JSON.parse(index.default);
      const created = createDocument(parsed, bodies.default);
      pointers = created.pointers;
      globals.spec = created.spec;
      if (find) {
        const [{ createFind }, { createDescribe }, findIndex] = await Promise.all([
          import("./find.guest.js"),
          import("./describe.guest.js"),
          import("find.bin"),
        ]);
        globals.find = createFind(parsed, findIndex.default, created.readOperation);
        globals.describe = createDescribe(parsed, created.readOperation, pointers);
      }
    }
    const stringify = createStringify(pointers);
    JSON.stringify = stringify;
    const { console, logs } = createConsole(stringify, logChars);
    globals.console = console;
    if (capability !== undefined) globals.api = createApi(capability);
    try {
      const answer = await program(globals, createTick(busyMs));
      // `main` alone names the function that was meant to run.
      const value = typeof answer === "function" ? await answer(globals) : answer;
      return JSON.stringify({ ...(await render(value, stringify, resultChars)), logs: logs() });
    } catch (error) {
      if (error instanceof LoopError)
        return JSON.stringify({ kind: "busy", stack: String(error.stack), logs: logs() });
      return JSON.stringify({ kind: "error", ...describeError(error, stringify), logs: logs() });
    }
  }
}

async function render(value, stringify, maximum) {
  if (value === undefined)
    return {
      kind: "ok",
      text: "undefined",
      note: "The program returned nothing. End it with an expression, or return a value.",
    };
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
    return { kind: "ok", text: stringify(await bytesSummary(value)) };
  const text = typeof value === "string" ? value : (stringify(value) ?? String(value));
  if (text.length > maximum) return { kind: "too-large", actual: text.length };
  return { kind: "ok", text };
}

async function bytesSummary(value) {
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { type: "bytes", size: bytes.length, sha256: digest.toHex() };
}

function describeError(error, stringify) {
  if (error instanceof Error)
    return { name: String(error.name), message: String(error.message), stack: String(error.stack) };
  let shown;
  try {
    shown = stringify(error) ?? String(error);
  } catch {
    shown = String(error);
  }
  return { name: "Thrown value", message: `the program threw ${shown}, which is not an Error`, stack: "" };
}
