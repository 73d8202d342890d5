// A POST that says it is another method, as some frameworks let it by a field `_method`. Reads what goes on the wire, whatever
// the program called it.

import type { Operation } from "../spec/operations.ts";
import { CallRefused } from "./call.ts";

/** @throws CallRefused when a server may run another operation than the one that was checked */
export function checkMethodOverride(
  operation: Operation,
  { url, headers, body }: { url: URL; headers: Headers; body: Uint8Array | undefined },
): void {
  if (operation.method !== "POST") return;
  const coding = headers.get("content-encoding") ?? "identity";
  if (body !== undefined && coding !== "identity")
    throw new CallRefused(
      "policy",
      `A body with the content coding ${coding} cannot be looked into, and may hold a field _method, which lets some servers run another method than POST. Send it as it is, without the header content-encoding.`,
    );
  const wire = [url.search, body === undefined ? "" : new TextDecoder("latin1").decode(body)];
  if (!wire.some(namesMethod)) return;
  throw new CallRefused(
    "policy",
    "The field _method lets some servers run another method than POST, which this deployment does not let everybody run. Leave it out, also as a word of a text.",
  );
}

/** As a word of its own, in whatever way a body may write it. */
function namesMethod(text: string): boolean {
  if (!/method|%|\\u|\0/i.test(text)) return false;
  const plain = text
    .replaceAll("\0", "")
    .replaceAll(/%([0-9a-f]{2})|\\u00([0-9a-f]{2})/gi, (_, percent: string, json: string) =>
      String.fromCharCode(Number.parseInt(percent ?? json, 16)),
    );
  return /(?<![a-z0-9_])_method(?![a-z0-9_])/i.test(plain);
}
