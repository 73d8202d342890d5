// The one place that builds the code of an isolate. Never lets one have network, environment or Node's modules.
// The modules of `dist` are those beside this file, smaller (scripts/build-guest.ts).

import type { Limits } from "../limits.ts";
import apiError from "./dist/api-error.guest.js";
import api from "./dist/api.guest.js";
import body from "./dist/body.guest.js";
import { chunkBodies, chunkBytes } from "./body-chunks.ts";
import clone from "./dist/clone.guest.js";
import consoleModule from "./dist/console.guest.js";
import context from "./dist/context.guest.js";
import describe from "./dist/describe.guest.js";
import document from "./dist/document.guest.js";
import find from "./dist/find.guest.js";
import gate from "./dist/gate.guest.js";
import graphql from "./dist/graphql.guest.js";
import hints from "./dist/hints.guest.js";
import innerValuesModule from "./dist/inner-values.guest.js";
import json from "./dist/json.guest.js";
import late from "./dist/late.guest.js";
import main from "./dist/main.guest.js";
import paginate from "./dist/paginate.guest.js";
import plain from "./dist/plain.guest.js";
import rank from "./dist/rank.guest.js";
import result from "./dist/result.guest.js";
import results from "./dist/results.guest.js";
import sentenceModule from "./dist/sentence.guest.js";
import settleModule from "./dist/settle.guest.js";
import tick from "./dist/tick.guest.js";
import types from "./dist/types.guest.js";
import wordsModule from "./dist/words.guest.js";

/** What of the document a program is given. */
export type ProgramDocument = {
  index: ArrayBuffer;
  /** What few searches ask of operations. */
  operations: ArrayBuffer;
  /** Absent when the program is tried without: it then answers that it wanted them. */
  bodies?: ArrayBuffer;
  /** Present when the program uses `find` or `describe`. */
  findIndex?: ArrayBuffer;
};

/** Pinned with the host's own date; a new one is a decision, because it changes what a program can reach. */
export const guestCompatibilityDate = "2026-10-20";

/** Each closes a door that newer compatibility dates open by default. */
export const guestCompatibilityFlags = [
  "no_nodejs_compat",
  "no_nodejs_compat_v2",
  "disallow_importable_env",
  "disallow_eval_during_startup",
];

/** @param document handed to the isolate only when the program uses it: parsing what is passed costs CPU. */
export function workerCode(
  program: string,
  spec: ProgramDocument | undefined,
  callsApi: boolean,
  limits: Limits,
): WorkerLoaderWorkerCode {
  return {
    compatibilityDate: guestCompatibilityDate,
    compatibilityFlags: guestCompatibilityFlags,
    mainModule: "main.guest.js",
    modules: {
      "main.guest.js": { js: main },
      "program.js": { js: program },
      "scope.js": { js: scopeModule(spec, callsApi) },
      "console.guest.js": { js: consoleModule },
      "hints.guest.js": { js: hints },
      "json.guest.js": { js: json },
      "plain.guest.js": { js: plain },
      "result.guest.js": { js: result },
      "settle.guest.js": { js: settleModule },
      "tick.guest.js": { js: tick },
      ...(spec === undefined ? {} : documentModules(spec)),
      ...(callsApi && apiModules),
    },
    env: {},
    // Only null closes the network: undefined is the open Internet.
    globalOutbound: null,
    limits: { cpuMs: limits.cpuMs, subRequests: 0 },
  };
}

/** What `execute` has and a search does not pay for. */
const apiModules: Record<string, WorkerLoaderModule> = {
  "api-error.guest.js": { js: apiError },
  "api.guest.js": { js: api },
  "body.guest.js": { js: body },
  "context.guest.js": { js: context },
  "gate.guest.js": { js: gate },
  "graphql.guest.js": { js: graphql },
  "inner-values.guest.js": { js: innerValuesModule },
  "paginate.guest.js": { js: paginate },
  "results.guest.js": { js: results },
};
const apiScope = `
export { createApi } from "./api.guest.js";
export { createContext } from "./context.guest.js";
export { createGate } from "./gate.guest.js";
export { createResults, keepValue } from "./results.guest.js";
`;

/** Static imports: a dynamic one costs more than the module it brings. */
const documentScope = `
export { createDocument } from "./document.guest.js";
export { cloneAnything } from "./clone.guest.js";
export { default as index } from "index.json";
export { default as readBodies } from "bodies.cjs";
`;
const findScope = `
export { createFind, listOperations } from "./find.guest.js";
export { createDescribe } from "./describe.guest.js";
export { default as findIndex } from "find.bin";
`;

function documentModules(spec: ProgramDocument): Record<string, WorkerLoaderModule> {
  return {
    "document.guest.js": { js: document },
    "late.guest.js": { js: late },
    "clone.guest.js": { js: clone },
    "index.json": { text: indexText(spec) },
    "operations.bin": { data: spec.operations },
    ...(spec.bodies === undefined ? { "bodies.cjs": { cjs: withoutBodies } } : bodyModules(spec.bodies)),
    ...(spec.findIndex !== undefined && {
      "find.guest.js": { js: find },
      "rank.guest.js": { js: rank },
      "words.guest.js": { js: wordsModule },
      "describe.guest.js": { js: describe },
      "sentence.guest.js": { js: sentenceModule },
      "types.guest.js": { js: types },
      "find.bin": { data: spec.findIndex },
    }),
  };
}

const lateOperations = 'module.exports.operations = () => require("operations.bin");';

/** Only require() is both late and synchronous: a chunk becomes the isolate's when a getter asks for it. */
const lateBodies = `
module.exports = (chunk) => require(chunk === undefined ? "offsets.bin" : "bodies" + chunk + ".bin");
module.exports.chunkBytes = ${chunkBytes};
${lateOperations}`;

function bodyModules(bodies: ArrayBuffer): Record<string, WorkerLoaderModule> {
  const { offsets, chunks } = chunkBodies(bodies);
  const modules: Record<string, WorkerLoaderModule> = {
    "bodies.cjs": { cjs: lateBodies },
    "offsets.bin": { data: offsets },
  };
  for (const [number, data] of chunks) modules[`bodies${number}.bin`] = { data };
  return modules;
}

/** Whatever the program makes of the error, main.guest.js then says that the bodies were wanted. */
const withoutBodies = `module.exports = () => {
  module.exports.wanted = true;
  throw new Error("bodies");
};
${lateOperations}`;

function scopeModule(spec: ProgramDocument | undefined, callsApi: boolean): string {
  return [
    spec === undefined ? "" : documentScope,
    spec?.findIndex === undefined ? "" : findScope,
    callsApi ? apiScope : "",
  ].join("");
}

let decoded: { index: ArrayBuffer; text: string } | undefined;

function indexText({ index }: ProgramDocument): string {
  if (decoded?.index !== index) decoded = { index, text: new TextDecoder().decode(index) };
  return decoded.text;
}
