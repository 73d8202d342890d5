// Whether a request came through the front of `npm start`. `wrangler dev` behind it believes whoever says in a header what the
// URL and the Host are, so its own port must serve nobody else: a web page can reach it under a name of its own.

import type { Refusal } from "./check-origin.ts";

export const frontHeader = "twofold-front";

/** @param expected undefined in a deployment, and wherever there is no front: then nothing is asked */
export function checkFront(given: string | null, expected: string | undefined): Refusal | undefined {
  // New at each start, and no secret of a person: nobody gets as far as to measure how near a guess was.
  if (expected === undefined || given === expected) return undefined;
  return {
    status: 403,
    message: "This port is for npm start itself. Use the address that it printed.",
  };
}
