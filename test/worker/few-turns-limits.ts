import { limits } from "../../src/limits.ts";

/** In place of those of src/limits.ts; a wait that a busy machine can begin and end something in. */
export const few = { runsAtOnce: 3, runsAtOnceOfOne: 2, turnMs: 4_000 };

Object.assign(limits, few);
