import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addApi } from "../../scripts/spec/add-api.ts";
import { buildApi } from "../../scripts/spec/build-api.ts";
import { artifactState } from "../../scripts/spec/built-from.ts";
import { settingsFile } from "../../scripts/spec/settings.ts";
import { docsDocument } from "../worker/docs-api.ts";

test("an artifact is stale once its settings say something else, and not for a comment", async () => {
  const root = await mkdtemp(join(tmpdir(), "twofold-built-"));
  try {
    const source = join(root, "openapi.json");
    await writeFile(source, JSON.stringify(docsDocument));
    expect(await addApi("shop", source, { root }).then(() => artifactState("shop", root))).toBe("fresh");
    const file = settingsFile("shop", root);
    const text = await readFile(file, "utf8");
    await writeFile(file, `// a comment\n${text}`);
    expect(await artifactState("shop", root)).toBe("fresh");
    await writeFile(file, text.replace("{", `{ "policy": { "deny": ["deleteOrder"] },`));
    expect(await artifactState("shop", root)).toBe("stale");
    await buildApi("shop", { root });
    expect(await artifactState("shop", root)).toBe("fresh");
    await rm(join(root, "spec", "shop", "artifact", "artifact.js"));
    expect(await artifactState("shop", root)).toBe("missing");
  } finally {
    await rm(root, { recursive: true });
  }
});
