// What the processes that start-server.ts starts have in common: they say when they serve, end when told, and fail in one line.

interface Serving {
  ready: Promise<unknown>;
  /** Ends what it started. */
  dispose(): Promise<unknown>;
}

/** Resolves when it serves. @returns aborted when it was told to end, which it then does by itself */
export async function serve(serving: Serving): Promise<AbortSignal> {
  const ending = new AbortController();
  const end = async () => {
    ending.abort();
    await serving.dispose();
    process.exit(0);
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  await serving.ready;
  process.send?.('{"event":"DEV_SERVER_READY"}');
  return ending.signal;
}

/** Marked as wrangler marks it, for who reads the end of the output. */
export function fail(message: string): never {
  console.error(`✘ [ERROR] ${message}`);
  process.exit(1);
}
