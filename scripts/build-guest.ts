// Builds what runs inside the isolate: src/sandbox/*.guest.js → one module in src/sandbox/dist for each set of what programs use.
// Every new isolate compiles all it is given, needed or not, so that a program is given no more; names and blanks are short.

import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { repositoryRoot } from "./repository-root.ts";
import { writeIfChanged } from "./write-if-changed.ts";

const sandbox = join(repositoryRoot, "src", "sandbox");
const guestFolder = join(sandbox, "dist");

const request = `
export { createApi } from "./api.guest.js";
export { createContext } from "./context.guest.js";
export { createGate } from "./gate.guest.js";
export { keepValue } from "./results.guest.js";
`;
const execute = `${request}
export { createGraphql } from "./graphql.guest.js";
export { createPaginate } from "./paginate.guest.js";
export { createResults } from "./results.guest.js";
`;
// Static imports: a dynamic one costs more than the module it brings.
const document = `
export { createDocument } from "./document.guest.js";
export { cloneAnything } from "./clone.guest.js";
export { default as index } from "index.json";
export { default as readBodies } from "bodies.cjs";
`;
const find = `${document}
export { createFind, listOperations } from "./find.guest.js";
export { default as findIndex } from "find.bin";
`;
const describe = `${find}
export { createDescribe } from "./describe.guest.js";
`;

/** What main.guest.js finds in `scope.js`, by the name of the module (src/sandbox/worker-code.ts chooses one). */
const scopes = {
  search: "",
  "search-document": document,
  "search-find": find,
  "search-describe": describe,
  request,
  "request-document": request + document,
  "request-find": request + find,
  "request-describe": request + describe,
  execute,
  "execute-document": execute + document,
  "execute-find": execute + find,
  "execute-describe": execute + describe,
};
export type GuestName = keyof typeof scopes;

/** Modules of the isolate that are no part of the guest. */
const external = ["cloudflare:workers", "program.js", "index.json", "bodies.cjs", "find.bin"];

interface BundleOptions {
  /** Texts in place of the guest's own modules, by name: tests take a guard away so. */
  replaced?: Record<string, string>;
  /** Modules left as imports, to be handed to the isolate beside this one. */
  apart?: string[];
}

export async function bundleGuest(
  name: GuestName,
  { replaced = {}, apart = [] }: BundleOptions = {},
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(sandbox, "main.guest.js")],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    minify: true,
    external: [...external, ...apart.map((module) => `./${module}`)],
    // What a scope lacks is undefined, and what would be done with it goes.
    logOverride: { "import-is-undefined": "silent" },
    plugins: [inPlace({ "scope.js": scopes[name], ...replaced })],
  });
  return outputFiles[0]?.text ?? "";
}

function inPlace(texts: Record<string, string>): Plugin {
  return {
    name: "modules in place of files",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.js$/ }, ({ path }) => {
        const module = path.replace(/^\.\//, "");
        return Object.hasOwn(texts, module) ? { path: module, namespace: "given" } : undefined;
      });
      onLoad({ filter: /./, namespace: "given" }, ({ path }) => ({
        contents: texts[path] ?? "",
        resolveDir: sandbox,
      }));
    },
  };
}

export async function buildGuest(folder = guestFolder): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = Object.keys(scopes) as GuestName[];
  const fileOf = (name: string) => `${name}.guest.js`;
  await Promise.all(
    names.map(async (name) => writeIfChanged(join(folder, fileOf(name)), await bundleGuest(name))),
  );
  const files = new Set(names.map(fileOf));
  for (const name of await readdir(folder))
    if (name.endsWith(".guest.js") && !files.has(name)) await rm(join(folder, name), { force: true });
}
