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
  busyMs: 3_000,
  /** Characters of a call's path, and of the URL made of it: what servers take, and what matching stays quick with. */
  pathChars: 4_096,
  urlChars: 16_384,
  /** API calls under way at once: each holds its bodies in the 128 MB a Worker has. */
  concurrentCalls: 6,
  /** API calls of one run. */
  calls: 500,
  /** Those of them that write: what a person can look over afterwards, and undo. */
  writes: 100,
  /** Those that delete: a wrong filter in a loop must not empty an account before anyone looks. */
  deletes: 25,
  /** Calls of one run that are refused with a reason; whoever has read fifty reasons will not be helped by more. */
  refusals: 50,
  /** Bytes of all bodies a run sends, and of all answers it reads: four and sixteen of the largest. */
  bytesOut: 64 * 1024 * 1024,
  bytesIn: 256 * 1024 * 1024,
  /** Milliseconds one attempt of a call may take until its answer is read: some time must be left to tell of it. */
  callMs: 30_000,
  /** Attempts of one call, the first included. Most hiccups are over by the second; four outlast a restart. */
  attempts: 4,
  /** Repeated attempts of one run: an API that fails every call is not helped by four times as many. */
  retries: 50,
  /** Milliseconds before the second attempt, doubled before each further one, unless the API names a time. */
  retryBaseMs: 300,
  /** The longest wait for one attempt, in milliseconds; an API that asks for more is not waited for. */
  retryWaitMs: 20_000,
  /** Runs at once in one Worker: each isolate may take 128 MB beside it. The rest wait their turn. */
  runsAtOnce: 24,
  /** Of one principal, and of all guests together, two thirds of them: sleeping programs of one must leave a turn for the next one who comes. */
  runsAtOnceOfOne: 16,
  /** Milliseconds a run waits for its turn before it is told to come back: what is left of a client's patience is for the run. */
  turnMs: 8_000,
  /** Milliseconds between two signs of life on the stream of a run, and so between a client's going and the run's end. */
  keepAliveMs: 1_000,
  /** Progress notifications of one run; what comes after them is in the answer. */
  progressNotes: 200,
  /** Tool calls one principal may make a minute: a model at full speed makes fewer. */
  runsPerMinute: 60,
  /** Isolates one principal may have started a day: each is billed. Every tool call counts as one. */
  isolatesPerDay: 3_000,
  /** Writing calls of one principal an hour: five full runs, after which somebody should have looked. */
  writesPerHour: 500,
  /** The same for the guests of one network, and for all guests of a deployment together: strangers cost what they like. */
  guestRunsPerMinute: 15,
  guestIsolatesPerDay: 300,
  allGuestsRunsPerMinute: 120,
  allGuestsIsolatesPerDay: 10_000,
  /** Seconds a guest may stay; there is no refresh, so coming back means signing in again. */
  guestSeconds: 60 * 60,
  /** Seconds an access token lives, and a grant: as the consent page says. */
  accessTokenSeconds: 60 * 60,
  grantSeconds: 30 * 24 * 60 * 60,
  /** Seconds a registered client is kept when nobody uses it. */
  clientSeconds: 30 * 24 * 60 * 60,
  /** Clients one network may register an hour, and all together a day, which bounds what is stored to 30 days of them. */
  registrationsPerHour: 30,
  allRegistrationsPerDay: 1_000,
  /** Bytes of one registration: a name, some URLs. */
  registrationBytes: 16 * 1024,
  /** Consent pages of one network in ten minutes, and of all: each is a record kept for ten minutes. */
  consentsPerTenMinutes: 60,
  allConsentsPerTenMinutes: 3_000,
  /** Passphrases or tokens one network may try in a quarter of an hour, and all together an hour. */
  triesPerQuarter: 6,
  allTriesPerHour: 120,
  /** Token requests of one network a minute: a hosted client's many users come from few addresses. */
  tokenRequestsPerMinute: 300,
  /** Milliseconds the API's verdict on a client's own token is believed, and how many verdicts are kept. */
  verdictMs: 60_000,
  verdicts: 500,
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
  /** Bytes of the document's pieces kept parsed on the host; a piece parsed takes some five times its text. */
  cachedPieceBytes: 4 * 1024 * 1024,
  /** Definitions of operations kept read: what a busy deployment calls in turns. */
  cachedDefinitions: 200,
  /** Values (objects, lists, texts, numbers) of a body that is checked against its schema; a larger one is sent unchecked. */
  checkedValues: 20_000,
  /** Values of a body in which everything wrong is looked for; in a larger one the first of it. */
  explainedValues: 2_000,
  /** References followed to check one value: schemas that branch at every level would otherwise multiply. */
  checkedReferences: 20_000,
  /** Tokens of one GraphQL document: a long query has some thousand, and parsing more costs the processor. */
  graphqlTokens: 20_000,
  /** Things found wrong with a call that are named at once: enough to mend it in one go, few enough to read. */
  findings: 5,
  /** Runs one principal's journal keeps, and for how many milliseconds: a month of hard work, some 100 MB. */
  journalRuns: 2_000,
  journalMs: 30 * 24 * 60 * 60 * 1_000,
  /** Calls a run has told its journal nothing of yet, and for how many milliseconds: what a crash may lose of reads. */
  journalBatch: 20,
  journalBatchMs: 500,
  /** Characters kept of what a client says it is. */
  clientChars: 100,
  /** Characters of a call's path and query in the journal: to find it again, not to repeat it. */
  journalPathChars: 2_000,
  /** Characters of one body in the journal, where bodies are kept at all: to see what was sent, not to send it again. */
  journalBodyChars: 16 * 1024,
  /** Those of all bodies of one run: 2,000 runs of them stay below the 10 GB of a Durable Object. */
  journalBodiesChars: 512 * 1024,
  /** Bytes of a sent body that is looked through for secret fields on its way to the journal; of a larger one its digest is kept. */
  journalBodyBytes: 1024 * 1024,
  /** Milliseconds between two sweeps of a journal, at least: what is over may lie about for an hour. */
  sweepMs: 60 * 60 * 1_000,
  /** Milliseconds a run may be without its Worker, or over its time, before it counts as interrupted. */
  interruptedMs: 5_000,
  /** Milliseconds a result can be read again: over a weekend. */
  resultMs: 3 * 24 * 60 * 60 * 1_000,
  /** Bytes of all results one principal has kept; the oldest go first. */
  resultsBytes: 64 * 1024 * 1024,
  /** Characters of one kept result: what a program still parses in a blink. */
  keptChars: 8 * 1024 * 1024,
  /** Characters of one part of it: three bytes each must stay below the 2 MB of a row. */
  keptPartChars: 512 * 1024,
  /**
   * Characters of one kept result where an R2 bucket is bound. Its isolate holds the value, its text and a part of that at once,
   * in 128 MB; the host one part, up to 2 MB, of each of 24 runs; and 65 parts are stored one by one before the run's time is up.
   */
  keptLargeChars: 32 * 1024 * 1024,
  /** Milliseconds before a run's time is up at which its result is kept no further: the answer matters more. */
  keepReserveMs: 5_000,
  /** Bytes of all results one principal has kept in the bucket; the oldest go first. */
  largeResultsBytes: 512 * 1024 * 1024,
  /** Parts of kept results one run may read: twenty of the largest in the journal, four of those in a bucket. */
  keptReads: 320,
  /** Runs on one page of a list, unless asked for fewer, and at most. */
  runsPage: 50,
  runsPageMost: 200,
  /** Principals an operator's request goes through, each a call of its journal: a Worker has 1,000. And how many at once. */
  principalsPage: 200,
  principalsAtOnce: 20,
  /** Milliseconds a list waits for something new: below every proxy's patience. */
  liveMs: 20_000,
  /** Milliseconds somebody else's server has to take the news of a run. */
  webhookMs: 5_000,
  /** Characters of an error message passed on to the model. */
  errorChars: 2_000,
} as const;

export type Limits = { readonly [K in keyof typeof limits]: number };
