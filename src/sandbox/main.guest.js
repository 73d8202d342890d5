// Runs one program inside its isolate and answers one string, the outcome.
// Never holds a secret: what it is handed is the program, the document, and at most one capability.

import { WorkerEntrypoint } from "cloudflare:workers";
import program, { notes } from "program.js";
// What the program may use of the document and of the API, and nothing else: scripts/build-guest.ts writes this module.
import * as scope from "scope.js";
import { createConsole } from "./console.guest.js";
import { absentPart, lastAnswer, missingPlace, notAList } from "./hints.guest.js";
import { createStringify } from "./json.guest.js";
import { renderResult } from "./result.guest.js";
import { settle } from "./settle.guest.js";
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
        const operations = scope.listOperations(index, created.operationsApart());
        globals.find = scope.createFind(operations, scope.findIndex);
        if (scope.createDescribe !== undefined)
          globals.describe = scope.createDescribe(operations, created.readOperation, pointers);
        // The build shortens names, and a value may show these.
        for (const name of ["find", "describe"])
          if (globals[name] !== undefined) Object.defineProperty(globals[name], "name", { value: name });
      }
    }
    JSON.stringify = createStringify(pointers);
    const { console, logs } = createConsole(
      pointers,
      logChars,
      settings.reportsLogs ? (line) => reportLine(capability, line) : undefined,
    );
    globals.console = console;
    // The runtime's own writes into the operator's log, control characters and all.
    globalThis.console = console;
    let unfinished = () => [];
    let last = () => undefined;
    if (capability !== undefined) {
      const gate = scope.createGate(capability, settings.concurrentCalls);
      const created = scope.createApi(gate, {
        createPaginate: scope.createPaginate,
        createGraphql: scope.createGraphql,
      });
      globals.api = created.api;
      if (scope.createResults !== undefined) globals.results = scope.createResults(capability, settings);
      globals.context = scope.createContext(settings.context);
      unfinished = created.unfinished;
      last = created.last;
    }
    const hints = (message = "") => {
      const { spec } = globals;
      const ofSpec = notAList(message) ?? missingPlace(spec, notes.places);
      const guess = () => notes.found ?? (notes.places.length > 0 ? absentPart(message) : undefined);
      const ofAnswer = lastAnswer(last());
      return [ofSpec ?? (ofAnswer === undefined ? guess() : undefined), ofAnswer].filter(
        (hint) => hint !== undefined,
      );
    };
    const unheard = unheardRejections();
    const said = () => [...logs(), ...unheard()];
    try {
      const value = await settle(await program(globals, createTick(busyMs)), globals);
      const { full, ...rendered } = await renderResult(value, pointers, settings);
      if (value === undefined) {
        const more = notes.advice === undefined ? hints() : [notes.advice];
        if (notes.advice === undefined && logs().length > 0)
          rendered.note = "The program returned nothing; what it printed stands above.";
        else if (more.length > 0)
          rendered.note = ["The value of the program is undefined.", ...more].join(" ");
      }
      if (scope.readBodies?.wanted) return bodiesWanted;
      return stringifyNative({
        kind: "ok",
        ...rendered,
        ...(full !== undefined && { parts: await scope.keepValue(capability, full, settings) }),
        logs: said(),
        unfinished: unfinished().slice(0, 10),
      });
    } catch (error) {
      const isMisread =
        (error instanceof TypeError && /undefined|null|not a function|not iterable/.test(error.message)) ||
        (error instanceof SyntaxError && error.message.includes("JSON"));
      const more = isMisread ? hints(error.message) : [];
      if (scope.readBodies?.wanted) return bodiesWanted;
      const rest = { logs: said(), unfinished: unfinished().slice(0, 10) };
      if (error instanceof LoopError)
        return stringifyNative({ kind: "busy", stack: String(error.stack), ...rest });
      return stringifyNative({ kind: "error", ...describeError(error, pointers, more), ...rest });
    }
  }
}

/** Tells the host of a line while the program runs. Nothing waits for it, and nothing depends on it. */
function reportLine(capability, line) {
  capability.request(stringifyNative({ log: line })).catch(() => undefined);
}

/** What went wrong in promises nobody awaited: such an error would otherwise be lost. */
function unheardRejections() {
  const unheard = new Map();
  globalThis.addEventListener("unhandledrejection", ({ promise, reason }) => unheard.set(promise, reason));
  globalThis.addEventListener("rejectionhandled", ({ promise }) => unheard.delete(promise));
  return () => {
    const texts = [...unheard.values()].map((reason) =>
      reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason),
    );
    return [...new Set(texts)].slice(0, 5).map((text) => `Failed, and nothing awaited it: ${text}`);
  };
}

const most = 20_000;

/** The stack without the message it repeats, which may be the longest part of it. */
function placesOf({ stack, message }, maximum) {
  const text = String(stack);
  const head = text.indexOf(String(message));
  return (head === -1 ? text : text.slice(head + String(message).length)).slice(0, maximum);
}

function describeError(error, pointers, hints) {
  if (error instanceof Error) {
    const message = [reworded(error), ...hints].join(
      hints.length > 0 && !/[.!?]$/.test(reworded(error)) ? ". " : " ",
    );
    // Longer ones are cut by the host; a message of megabytes must not cost the whole outcome.
    return {
      name: String(error.name).slice(0, most),
      message: message.slice(0, most),
      stack: placesOf(error, most),
    };
  }
  const shown = stringifyNative(toPlain(error, pointers, { items: 10, chars: 500, depth: 3, keys: 20 }).data);
  const message = `the program threw ${shown}, which is not an Error and has no place. Throw new Error(…) to have its line.`;
  return { name: "Thrown value", message, stack: "" };
}

/** The runtime's own words where they would lead astray, and what stands behind an error that others caused. */
function reworded({ name, message, cause, errors, kind }) {
  if (/not permitted to access the internet/.test(message))
    return "There is no network. Call the API with api.request({method, path}) in the execute tool.";
  if (String(message).startsWith("Maximum call stack"))
    return "A recursion finds no end. Schemas can contain themselves: keep a Set of what was visited.";
  if (name === "EvalError") return "Code cannot be made from text here. Write it into the program.";
  // Those of a GraphQL answer are the API's own, and the message has the first.
  const behind =
    Array.isArray(errors) && kind !== "graphql" ? errors.slice(0, 3) : cause === undefined ? [] : [cause];
  if (behind.length === 0) return String(message);
  const said = behind.map((each) => (each instanceof Error ? `${each.name}: ${each.message}` : String(each)));
  return `${message} (${said.join("; ")})`;
}
