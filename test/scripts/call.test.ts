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
  expect(stderr).toContain("Usage: npm run call");
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

test("a refused connection is one sentence that names npm start", async () => {
  const url = `http://127.0.0.1:${await freePort()}/mcp`;
  const { code, stdout, stderr } = await runScript("call.ts", ["search", "1", "--url", url]);
  expect(stderr).toBe(`Nothing listens at ${url}. Start Twofold first: npm start\n`);
  expect(stdout).toBe("");
  expect(code).toBe(1);
});
