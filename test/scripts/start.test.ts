import { createServer } from "node:net";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingSecrets, readSecretNames, unreadNames } from "../../scripts/start/secrets.ts";
import { freePort } from "../worker/free-port.ts";
import { runScript } from "./run-script.ts";

test.each([
  ["an unknown flag", ["--prot", "1"], /^Unknown option '--prot'\. .*npm start -- --help\n$/],
  ["a stray word", ["playground"], /^Unexpected argument 'playground'\. .*npm start -- --help\n$/],
  [
    "a port that is no number",
    ["--port", "http"],
    /^--port takes a number .* not "http".*npm start -- --port 8790\n$/,
  ],
  ["a port out of range", ["--port", "65536"], /^--port takes a number from 1 to 65535/],
  [
    "an unknown API",
    ["--api", "nope"],
    /^There is no API named "nope".*Known: .*playground.*npm run spec -- add NAME/,
  ],
  ["an empty state folder", ["--state="], /^--state takes a folder: npm start -- --state DIR\n$/],
  ["a home folder that no shell made", ["--state=~/twofold"], /^--state ~\/twofold: no shell/],
  [
    "a state folder that cannot be made",
    ["--port", "1", "--state", `${import.meta.filename}/state`],
    /^The folder .*start\.test\.ts\/state cannot be made: .*--state DIR\.\n$/,
  ],
  ["a path as API", ["--api", "../spec/playground"], /^There is no API named "\.\.\/spec\/playground"/],
])("%s is one sentence with the way out", async (_, args, message) => {
  const { code, stdout, stderr } = await runScript("start.ts", args);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

test("a port in use is named, with a free one to take instead", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const state = await mkdtemp(join(tmpdir(), "twofold-start-"));
  try {
    const { code, stderr } = await runScript("start.ts", ["--port", String(port), "--state", state]);
    expect(stderr).toMatch(
      new RegExp(`^Port ${port} is in use.*npm start -- --port \\d+ --state ${state}\\n$`),
    );
    expect(code).toBe(1);
  } finally {
    server.close();
    await rm(state, { recursive: true });
  }
});

test("a port of a running start is named with both flags that a second start needs", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const state = await mkdtemp(join(tmpdir(), "twofold-start-"));
  try {
    // This test process plays the running start.
    await writeFile(join(state, "lock"), String(process.pid));
    const { code, stderr } = await runScript("start.ts", ["--port", String(port), "--state", state]);
    expect(stderr).toMatch(
      new RegExp(
        `^Port ${port} is in use \\(another npm start, process ${process.pid}\\)\\. .*npm start -- --port \\d+ --state \\.wrangler/second\\n$`,
      ),
    );
    expect(code).toBe(1);
  } finally {
    server.close();
    await rm(state, { recursive: true });
  }
});

test("a state folder of a running start is not shared, and a dead one's lock does not count", async () => {
  const state = await mkdtemp(join(tmpdir(), "twofold-start-"));
  try {
    // This test process plays the running start.
    await writeFile(join(state, "lock"), String(process.pid));
    const port = await freePort();
    const { code, stderr } = await runScript("start.ts", ["--port", String(port), "--state", state]);
    expect(stderr).toMatch(
      new RegExp(
        `is in use by another npm start \\(process \\d+\\)\\. .*: npm start -- --port ${port} --state \\.wrangler/second\\n$`,
      ),
    );
    expect(code).toBe(1);
  } finally {
    await rm(state, { recursive: true });
  }
});

test("secrets are those with a value in .dev.vars, and the names of the rest are told", async () => {
  const root = await mkdtemp(join(tmpdir(), "twofold-start-"));
  try {
    expect(await readSecretNames("shop", root)).toEqual(new Set());
    await mkdir(join(root, "spec/shop"), { recursive: true });
    await writeFile(
      join(root, "spec/shop/.dev.vars"),
      `# a comment\nAPI_TOKEN="quoted"\nAPI_USERNAME=\nMCP_TOKEN=t\n`,
    );
    const given = await readSecretNames("shop", root);
    expect(given).toEqual(new Set(["API_TOKEN", "MCP_TOKEN"]));
    expect(missingSecrets({ type: "none" }, new Set())).toEqual([]);
    expect(missingSecrets({ type: "bearer" }, given)).toEqual([]);
    expect(missingSecrets({ type: "apiKey", in: "query", name: "key" }, new Set())).toEqual(["API_TOKEN"]);
    expect(missingSecrets({ type: "basic" }, given)).toEqual(["API_USERNAME", "API_PASSWORD"]);
    // A key as the user name goes with a password that is there and empty.
    await writeFile(join(root, "spec/shop/.dev.vars"), "API_USERNAME=sk\nAPI_PASSWORD=\n");
    expect(missingSecrets({ type: "basic" }, await readSecretNames("shop", root))).toEqual([]);
  } finally {
    await rm(root, { recursive: true });
  }
});

test("a secret mistyped is told with the one that was meant", () => {
  expect(unreadNames(new Set(["API_TOKEM", "MCP_TOKEN", "READ_ONLY", "OTHER"]))).toEqual([
    "API_TOKEM (did you mean API_TOKEN?)",
    "OTHER",
  ]);
});
