// Every number that bounds a run, with its unit and its reason. Nothing else in src/ names one.

export const limits = {
  /** Bytes of UTF-8. A program is a page or two; ten times what a long one needs. */
  sourceBytes: 64 * 1024,
  /** Bytes of one POST body. JSON escaping can make a full-size program six times as long. */
  requestBytes: 512 * 1024,
  /** Milliseconds of the host's clock. Clients give up at about 60 s, so an answer leaves before. */
  wallMs: 50_000,
  /** Milliseconds of CPU in production (local workerd does not enforce it). */
  cpuMs: 10_000,
  /** Milliseconds a program may keep the processor by itself, counted inside the isolate where no one else counts. */
  busyMs: 5_000,
  /** Characters of a call's path, and of the URL made of it: what servers take, and what matching stays quick with. */
  pathChars: 4_096,
  urlChars: 16_384,
  /** API calls under way at once: each holds its bodies in the 128 MB a Worker has. */
  concurrentCalls: 6,
  /** API calls of one run. */
  calls: 500,
  /** Bytes of one request body to the API. */
  requestBodyBytes: 16 * 1024 * 1024,
  /** Bytes of one answer of the API: base64 of it must stay below the 32 MiB of one RPC message. */
  responseBodyBytes: 16 * 1024 * 1024,
  /** Characters of one call as it crosses from the isolate: base64 of a full body, and its headers. */
  callChars: 23 * 1024 * 1024,
  /** Characters a result may have in the model's context: about 12,000 tokens. */
  resultChars: 48_000,
  /** Bytes of an image shown as one; larger ones are named by size and hash. */
  imageBytes: 1024 * 1024,
  /** Characters of all console output of a run. */
  logChars: 8_000,
  /** Characters of the one string that comes back from an isolate; a larger one is not parsed. */
  outcomeChars: 2 * 1024 * 1024,
  /** Characters of searches and their outcomes kept in memory: some hundred of them, of the 128 MB a Worker has. */
  cachedChars: 4 * 1024 * 1024,
  /** Characters of an error message passed on to the model. */
  errorChars: 2_000,
} as const;

export type Limits = { readonly [K in keyof typeof limits]: number };
