import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { expect, test } from "vitest";
import { root } from "./scripts/run-script.ts";

const read = (name: string) => readFile(join(root, name), "utf8");

test("what the isolates' behaviour depends on is pinned exactly", async () => {
  const config = parse(await read("wrangler.jsonc")) as Record<string, unknown>;
  expect(config["compatibility_date"]).toBe("2026-10-20");
  expect(config["compatibility_flags"]).toEqual(
    expect.arrayContaining([
      "legacy_error_serialization",
      "enable_request_signal",
      "global_fetch_strictly_public",
    ]),
  );
  // Of the packages, the runtime and what parses, signs in or speaks the protocol.
  const { dependencies, devDependencies } = JSON.parse(await read("package.json")) as Record<
    "dependencies" | "devDependencies",
    Record<string, string>
  >;
  const all = { ...dependencies, ...devDependencies };
  const isPinned = ([name, version]: [string, string]) =>
    name === "miniflare" || /^\d+\.\d+\.\d+$/.test(version);
  expect(Object.entries(all).filter((one) => !isPinned(one))).toEqual([]);
  const { packages } = JSON.parse(await read("package-lock.json")) as {
    packages: Record<string, { version?: string }>;
  };
  const locked = Object.keys(all).map((name) => [name, packages[`node_modules/${name}`]?.version]);
  expect(Object.fromEntries(locked)).toEqual(all);
});

test("what simulates Cloudflare for the playground and for tests is what wrangler has", async () => {
  const { dependencies } = JSON.parse(await read("node_modules/wrangler/package.json")) as {
    dependencies: Record<string, string>;
  };
  const { devDependencies } = JSON.parse(await read("package.json")) as {
    devDependencies: Record<string, string>;
  };
  expect(devDependencies["miniflare"]).toBe(dependencies["miniflare"]);
});
