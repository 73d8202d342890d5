// The one place that builds the code of an isolate. Never lets one have network, environment or Node's modules.
// The modules of `dist` are built from the *.guest.js beside this file (scripts/build-guest.ts).

import type { CompiledProgram } from "../compile/compile-program.ts";
import type { Limits } from "../limits.ts";
import { chunkBodies, chunkBytes } from "./body-chunks.ts";
import executeDescribe from "./dist/execute-describe.guest.js";
import executeDocument from "./dist/execute-document.guest.js";
import executeFind from "./dist/execute-find.guest.js";
import execute from "./dist/execute.guest.js";
import requestDescribe from "./dist/request-describe.guest.js";
import requestDocument from "./dist/request-document.guest.js";
import requestFind from "./dist/request-find.guest.js";
import request from "./dist/request.guest.js";
import searchDescribe from "./dist/search-describe.guest.js";
import searchDocument from "./dist/search-document.guest.js";
import searchFind from "./dist/search-find.guest.js";
import search from "./dist/search.guest.js";

/** What of the document a program is given. */
export type ProgramDocument = {
  index: ArrayBuffer;
  /** What few searches ask of operations. */
  operations: ArrayBuffer;
  /** Absent when the program cannot reach them, or is tried without: it then answers that it wanted them. */
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

/** Main modules, by what the program can reach. */
const guests = {
  /** Without a capability. */
  search: { alone: search, document: searchDocument, find: searchFind, describe: searchDescribe },
  /** For programs of which `api.request` is all they can reach, as most are. */
  request: { alone: request, document: requestDocument, find: requestFind, describe: requestDescribe },
  execute: { alone: execute, document: executeDocument, find: executeFind, describe: executeDescribe },
} as const;

/** @param spec handed to the isolate only when the program uses it: parsing what is passed costs CPU. */
export function workerCode(
  program: Pick<CompiledProgram, "module" | "onlyRequests" | "usesDescribe">,
  spec: ProgramDocument | undefined,
  callsApi: boolean,
  limits: Limits,
): WorkerLoaderWorkerCode {
  const guest = guests[!callsApi ? "search" : program.onlyRequests ? "request" : "execute"];
  const finds = program.usesDescribe ? "describe" : "find";
  const main = guest[spec === undefined ? "alone" : spec.findIndex === undefined ? "document" : finds];
  return {
    compatibilityDate: guestCompatibilityDate,
    compatibilityFlags: guestCompatibilityFlags,
    mainModule: "main.guest.js",
    modules: {
      "main.guest.js": { js: main },
      "program.js": { js: program.module },
      ...(spec && documentModules(spec)),
    },
    env: {},
    // Only null closes the network: undefined is the open Internet.
    globalOutbound: null,
    limits: { cpuMs: limits.cpuMs, subRequests: 0 },
  };
}

function documentModules(spec: ProgramDocument): Record<string, WorkerLoaderModule> {
  return {
    "index.json": { text: indexText(spec) },
    "operations.bin": { data: spec.operations },
    ...(spec.bodies === undefined ? { "bodies.cjs": { cjs: withoutBodies } } : bodyModules(spec.bodies)),
    ...(spec.findIndex && { "find.bin": { data: spec.findIndex } }),
  };
}

const lateOperations = 'module.exports.operations = () => require("operations.bin");';

/** Only require() is both late and synchronous: a chunk becomes the isolate's when a getter asks for it. */
const lateBodies = `
module.exports = (chunk) => require(chunk === undefined ? "offsets.bin" : "bodies" + chunk + ".bin");
module.exports.chunkBytes = ${chunkBytes};
module.exports.wanted = false;
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
// Its own from the beginning: a program may patch what it would inherit.
module.exports.wanted = false;
${lateOperations}`;

let decoded: { index: ArrayBuffer; text: string } | undefined;

function indexText({ index }: ProgramDocument): string {
  if (decoded?.index !== index) decoded = { index, text: new TextDecoder().decode(index) };
  return decoded.text;
}
