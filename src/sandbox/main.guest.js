// Runs one program inside its isolate and answers one string, the outcome.
// Never holds a secret: what it is handed is the program, the document, and at most one capability.

import { WorkerEntrypoint } from "cloudflare:workers";
import program from "program.js";
// What of the document the program uses, and nothing when it uses none: worker-code.ts writes this module.
import * as scope from "scope.js";
import { createApi } from "./api.guest.js";
import { createConsole } from "./console.guest.js";
import { createStringify } from "./json.guest.js";
import { renderResult } from "./result.guest.js";
import { toPlain } from "./plain.guest.js";
import { createTick, LoopError } from "./tick.guest.js";

const stringifyNative = JSON.stringify;
/** The one outcome that is no program's: run it again, with the bodies. */
const bodiesWanted = '{"kind":"bodies"}';

export default class Guest extends WorkerEntrypoint {
  /**
   * @param {string} options JSON: what the program was given, and how much it may say
   * @param {{request(call: string): Promise<string>} | undefined} capability
   * @returns {Promise<string>} JSON of an outcome (src/sandbox/outcome.ts)
   */
  async run(options, capability) {
    const settings = JSON.parse(options);
    const { logChars, busyMs } = settings;
    let pointers = new WeakMap();
    const globals = {};
    if (scope.index !== undefined) {
      const index = JSON.parse(scope.index);
      const created = scope.createDocument(index, scope.readBodies);
      pointers = created.pointers;
      globals.spec = created.spec;
      globalThis.structuredClone = scope.cloneAnything;
      if (scope.findIndex !== undefined) {
        const operations = scope.listOperations(index);
        globals.find = scope.createFind(operations, scope.findIndex, created.readOperation);
        globals.describe = scope.createDescribe(operations, created.readOperation, pointers);
      }
    }
    JSON.stringify = createStringify(pointers);
    const { console, logs } = createConsole(pointers, logChars);
    globals.console = console;
    let unfinished = () => [];
    if (capability !== undefined) {
      const created = createApi(capability);
      globals.api = created.api;
      unfinished = created.unfinished;
    }
    try {
      const answer = await program(globals, createTick(busyMs));
      // `main` alone names the function that was meant to run.
      const value = typeof answer === "function" ? await answer(globals) : answer;
      const rendered = await renderResult(value, pointers, settings);
      if (scope.readBodies?.wanted) return bodiesWanted;
      return stringifyNative({
        kind: "ok",
        ...rendered,
        logs: logs(),
        unfinished: unfinished().slice(0, 10),
      });
    } catch (error) {
      if (scope.readBodies?.wanted) return bodiesWanted;
      const rest = { logs: logs(), unfinished: unfinished().slice(0, 10) };
      if (error instanceof LoopError)
        return stringifyNative({ kind: "busy", stack: String(error.stack), ...rest });
      return stringifyNative({ kind: "error", ...describeError(error, pointers), ...rest });
    }
  }
}

function describeError(error, pointers) {
  if (error instanceof Error)
    return { name: String(error.name), message: String(error.message), stack: String(error.stack) };
  const shown = stringifyNative(toPlain(error, pointers, { items: 10, chars: 500, depth: 3, keys: 20 }).data);
  return { name: "Thrown value", message: `the program threw ${shown}, which is not an Error`, stack: "" };
}
