import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findViolations } from "../../scripts/check-imports/find-violations.ts";
import { runScript } from "./run-script.ts";

const check = (path: string, source: string) => findViolations([{ path, source }]);

test.each([
  ["the sandbox importing the gateway", "src/sandbox/run.ts", `import { g } from "../gateway/gateway.ts";`],
  [
    "the sandbox importing auth types",
    "src/sandbox/run.ts",
    `import type { C } from "../auth/credential.ts";`,
  ],
  [
    "the gateway importing the compiler",
    "src/gateway/a.ts",
    `import { c } from "../compile/compile-program.ts";`,
  ],
  ["mcp importing auth", "src/mcp/tools.ts", `import { c } from "../auth/credential.ts";`],
  ["mcp importing a value of the sandbox", "src/mcp/a.ts", `import { x } from "../sandbox/outcome.ts";`],
  ["auth importing the spec", "src/auth/a.ts", `import { x } from "../spec/load-artifact.ts";`],
  ["spec importing the gateway", "src/spec/a.ts", `import { x } from "../gateway/a.ts";`],
  ["compile importing the sandbox", "src/compile/a.ts", `import type { O } from "../sandbox/outcome.ts";`],
  ["a room importing index.ts", "src/auth/a.ts", `import type { Env } from "../index.ts";`],
  ["src importing scripts", "src/spec/a.ts", `import { x } from "../../scripts/spec/artifact.ts";`],
  ["index.ts importing scripts", "src/index.ts", `import { x } from "../scripts/spec/artifact.ts";`],
  ["scripts running the sandbox", "scripts/a.ts", `import { x } from "../src/sandbox/run-program.ts";`],
  ["a re-export", "src/sandbox/a.ts", `export * from "../gateway/gateway.ts";`],
  ["a dynamic import", "src/sandbox/a.ts", `const g = await import("../gateway/gateway.ts");`],
  ["an import() type", "src/sandbox/a.ts", `let g: import("../gateway/gateway.ts").Gateway;`],
  ["an import for its side effect", "src/sandbox/a.ts", `import "../auth/check-request.ts";`],
  ["a computed import", "src/sandbox/a.ts", `const name = "x"; await import(name);`],
  ["a package of another room", "src/gateway/a.ts", `import { Server } from "@modelcontextprotocol/server";`],
  ["a Node module in src", "src/gateway/a.ts", `import { readFile } from "node:fs/promises";`],
  [
    "LOADER outside the sandbox",
    "src/gateway/a.ts",
    `export const f = (env: { LOADER: unknown }) => env.LOADER;`,
  ],
  ["LOADER by a string", "src/mcp/a.ts", `export const f = (env: Record<string, unknown>) => env["LOADER"];`],
  ["a file in no room", "src/misc/a.ts", ``],
])("%s is reported with file, rule and advice", (_, path, source) => {
  const [message, ...others] = check(path, source);
  expect(message).toMatch(new RegExp(`^${path.replaceAll(".", "\\.")}(:1)?: .+\\. .+\\.$`));
  expect(others.filter((other) => !other.includes("LOADER"))).toEqual([]);
});

test.each([
  [
    "index.ts importing every room",
    "src/index.ts",
    `import { g } from "./gateway/gateway.ts"; import "agents";`,
  ],
  ["the gateway importing the spec", "src/gateway/a.ts", `import { O } from "../spec/operations.ts";`],
  [
    "the gateway importing a type of auth",
    "src/gateway/a.ts",
    `import type { C } from "../auth/credential.ts";`,
  ],
  [
    "mcp importing the outcome's type",
    "src/mcp/a.ts",
    `import type { Outcome } from "../sandbox/outcome.ts";`,
  ],
  ["a room importing itself", "src/auth/a.ts", `import { b } from "./b.ts";`],
  [
    "the sandbox naming LOADER",
    "src/sandbox/a.ts",
    `export const f = (env: { LOADER: unknown }) => env.LOADER;`,
  ],
  [
    "an import inside a comment or a string",
    "src/spec/a.ts",
    `// import "../auth/a.ts"\nexport const t = 'import "../auth/a.ts"';`,
  ],
])("%s is allowed", (_, path, source) => {
  expect(check(path, source)).toEqual([]);
});

test("the message names the line of the import", () => {
  expect(check("src/mcp/a.ts", `\n\nimport { c } from "../auth/credential.ts";`)[0]).toMatch(
    /^src\/mcp\/a\.ts:3: imports src\/auth\/credential\.ts, but mcp never sees/,
  );
});

test("the script fails on a planted violation and passes without it", async () => {
  const planted = await mkdtemp(join(tmpdir(), "twofold-imports-"));
  try {
    const file = join(planted, "src/sandbox/a.ts");
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `import { g } from "../gateway/gateway.ts";\n`);
    const red = await runScript("check-imports.ts", [planted]);
    expect(red.code).toBe(1);
    expect(red.stderr).toContain("src/sandbox/a.ts:1: imports src/gateway/gateway.ts");
    await writeFile(file, `export const a = 1;\n`);
    expect((await runScript("check-imports.ts", [planted])).code).toBe(0);
  } finally {
    await rm(planted, { recursive: true });
  }
});
