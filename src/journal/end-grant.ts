// The end of a grant, as the journal of its principal takes it. Never fails: the grant has ended whether its runs can be told or not.

import { journalOf } from "./run-journal.ts";
import type { JournalEnv } from "./run-journal.ts";

/** Stops what runs under the grant and began before `until`, milliseconds since 1970, and lets none of it begin. */
export async function endGrant(
  env: JournalEnv,
  principal: string,
  grant: string,
  until: number,
): Promise<void> {
  try {
    await journalOf(env, principal).endGrant(grant, until);
  } catch (error) {
    console.error(
      "journal: the runs of a grant that ended could not be stopped",
      error instanceof Error ? error.message : "",
    );
  }
}
