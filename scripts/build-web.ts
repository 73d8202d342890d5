// Builds the console: src/web/page → src/web/dist. What has not changed is not written, since `wrangler dev` restarts for it.

import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { repositoryRoot } from "./repository-root.ts";
import { writeIfChanged } from "./write-if-changed.ts";

const page = join(repositoryRoot, "src", "web", "page");
const webFolder = join(repositoryRoot, "src", "web", "dist");
/** Where the files lie for a browser; src/web/serve-console.ts takes them to be unchanging. */
const filesPath = "console";

export async function buildWeb(folder = webFolder): Promise<string[]> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(page, "main.tsx"), join(page, "style.css"), join(page, "icon.svg")],
    outdir: join(folder, filesPath),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    // Where light-dark() is known, everything else of ours is.
    target: ["chrome123", "firefox120", "safari17.5"],
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".svg": "copy" },
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "silent",
    absWorkingDir: repositoryRoot,
  });
  const builtFrom = (entry: string) => {
    const of = relative(repositoryRoot, join(page, entry)).replaceAll("\\", "/");
    const [file] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === of) ?? [];
    if (file === undefined) throw new Error(`esbuild made nothing of ${of}`);
    return `/${relative(folder, join(repositoryRoot, file)).replaceAll("\\", "/")}`;
  };
  const html = (await readFile(join(page, "index.html"), "utf8"))
    .replace("{script}", builtFrom("main.tsx"))
    .replace("{style}", builtFrom("style.css"))
    .replace("{icon}", builtFrom("icon.svg"));
  const files = new Map(outputFiles.map(({ path, text }) => [path, text]));
  // Last: who loads the page meanwhile finds what it names.
  files.set(join(folder, "index.html"), html);
  await mkdir(join(folder, filesPath), { recursive: true });
  for (const [path, text] of files) await writeIfChanged(path, text);
  for (const name of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(name.parentPath, name.name);
    if (name.isFile() && !files.has(path)) await rm(path, { force: true });
  }
  return [...files.keys()];
}
