// Runs one program inside its isolate and answers one string, the outcome.
// Never holds a secret: what it is handed is the program, the document, and at most one capability.

import { WorkerEntrypoint } from "cloudflare:workers";
import program from "program.js";
import { createApi } from "api.js";
import { createConsole } from "console.js";
import { createStringify } from "json.js";

export default class Guest extends WorkerEntrypoint {
  /**
   * @param {string} options JSON: what the program was given, and how much it may say
   * @param {{request(call: string): Promise<string>} | undefined} capability
   * @returns {Promise<string>} JSON of an outcome (src/sandbox/outcome.ts)
   */
  async run(options, capability) {
    const { document, resultChars, logChars } = JSON.parse(options);
    let pointers = new WeakMap();
    const globals = {};
    if (document) {
      const [{ createDocument }, index, bodies] = await Promise.all([
        import("document.js"),
        import("index.json"),
        import("bodies.bin"),
      ]);
      const created = createDocument(JSON.parse(index.default), bodies.default);
      pointers = created.pointers;
      globals.spec = created.spec;
    }
    const stringify = createStringify(pointers);
    JSON.stringify = stringify;
    const { console, logs } = createConsole(stringify, logChars);
    globals.console = console;
    if (capability !== undefined) globals.api = createApi(capability);
    globals.fetch = () => {
      throw new Error(
        "fetch is not available here: the program has no network. Call the API with api.request({method, path}).",
      );
    };
    try {
      const value = await program(globals);
      return JSON.stringify({ ...(await render(value, stringify, resultChars)), logs: logs() });
    } catch (error) {
      return JSON.stringify({ kind: "error", ...describeError(error, stringify), logs: logs() });
    }
  }
}

async function render(value, stringify, maximum) {
  if (value === undefined)
    return { kind: "ok", text: "undefined", note: "The program returned nothing: return a value." };
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
