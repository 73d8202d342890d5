import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { writeIfChanged } from "../../scripts/write-if-changed.ts";
import { root } from "../scripts/run-script.ts";

const bundles = new Map<string, Promise<string>>();

/** The Worker as one module, but for its artifact, as wrangler bundles it: once for all tests of a process. Answers its path. */
export function bundleWorker(main: string): Promise<string> {
  const bundled = bundles.get(main) ?? bundle(main);
  bundles.set(main, bundled);
  return bundled;
}

async function bundle(main: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [main],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*", "twofold-artifact"],
    loader: { ".guest.js": "text" },
    define: { "process.env.NODE_ENV": `"development"` },
    logLevel: "error",
  });
  const folder = join(root, ".wrangler", "test");
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${basename(main, ".ts")}.js`);
  await writeIfChanged(path, outputFiles[0]?.text ?? "");
  return path;
}
