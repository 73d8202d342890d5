import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type ParseError, type ParseErrorCode, parse, printParseErrorCode } from "jsonc-parser";
import { buildParts } from "./build-parts.ts";
import { repositoryRoot } from "./repository-root.ts";
import { writeIfChanged } from "./write-if-changed.ts";

interface WorkerConfigOptions {
  /** Plain settings, never secrets: the file is world-readable. Secrets belong in spec/NAME/.dev.vars. */
  vars?: Record<string, string>;
  root?: string;
  /** The folder of the built artifact, when it is not spec/NAME/artifact. */
  artifact?: string;
  /** Its name in that folder. What runs here has a file of its own: it follows its file, also one that a deploy writes. */
  file?: string;
  /** The Worker's name in the account, when it is not the one of wrangler.jsonc. */
  name?: string;
  /** Ids of KV namespaces by binding; wrangler makes new ones for those without, or finds those of the deployment. */
  namespaces?: Record<string, string>;
}

/**
 * Writes spec/NAME/artifact/wrangler.json, or the file that is asked for: wrangler.jsonc with `twofold-artifact` pointing at the artifact
 * of this API, and builds what the Worker takes in: the isolate's modules and the console. A file, because `wrangler dev --alias` is accepted and ignored (wrangler 4.155).
 */
export async function writeWorkerConfig(apiName: string, options: WorkerConfigOptions = {}): Promise<string> {
  const root = options.root ?? repositoryRoot;
  // wrangler refuses a config whose folder of assets is missing, and nobody should serve an old one.
  if (root === repositoryRoot) await (built ??= buildParts());
  const base = await readJsonc(join(root, "wrangler.jsonc"));
  const { $schema: _, ...settings } = base;
  const artifact = options.artifact ?? join(root, "spec", apiName, "artifact");
  const main = typeof base["main"] === "string" ? base["main"] : "src/index.ts";
  const config = {
    ...settings,
    ...(options.name !== undefined && { name: options.name }),
    main: join(root, main),
    // Paths in a wrangler config are relative to the file, and this one lies three folders down.
    ...(typeof base["tsconfig"] === "string" && { tsconfig: join(root, base["tsconfig"]) }),
    ...withAssetsFrom(root, base["assets"]),
    alias: { ...asRecord(base["alias"]), "twofold-artifact": join(artifact, "artifact.js") },
    vars: { ...asRecord(base["vars"]), ...options.vars },
    ...withNamespaces(base["kv_namespaces"], options.namespaces),
  };
  const path = join(artifact, options.file ?? "wrangler.json");
  await mkdir(dirname(path), { recursive: true });
  await writeIfChanged(path, `${JSON.stringify(config, null, 2)}\n`);
  return path;
}

let built: Promise<void> | undefined;

function withAssetsFrom(root: string, assets: unknown) {
  const directory = asRecord(assets)["directory"];
  if (typeof directory !== "string") return {};
  return { assets: { ...asRecord(assets), directory: join(root, directory) } };
}

function withNamespaces(given: unknown, ids: Record<string, string> = {}) {
  if (!Array.isArray(given) || Object.keys(ids).length === 0) return {};
  const named = given.map((one: { binding?: string }) => {
    const id = ids[one.binding ?? ""];
    return { ...one, ...(id !== undefined && { id }) };
  });
  return { kv_namespaces: named };
}

async function readJsonc(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new Error(
      `${relative(process.cwd(), path)} is missing. Restore it with: git checkout wrangler.jsonc`,
    );
  });
  const shown = relative(process.cwd(), path);
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first !== undefined) {
    const before = text.slice(0, first.offset).split("\n");
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    throw new Error(
      `${shown} is not valid JSON: ${inWords(first.error)} at ${place}. ` +
        `Mend that line, or restore the file with: git checkout wrangler.jsonc`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${shown} must hold one JSON object. Restore it with: git checkout wrangler.jsonc`);
  }
  return value as Record<string, unknown>;
}

/** "ValueExpected" → "value expected". */
function inWords(code: ParseErrorCode): string {
  return printParseErrorCode(code)
    .replace(/(?<=[a-z])[A-Z]/g, " $&")
    .toLowerCase();
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
