import { connect } from "node:net";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { RunningWorker } from "../../scripts/dev-server.ts";
import type { RuntimeEnd } from "../../scripts/dev-server/runtime.ts";
import { openFront } from "../../scripts/start/watchdog/front.ts";
import { probePath } from "../../scripts/start/watchdog/probe.ts";
import { Watchdog } from "../../scripts/start/watchdog/watchdog.ts";
import { freePort } from "../worker/free-port.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** The front before a server of the test's own in place of wrangler's. `die` is what wrangler would tell of its runtime. */
async function start(
  answer: (request: IncomingMessage, response: ServerResponse, die: () => void) => void,
  startMs = 0,
) {
  const received: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const listeners: ((end: RuntimeEnd) => void)[] = [];
  const die = () => {
    for (const tell of listeners) tell({ exit: { code: null, signal: "SIGKILL" }, replaced: false });
  };
  const server = createServer((request, response) => {
    if (request.url === probePath) {
      response.writeHead(404).end();
      return;
    }
    received.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    answer(request, response, die);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const runtime = { runs: true, kill: die, onEnd: (tell: (end: RuntimeEnd) => void) => listeners.push(tell) };
  const port = (server.address() as AddressInfo).port;
  const worker = {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: 0,
    stop: async () => {},
    exited: new Promise(() => {}),
    recentOutput: () => "",
    log: () => {},
    runtime,
  } as unknown as RunningWorker;
  const watchdog = await Watchdog.start({
    start: async () => worker,
    front: { "twofold-front": "shown" },
    say: () => {},
  });
  const own = await freePort();
  const starting = Promise.withResolvers<Watchdog>();
  const front = await openFront(own, starting.promise);
  setTimeout(() => starting.resolve(watchdog), startMs);
  ends.push(
    () => watchdog.stop(),
    () => front.stop(),
  );
  return { url: `http://127.0.0.1:${own}`, received, headers };
}

/** With the path as it is: fetch would tidy it up. */
function get(url: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject).end();
  });
}

/** The status line of a GET of exactly these lines. */
function ask(url: string, target: string, ...lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () =>
      socket.write(`GET ${[`${target} HTTP/1.1`, ...lines, "Connection: close"].join("\r\n")}\r\n\r\n`),
    );
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => (text += part));
    socket.on("end", () => resolve(text.slice(0, text.indexOf("\r\n")))).on("error", reject);
  });
}

const call = {
  method: "POST",
  headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
  body: JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params: { name: "execute" } }),
};
const patient = () => ({ signal: AbortSignal.timeout(20_000) });

describe("the front of npm start", () => {
  test("a stream that breaks off with its runtime is still open for the answer, which comes as its next event", async () => {
    let breakOff = () => {};
    const { url, received } = await start((_request, response, die) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('event: message\ndata: {"first":1}\n\n');
      breakOff = () => {
        // The news that the runtime died takes another way, and comes later.
        response.destroy();
        setTimeout(die, 50);
      };
    });
    const answer = await fetch(`${url}/mcp`, { ...call, ...patient() });
    let text = "";
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      if (text === "") breakOff();
      text += chunk;
    }
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data) as object);
    expect(events).toEqual([{ first: 1 }, { jsonrpc: "2.0", id: 7, result: expect.anything() as unknown }]);
    expect(text).toContain("The program was cut short");
    expect(received).toEqual(["POST /mcp"]);
  });

  test.each(["/pause", "/runs/r_1/stop"])("what may act is not sent twice: POST %s", async (path) => {
    const { url, received } = await start((_request, response, die) => {
      response.destroy();
      die();
    });
    const posted = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    const answer = await fetch(url + path, { ...posted, ...patient() });
    expect([answer.status, received]).toEqual([503, [`POST ${path}`]]);
  });

  test("who asks while Twofold starts waits for it", async () => {
    const { url, received } = await start((_request, response) => response.end("served"), 1_000);
    const asked = fetch(url, patient());
    await sleep(300);
    expect(received).toEqual([]);
    expect(await (await asked).text()).toBe("served");
  });

  test("what only reads is sent once more", async () => {
    let times = 0;
    const { url } = await start((_request, response, die) => {
      times += 1;
      if (times === 2) {
        response.end("here");
        return;
      }
      response.destroy();
      die();
    });
    expect(await (await fetch(`${url}/runs`, patient())).text()).toBe("here");
  });

  test("listens on this machine alone: another of its addresses has nobody", async () => {
    const { url, received } = await start((_request, response) => response.end("here"));
    const elsewhere = url.replace("127.0.0.1", "127.0.0.2");
    const answered = await get(elsewhere, "/runs").catch((error: NodeJS.ErrnoException) => error.code);
    expect(answered).toBeTypeOf("string");
    expect([await get(url, "/runs"), received]).toEqual([200, ["GET /runs"]]);
  });

  test.each([
    "/cdn-cgi/local/explorer/api",
    "//cdn-cgi/local",
    "/x/../cdn-cgi/local",
    "/%63dn-cgi/local",
    "/CDN-CGI/",
  ])("wrangler's own pages are not there: %s", async (path) => {
    const { url, received } = await start((_request, response) => response.end("stored"));
    expect([await get(url, path), received]).toEqual([404, []]);
  });

  test.each([
    ["http://localhost/cdn-cgi/local", "Host: localhost"],
    ["*", "Host: localhost"],
    ["/", "Host: localhost/cdn-cgi/local?"],
    ["/", "Host: localhost#"],
    ["/", "Host: user@localhost"],
    ["/", "Host: localhost", "Host: evil.example"],
  ])("a request that wrangler would read another way is refused: %s, %s", async (target, ...lines) => {
    const { url, received } = await start((_request, response) => response.end("stored"));
    expect([await ask(url, target, ...lines), received]).toEqual(["HTTP/1.1 400 Bad Request", []]);
  });

  test("a long body of a method that seldom has one stays a body, and is no second request", async () => {
    const bodies: number[] = [];
    const { url, received } = await start((request, response) => {
      let length = 0;
      request.on("data", (part: Buffer) => (length += part.length));
      request.on("end", () => {
        bodies.push(length);
        response.end();
      });
    });
    const length = 700 * 1024;
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { "transfer-encoding": "chunked" };
      const asked = httpRequest(url, { method: "DELETE", headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on("error", reject).end("x".repeat(length));
    });
    expect([status, bodies, received]).toEqual([200, [length], ["DELETE /"]]);
  });

  test("nobody says what wrangler's parts say to each other, nor that he is the front", async () => {
    const { url, headers } = await start((_request, response) => response.end());
    const said = [
      "MF-Original-URL: http://localhost/cdn-cgi/local",
      "mf-cf-blob: {}",
      "Twofold-Front: guessed",
    ];
    expect(await ask(url, "/", "Host: [::1]:8787", ...said, "X-Other: kept")).toBe("HTTP/1.1 200 OK");
    expect(headers).toEqual([
      {
        host: "[::1]:8787",
        "x-other": "kept",
        "twofold-front": "shown",
        "mf-disable-pretty-error": "true",
        connection: "close",
      },
    ]);
  });
});
