// The built artifact, as this Worker carries it. Never reads a document at run time.

import * as artifact from "twofold-artifact";
import { limits } from "../limits.ts";
import { Operations } from "./operations.ts";
import { unpackIndex } from "./packed-index.ts";
import type { PackedIndex, PackedOperations } from "./packed-index.ts";

export const { index, operations, bodies, findIndex, settings } = artifact;

let loaded: Operations | undefined;

/** Parsed at the first call that needs it: a search never does. */
export function loadOperations(): Operations {
  loaded ??= new Operations(unpackIndex(parse(index), parse(operations)), bodies, limits);
  return loaded;
}

function parse<T extends PackedIndex | PackedOperations>(buffer: ArrayBuffer): T {
  return JSON.parse(new TextDecoder().decode(buffer)) as T;
}
