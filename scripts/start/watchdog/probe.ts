import { request } from "node:http";

/** Asked of the Worker, which answers 404, or 401 where it wants a token: any answer of its own is a sign of life. */
export const probePath = "/twofold-watchdog";

/** True when the Worker answers; false when wrangler answers in its place, nobody does, or the time is over. */
export function probe(port: number, milliseconds?: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      path: probePath,
      agent: false,
      ...(milliseconds !== undefined && { signal: AbortSignal.timeout(milliseconds) }),
    });
    asked.once("response", (answer) => {
      answer.resume();
      resolve((answer.statusCode ?? 500) < 500);
    });
    asked.once("error", () => resolve(false));
    asked.end();
  });
}
