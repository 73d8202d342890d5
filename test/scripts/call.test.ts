import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { freePort } from "../worker/free-port.ts";
import { runScript } from "./run-script.ts";

test.each([
  ["no arguments", [], "Say which tool"],
  ["an unknown tool", ["delete", "1"], 'no tool "delete"'],
  ["no program", ["search"], "Say what search should run"],
  ["an unquoted program", ["search", "a", "b"], "must be one argument"],
  ["an unknown flag", ["search", "1", "--tokn", "x"], "--tokn"],
  ["a URL that is none", ["search", "1", "--url", "localhost"], 'not "localhost"'],
  ["a file that is not there", ["search", "@/nowhere/program.js"], "/nowhere/program.js cannot be read"],
])("%s is a usage error with exit code 2", async (_, args, message) => {
  const { code, stdout, stderr } = await runScript("call.ts", args);
  expect(stderr).toContain(message);
  expect(stderr).toContain("Usage: npm run -s call -- ");
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

test.each([
  ["call.ts", "Usage: npm run -s call -- "],
  ["runs.ts", "Usage: npm run -s runs -- "],
  ["doctor.ts", "Usage: npm run doctor -- "],
  ["deploy.ts", "Usage: npm run deploy -- "],
  ["spec.ts", "npm run spec -- add NAME"],
])("--help of %s is no mistake", async (name, usage) => {
  const { code, stdout, stderr } = await runScript(name, ["--help"]);
  expect(stdout).toContain(usage);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("a flag mistyped is told in one sentence, with the one that was meant", async () => {
  const { stderr } = await runScript("call.ts", ["search", "1", "--tokn", "x"]);
  expect(stderr.split("\n")[0]).toBe("Unknown option '--tokn'. Did you mean --token?");
});

test.each([
  [["stop"], "Say which run to stop, by its ID"],
  [["show", "r_1"], '"show r_1" is neither a command nor the ID of a run'],
])("npm run runs -- %j says what is missing", async (args, message) => {
  const { code, stderr } = await runScript("runs.ts", args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test("a refused connection is one sentence that names npm start", async () => {
  const url = `http://127.0.0.1:${await freePort()}/mcp`;
  const { code, stdout, stderr } = await runScript("call.ts", ["search", "1", "--url", url]);
  expect(stderr).toBe(
    `Nothing listens at ${url}. Start Twofold first: npm start. Or name another server with --url.\n`,
  );
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

/** Runs one search against a server that answers all with `listener`; gives its URL, too. */
async function callServer(listener: RequestListener, ...args: string[]) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/mcp`;
  try {
    return { url, ...(await runScript("call.ts", ["search", "1", "--url", url, ...args])) };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const refuse =
  (status: number, message: string): RequestListener =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null }));
  };

test.each([
  ["a missing token", [], "needs a token: --token or TWOFOLD_TOKEN."],
  ["an empty token", ["--token", ""], "needs a token: --token or TWOFOLD_TOKEN."],
  [
    "a wrong token",
    ["--token", "canary-31"],
    "needs another token: the one given with --token or TWOFOLD_TOKEN is not its MCP_TOKEN.",
  ],
])("%s is one sentence that names the flag and the variable", async (_, args, sentence) => {
  const { url, code, stdout, stderr } = await callServer(refuse(401, "no"), ...args);
  expect(stderr).toBe(`${url} ${sentence}\n`);
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

test("another refusal is told in the server's words, without the JSON around them", async () => {
  const { url, code, stderr } = await callServer(refuse(503, "Set MCP_TOKEN first."));
  expect(stderr).toBe(`${url} refused the call: Set MCP_TOKEN first.\n`);
  expect(code).toBe(1);
});

/** An MCP server as far as `npm run call` needs one: `call` answers the tool call. */
function answering(call: (id: unknown, response: ServerResponse) => void): RequestListener {
  return async (request, response) => {
    const { id, method } = (request.method === "POST" ? await json(request) : {}) as Record<string, unknown>;
    if (method === "tools/call") call(id, response);
    else if (method === "initialize") {
      const serverInfo = { name: "answering", version: "1" };
      const result = { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
    } else response.writeHead(request.method === "GET" ? 405 : 202).end();
  };
}

test("what acts on a terminal is shown and not done, by call and by runs", async () => {
  const hostile = JSON.stringify({ said: "\u009b2J\u202e" });
  const called = await callServer(
    answering((id, response) => {
      const content = [{ type: "text", text: hostile }];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { content } }));
    }),
  );
  const shown = String.raw`{"said":"\u009b2J\u202e"}` + "\n";
  expect(called.stdout).toBe(shown);
  const server = createServer((_, response) => response.end(`${hostile}\n`)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const { stdout } = await runScript("runs.ts", ["--url", `http://127.0.0.1:${port}`]);
  server.close();
  expect(stdout).toBe(shown);
});

test("a connection that breaks before the answer is told at once, with where to look", async () => {
  const began = performance.now();
  const { url, code, stderr } = await callServer(
    answering((_id, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      setTimeout(() => response.destroy(), 300);
    }),
  );
  expect(stderr).toBe(
    `The connection to ${url} broke before the answer came. What the program had called by then stands: npm run runs shows it.\n`,
  );
  expect(code).toBe(1);
  // The client's own patience is 60 s.
  expect(performance.now() - began).toBeLessThan(30_000);
});

test("a server that keeps silent for 5 s is told on stderr, with the way out", async () => {
  const { stdout, stderr } = await callServer(async (request, response) => {
    await sleep(5_500);
    refuse(401, "no")(request, response);
  });
  const [line, ...rest] = stderr.trimEnd().split("\n");
  expect(line).toMatch(
    /^No answer yet; a program may take 50 s\. .*npm run runs.*end npm start with Ctrl-C and start it again\.$/,
  );
  expect(rest).toHaveLength(1);
  expect(stdout).toBe("");
});
