// Writes the artifact of one API: the index that every search reads, and the bodies it reads when touched.
// Never resolves a reference to another file and never fetches: the document arrives bundled, all `$ref`s internal.

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packIndex } from "../../src/spec/packed-index.ts";
import { encodePieces } from "../../src/spec/pieces.ts";
import { type CredentialParameter, dropCredentialParameters } from "./credential-parameters.ts";
import { buildFindIndex } from "./find-index.ts";
import { operationTexts } from "./operation-texts.ts";
import { applyPolicy } from "./policy.ts";
import type { ApiSettings } from "./settings.ts";
import { buildScopes, buildSignIn } from "./sign-in.ts";
import { cutDocument } from "./cut-document.ts";
import { withSummaries } from "./summaries.ts";
import { markGraphql, withGraphql } from "./graphql.ts";

export type ArtifactReport = {
  operations: number;
  schemas: number;
  indexBytes: number;
  bodiesBytes: number;
  /** What operations ask for in the document and is Twofold's to send. */
  credentials: CredentialParameter[];
};

/** Writes `index.bin`, `operations.bin`, `bodies.bin`, `find.bin` and `artifact.js` into `directory`; files that would not change stay untouched. */
export async function writeArtifact(options: {
  name: string;
  document: object;
  settings: ApiSettings;
  directory: string;
}): Promise<ArtifactReport> {
  const { graphql } = options.settings;
  const called = withGraphql(options.document as Record<string, unknown>, graphql);
  const { document: asked, dropped } = dropCredentialParameters(called, options.settings.auth);
  const document = withSummaries(asked);
  const { index, pieces, schemas } = cutDocument(document);
  markGraphql(index, document, graphql);
  const { policy } = options.settings;
  if (policy !== undefined) applyPolicy(index, policy, "policy");
  const bodies = encodePieces(pieces);
  const findIndex = buildFindIndex(operationTexts(document));
  const packed = packIndex(index);
  const indexText = JSON.stringify(packed.index);
  const operationsText = JSON.stringify(packed.operations);
  const hash = createHash("sha256")
    .update(indexText)
    .update(operationsText)
    .update(bodies)
    .update(findIndex)
    .digest("hex")
    .slice(0, 32);
  const { baseUrl, auth } = options.settings;
  const redact = policy?.redact;
  const { scopes, signIn, context, journal } = options.settings;
  const settings = {
    name: options.name,
    hash,
    baseUrl,
    auth,
    title: titleOf(options.document),
    ...(redact && { redact }),
    ...(scopes && { scopes: buildScopes(index, scopes) }),
    ...(signIn && { signIn: buildSignIn(index, signIn) }),
    ...(context && { context }),
    ...(journal && { journal }),
  };
  await mkdir(options.directory, { recursive: true });
  await replace(join(options.directory, "index.bin"), Buffer.from(indexText));
  await replace(join(options.directory, "operations.bin"), Buffer.from(operationsText));
  await replace(join(options.directory, "bodies.bin"), bodies);
  await replace(join(options.directory, "find.bin"), findIndex);
  const module = [
    "// Written by scripts/spec/artifact.ts. Do not edit.",
    'export { default as index } from "./index.bin";',
    'export { default as operations } from "./operations.bin";',
    'export { default as bodies } from "./bodies.bin";',
    'export { default as findIndex } from "./find.bin";',
    `export const settings = ${JSON.stringify(settings)};`,
    "",
  ].join("\n");
  await replace(join(options.directory, "artifact.js"), Buffer.from(module));
  return {
    operations: index.operations.length,
    schemas,
    indexBytes: indexText.length,
    bodiesBytes: bodies.length,
    credentials: dropped,
  };
}

/** Atomic, and silent when nothing changes: a running `wrangler dev` reloads on every write it sees. */
async function replace(file: string, content: Uint8Array): Promise<void> {
  const old = await readFile(file).catch(() => undefined);
  if (old?.equals(content)) return;
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, content);
  await rename(temporary, file);
}

function titleOf(document: object): string {
  const { info } = document as { info?: { title?: unknown } };
  return typeof info?.title === "string" ? info.title : "API";
}
