// An API that creates records and fails at random, before it acts or after. What fails depends on the record and the attempt
// alone, so two runs of the bench meet the same faults.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Of a hundred attempts, those that go wrong. */
const faultPercent = 30;
const faults = [
  "reset before",
  "502 before",
  "503 before",
  "429 before",
  "reset after",
  "502 after",
  "504 after",
  "cut after",
] as const;

export interface FaultyUpstream {
  url: string;
  /** The names of all records made, once for each time. */
  made: string[];
  /** Attempts by what went wrong with them. */
  failed: Map<string, number>;
  reset(): void;
  stop(): Promise<void>;
}

export async function startFaultyUpstream(): Promise<FaultyUpstream> {
  const made: string[] = [];
  const failed = new Map<string, number>();
  const attempts = new Map<string, number>();
  const keys = new Map<string, number>();
  const stored = new Map<string, number>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const { pathname } = new URL(request.url ?? "/", "http://upstream");
    const put = /^\/named\/(.+)$/.exec(pathname)?.[1];
    const name = put === undefined ? (JSON.parse(body) as { name: string }).name : decodeURIComponent(put);
    const attempt = (attempts.get(name) ?? 0) + 1;
    attempts.set(name, attempt);
    const fault = faultOf(`${name} ${attempt}`);
    if (fault !== undefined) failed.set(fault, (failed.get(fault) ?? 0) + 1);
    if (fault?.endsWith("before")) return fail(fault, response);
    const key = request.headers["idempotency-key"];
    const known = put === undefined ? keys.get(String(key)) : stored.get(name);
    const id = known ?? made.push(name);
    if (put !== undefined) stored.set(name, id);
    if (typeof key === "string" && pathname === "/keyed") keys.set(key, id);
    if (fault !== undefined) return fail(fault, response);
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ id, name }));
  }
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    made,
    failed,
    reset() {
      made.length = 0;
      for (const map of [failed, attempts, keys, stored]) map.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function fail(fault: (typeof faults)[number], response: ServerResponse): void {
  const [how] = fault.split(" ");
  if (how === "reset") response.destroy();
  else if (how === "cut") {
    response.writeHead(201, { "content-type": "application/json", "content-length": 100 });
    response.write('{"id":');
    setTimeout(() => response.destroy(), 5);
  } else
    response
      .writeHead(Number(how), how === "429" || how === "503" ? { "retry-after": "0" } : {})
      .end("failed");
}

function faultOf(text: string): (typeof faults)[number] | undefined {
  const number = hash(text);
  return number % 100 < faultPercent ? faults[Math.floor(number / 100) % faults.length] : undefined;
}

/** FNV-1a, and a finish that mixes its bits: names differ in their last characters only. */
function hash(text: string): number {
  let value = 0x81_1c_9d_c5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
  value = Math.imul(value ^ (value >>> 16), 0x85_eb_ca_6b);
  return (value ^ (value >>> 13)) >>> 0;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}
