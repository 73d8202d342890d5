import { limits } from "../../src/limits.ts";

/** In place of those of src/limits.ts, so that no test sits those out; still more than a busy machine takes for all else. */
export const short = { callMs: 10_000, busyMs: 1_000 };

Object.assign(limits, short);
