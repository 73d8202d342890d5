// How a token somebody brings is told from a wrong one.

import type { UpstreamSettings } from "./upstream-tokens.ts";

/** `signIn` of api.jsonc, as the artifact carries it. */
export type ProbeSettings = {
  /** A reading operation without required parameters that answers only to a valid credential. */
  probe: { method: string; path: string };
  /** Where in its answer the account's stable id is, as a JSON Pointer. */
  account?: string;
  /** What a token looks like, as a regular expression of the whole. */
  tokenPattern?: string;
  /** The API's own sign-in. */
  oauth?: UpstreamSettings;
};
