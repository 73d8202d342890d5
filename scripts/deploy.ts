// `npm run deploy -- --api NAME [wrangler flags]`: deploys Twofold for one API with wrangler. Never sets a secret itself.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { printFailure } from "./print-failure.ts";
import { repositoryRoot } from "./repository-root.ts";
import { listApis, readSettings } from "./spec/settings.ts";
import { requireArtifact } from "./start/twofold.ts";
import { writeWorkerConfig } from "./worker-config.ts";

const usage = "npm run deploy -- --api NAME [flags of wrangler deploy, e.g. --dry-run]";

async function deploy(args: string[]): Promise<number> {
  const at = args.indexOf("--api");
  const name = at === -1 ? undefined : args[at + 1];
  const apis = (await listApis()).filter((api) => api !== "playground");
  if (name === undefined)
    throw new Error(
      `Say which API to deploy: ${usage}. Known: ${apis.join(", ") || "none yet; add one with npm run spec -- add NAME FILE|URL"}.`,
    );
  if (name === "playground")
    throw new Error(
      `The playground exists only on this machine, so it cannot be deployed. Add your own API: npm run spec -- add NAME FILE|URL`,
    );
  const { auth } = await readSettings(name);
  requireArtifact(name);
  const config = await writeWorkerConfig(name);
  const rest = args.filter((_, n) => n !== at && n !== at + 1);
  const code = await wrangler(["deploy", "--config", config, ...rest]);
  if (code !== 0 || rest.includes("--dry-run")) return code;
  const secrets = [
    "MCP_TOKEN",
    ...(auth.type === "none" ? [] : auth.type === "basic" ? ["API_USERNAME", "API_PASSWORD"] : ["API_TOKEN"]),
  ];
  console.log(
    `\nUntil its secrets are set it refuses to serve. Set each of them once (people can sign in instead of MCP_TOKEN: docs/sign-in.md):`,
  );
  for (const secret of secrets)
    console.log(`  npx wrangler secret put ${secret} --config ${config.replace(`${repositoryRoot}/`, "")}`);
  return 0;
}

function wrangler(args: string[]): Promise<number> {
  const cli = join(repositoryRoot, "node_modules", "wrangler", "wrangler-dist", "cli.js");
  const child = spawn(process.execPath, [cli, ...args], { stdio: "inherit", cwd: repositoryRoot });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

deploy(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    printFailure(error);
    process.exitCode = 1;
  },
);
