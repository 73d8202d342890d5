// The built artifact, as this Worker carries it. Never reads a document at run time.

import * as artifact from "twofold-artifact";
import { limits } from "../limits.ts";
import type { ArtifactIndex } from "./format.ts";
import { Operations } from "./operations.ts";

export const { index, bodies, findIndex, settings } = artifact;

let operations: Operations | undefined;

/** Parsed at the first call that needs it: a search never does. */
export function loadOperations(): Operations {
  operations ??= new Operations(JSON.parse(new TextDecoder().decode(index)) as ArtifactIndex, bodies, limits);
  return operations;
}
