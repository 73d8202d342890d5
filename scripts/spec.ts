// npm run spec -- add | build | check | list | remove: the APIs of this project.

import { existsSync } from "node:fs";
import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { addApi } from "./spec/add-api.ts";
import { chooseBaseUrl } from "./spec/base-url.ts";
import { type BuiltApi, buildApi } from "./spec/build-api.ts";
import { DocumentRefused } from "./spec/document-refused.ts";
import { prepareApi, prepareDocument } from "./spec/prepare-api.ts";
import { isUrl } from "./spec/open-source.ts";
import { printable } from "./spec/printable.ts";
import { progressTo } from "./spec/progress.ts";
import { authInWords, reportBuilt, reportPrepared, reportSecurity } from "./spec/report.ts";
import { chooseAuth } from "./spec/security.ts";
import { apiDirectory, listApis, readSettings } from "./spec/settings.ts";
import { missingSecrets, readSecretNames } from "./start/secrets.ts";
import { repositoryRoot } from "./repository-root.ts";
import { readFlags } from "./read-flags.ts";

const usage = `The APIs of this project: settings and secrets of each are in spec/NAME.

npm run spec -- add NAME FILE|URL [--base-url URL] [--auth bearer|basic|none|header:NAME|query:NAME|cookie:NAME] [--force]
npm run spec -- build NAME             read the document again and rebuild
npm run spec -- check NAME|FILE|URL    say what a build would say, and write nothing; --all: every place
npm run spec -- list
npm run spec -- remove NAME`;

const listHint = "npm run spec -- list shows the APIs.";

const progress = progressTo(process.stderr);
const onProgress = progress.say;

async function run(): Promise<string[]> {
  const { values, positionals } = readFlags({
    allowPositionals: true,
    options: {
      "base-url": { type: "string" },
      auth: { type: "string" },
      force: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command, first, second, ...rest] = positionals;
  if (values.help || command === undefined) return [usage];
  const { auth, "base-url": baseUrl, force, all } = values;
  const given = rest.length > 0 ? "too many" : `${command} ${positionals.length - 1}`;
  if (given === "list 0") return list();
  if (first !== undefined && given === "build 1") return report(await buildApi(first, { onProgress }));
  if (first !== undefined && given === "check 1") return check(first, all);
  if (first !== undefined && given === "remove 1") return remove(first);
  if (first !== undefined && second !== undefined && given === "add 2") {
    const said = { ...(auth !== undefined && { auth }), ...(baseUrl !== undefined && { baseUrl }) };
    return report(await addApi(first, second, { ...said, force, onProgress }));
  }
  if (given === "add 1")
    throw new Error(`Say which document: npm run spec -- add ${printable(first ?? "")} FILE|URL`);
  if (given === "add 0") throw new Error("Say which: npm run spec -- add NAME FILE|URL");
  if (/^(build|check|remove) 0$/.test(given))
    throw new Error(`Say which: npm run spec -- ${command} NAME. ${listHint}`);
  throw new Error(`"${printable(positionals.join(" "))}" is not a command of spec.\n${usage}`);
}

async function report(built: BuiltApi): Promise<string[]> {
  const missing = missingSecrets(built.settings.auth, await readSecretNames(built.name));
  return reportBuilt(built, missing.length === 0);
}

async function check(what: string, all: boolean): Promise<string[]> {
  const places = all ? Number.POSITIVE_INFINITY : undefined;
  if ((await listApis()).includes(what)) {
    const settings = await readSettings(what);
    if (settings.source === "playground")
      return [`${what}: its document comes from the running playground; npm start checks it.`];
    return reportPrepared(what, await prepareApi(what, settings, repositoryRoot, { onProgress }), places);
  }
  const isName = !isUrl(what) && !existsSync(what) && /^[\w-]+$/.test(what);
  if (isName) throw new Error(`There is neither an API nor a file called "${what}". ${listHint}`);
  const prepared = await prepareDocument(what, { onProgress });
  const [title = "", operations = "", ...findings] = reportPrepared(printable(what), prepared, places);
  return [
    title,
    operations,
    `  ${"base URL".padEnd(12)}${baseUrlOf(prepared.document, what)}`,
    ...reportSecurity(chooseAuth(prepared.document)),
    ...findings,
  ];
}

function baseUrlOf(document: Record<string, unknown>, source: string): string {
  try {
    return printable(chooseBaseUrl(document["servers"], source));
  } catch {
    return "not in the document; add needs --base-url URL";
  }
}

async function list(): Promise<string[]> {
  const lines: string[] = [];
  for (const name of await listApis()) {
    const { source, baseUrl, auth } = await readSettings(name);
    const from =
      source === "playground" ? "the local Cloudflare API" : `${printable(source)} → ${printable(baseUrl)}`;
    lines.push(`${name.padEnd(20)} ${from}, ${authInWords(auth)}`);
  }
  return lines.length > 0 ? lines : ["No APIs yet. Add one with: npm run spec -- add NAME FILE|URL"];
}

/** Takes away what `add` wrote. Hand-made files, secrets among them, stay. */
async function remove(name: string): Promise<string[]> {
  const directory = apiDirectory(name);
  if (!(await listApis()).includes(name))
    throw new Error(`There is no API called "${printable(name)}". ${listHint}`);
  await Promise.all(
    ["artifact", "api.jsonc", "openapi.json"].map((file) =>
      rm(join(directory, file), { recursive: true, force: true }),
    ),
  );
  await rmdir(directory).catch(() => {});
  const left = await readdir(directory).catch(() => []);
  return [
    `${name} is removed.`,
    ...(left.length > 0
      ? [
          `spec/${name} still holds ${left.map((file) => printable(file)).join(", ")}; delete what you do not need.`,
        ]
      : []),
  ];
}

try {
  const lines = await run();
  progress.done();
  process.stdout.write(`${lines.join("\n")}\n`);
} catch (error) {
  progress.done();
  if (error instanceof DocumentRefused) process.stderr.write(`Refused. ${printable(error.message, 2000)}\n`);
  else
    process.stderr.write(
      `${(error as Error).message
        .split("\n")
        .map((line) => printable(line, 2000))
        .join("\n")}\n`,
    );
  process.exitCode = 1;
}
