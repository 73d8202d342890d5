// Work behind the answer: begun when the answer is on its way, and done also when the client has gone.

import { waitUntil } from "cloudflare:workers";

/** Milliseconds: an answer is a stream, and leaves in some turns of the loop. */
const headStartMs = 5;

/** @param what for the operator's log when it fails, such as "journal: runs could not be stored" */
export function behind(what: string, work: () => Promise<unknown>): void {
  waitUntil(
    scheduler
      .wait(headStartMs)
      .then(work)
      .catch((error: unknown) => console.error(what, error instanceof Error ? error.message : "")),
  );
}
