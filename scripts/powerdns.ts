// npm run powerdns: a real DNS server with an HTTP API of its own, to try Twofold on.

import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { parseEnv } from "node:util";
import { describeExit } from "./dev-server/exit.ts";
import { findPowerdns, howToInstall } from "./powerdns/find-powerdns.ts";
import { startPowerdns } from "./powerdns/start-powerdns.ts";
import { printFailure } from "./print-failure.ts";
import { repositoryRoot } from "./repository-root.ts";
import { firstFree, isFree, ownerOf } from "./start/port.ts";
import { untilToldToEnd } from "./start/until-told-to-end.ts";
import { readFlags } from "./read-flags.ts";

const usage = `Usage: npm run powerdns -- [options]

Starts PowerDNS, an authoritative DNS server with an HTTP API, on this machine alone.

  --port N     where its API listens (default 8081)
  --state DIR  keep its zones, settings and key in DIR (default .wrangler/powerdns-server)
  --help       this text`;

try {
  // Waiting for the end of npm keeps the process alive, so it must be told to exit.
  process.exit(await run());
} catch (error) {
  printFailure(error);
  process.exit(1);
}

async function run(): Promise<number> {
  const { values } = readFlags({
    options: {
      port: { type: "string", default: "8081" },
      state: { type: "string", default: join(repositoryRoot, ".wrangler", "powerdns-server") },
      help: { type: "boolean", default: false, short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port < 1 || port > 65_535)
    throw new Error(`--port takes a number from 1 to 65535, not "${values.port}".`);
  const installed = findPowerdns();
  if (installed === undefined) throw new Error(howToInstall);
  if (!(await isFree(port))) {
    const owner = await ownerOf(port);
    throw new Error(
      `Port ${port} is taken${owner === undefined ? "" : ` by ${owner}`}. Another one: npm run powerdns -- --port ${await firstFree(port + 1)}`,
    );
  }
  const told = untilToldToEnd();
  const directory = resolve(values.state);
  const secrets = join(directory, ".dev.vars");
  const dnsPort = await firstFree(5300, [port]);
  const server = await startPowerdns(installed, { directory, port, dnsPort, key: await readKey(secrets) });
  console.log(`PowerDNS is ready: ${server.api}, and DNS at 127.0.0.1 port ${dnsPort}

Serve it through Twofold, in another terminal:

  mkdir -p spec/powerdns && cp ${relative(process.cwd(), secrets)} spec/powerdns/
  npm run spec -- add powerdns ${server.document} --base-url ${server.api} --auth header:X-API-Key
  npm start -- --api powerdns

Ask, for example: Create the zone shop.example. with a www record, and show me what is in it.

Ctrl-C ends it; the zones stay.`);
  const ended = await Promise.race([told, server.exited]);
  await server.stop();
  if (typeof ended === "number") return ended;
  console.error(
    `PowerDNS ended by itself (${describeExit(ended)}). Its last lines:\n${server.recentOutput()}`,
  );
  return 1;
}

/** The key of an earlier start, so that a copy of the file still works; else a new one. */
async function readKey(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  const known = parseEnv(text)["API_TOKEN"];
  if (known !== undefined && known !== "") return known;
  const key = randomBytes(24).toString("base64url");
  await mkdir(join(file, ".."), { recursive: true, mode: 0o700 });
  await writeFile(file, `API_TOKEN=${key}\n`, { mode: 0o600 });
  return key;
}
