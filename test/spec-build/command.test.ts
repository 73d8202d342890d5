import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "../../scripts/repository-root.ts";
import { fixturePath } from "./fixture.ts";
import { documentWith, folder } from "./folder.ts";

function spec(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(repositoryRoot, "scripts/spec.ts"), ...args], {
      cwd: repositoryRoot,
    });
    const ran = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (ran.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (ran.stderr += text));
    child.once("close", (code) => resolve({ code, ...ran }));
  });
}

test("check says what a build would, on stdout, and progress on stderr", async () => {
  const { code, stdout, stderr } = await spec("check", fixturePath("swagger2-formdata-basepath.yaml"));
  expect(code).toBe(0);
  expect(stdout).toMatch(/Swagger 2.0, upgraded to 3.1.1, 1 file/);
  expect(stdout).toMatch(/operations +4 kept/);
  expect(stdout).toMatch(/base URL +https:\/\/api.example.com\/v2/);
  expect(stdout).toMatch(/security +basic \(http basic\), oauth \(oauth2\)/);
  expect(stdout).toMatch(
    /Noted \(\d+\)\n {2}#\/paths\/~1login\/post\/parameters\/1: a parameter without "in" was left out/,
  );
  expect(stderr).toBe(
    "Reading the document…\nBringing its files together…\nUpgrading from 2.0 to OpenAPI 3.1…\n",
  );
});

test("hostile text of a document reaches the terminal only as visible codes", async () => {
  const hostile = "\u001B[2J\u202Egnp\u0007";
  const document = {
    ...documentWith({ $ref: `#/${hostile}` }),
    paths: { [hostile]: {}, "/a": { get: { operationId: hostile }, put: { operationId: hostile } } },
  };
  await using made = await folder({
    "api.json": document,
    "bad.json": documentWith({ $ref: `${hostile}.json` }),
    [`v.json`]: { openapi: hostile },
  });
  for (const name of ["api.json", "bad.json", "v.json"]) {
    const { stdout, stderr } = await spec("check", join(made.path, name), "--all");
    expect(`${stdout}${stderr}`).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  }
  const { stdout } = await spec("check", join(made.path, "api.json"), "--all");
  expect(stdout).toContain(String.raw`\u{1b}[2J\u{202e}gnp\u{7}`);
});

test("a refusal exits with 1 and says file, place, reason and what next", async () => {
  const { code, stdout, stderr } = await spec("add", "never", fixturePath("openapi31-webhooks-only.json"));
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toMatch(
    /Refused. .*openapi31-webhooks-only.json#\/servers: no server gives an address to call. Say it with --base-url URL/,
  );
});

test("what is not a command is told what is", async () => {
  for (const args of [["frob"], ["list", "x"], ["check", "x", "--nope"]]) {
    const { code, stderr } = await spec(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is not a command of spec|Unknown option/);
  }
  const { stderr } = await spec("build");
  expect(stderr).toBe("Say which: npm run spec -- build NAME. npm run spec -- list shows the APIs.\n");
  const { code, stdout } = await spec("--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(/npm run spec -- add NAME/);
});

test.each([
  [["add", "x"], "Say which document: npm run spec -- add x FILE|URL"],
  [["add", "x", "no/such.yaml"], "Refused. no/such.yaml: there is no such file. Give the path of a file,"],
  [["check", "shpo"], 'There is neither an API nor a file called "shpo".'],
])("%j says what is missing", async (args, message) => {
  const { code, stderr } = await spec(...args);
  expect(stderr).toContain(message);
  expect(code).toBe(1);
});

test("the playground is built by npm start", async () => {
  const { code, stderr } = await spec("build", "playground");
  expect(code).toBe(1);
  expect(stderr).toMatch(/npm start/);
});
