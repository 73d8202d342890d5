// Where the figures were got: they mean something only beside it.

import { readFile } from "node:fs/promises";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../scripts/repository-root.ts";
import type { Machine } from "./results.ts";

const packages = ["wrangler", "workerd", "@cloudflare/codemode", "@modelcontextprotocol/server"];

export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  const load = roundedLoad();
  return {
    model: processors[0]?.model ?? "unknown",
    processors: processors.length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    packages: Object.fromEntries(
      await Promise.all(packages.map(async (name) => [name, await versionOf(name)])),
    ),
    loadAtStart: load,
    loadAtEnd: load,
  };
}

export function roundedLoad(): number[] {
  return loadavg().map((value) => Math.round(value * 100) / 100);
}

async function versionOf(name: string): Promise<string> {
  const file = join(repositoryRoot, "node_modules", name, "package.json");
  return (JSON.parse(await readFile(file, "utf8")) as { version: string }).version;
}
