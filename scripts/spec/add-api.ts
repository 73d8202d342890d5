import { access, mkdir, realpath, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { repositoryRoot } from "../repository-root.ts";
import { chooseBaseUrl } from "./base-url.ts";
import type { BuiltApi } from "./build-api.ts";
import { recordInputs } from "./built-from.ts";
import { documentCredential } from "./document-credential.ts";
import { DocumentRefused } from "./document-refused.ts";
import { isUrl } from "./open-source.ts";
import { prepareApi, prepareDocument, type PrepareOptions } from "./prepare-api.ts";
import { publishArtifact } from "./publish-artifact.ts";
import { chooseAuth, parseAuth, type SecurityReport } from "./security.ts";
import { baseUrlSchema } from "./settings-schema.ts";
import {
  apiDirectory,
  type ApiSettings,
  checkName,
  documentCopy,
  readSettings,
  settingsFile,
  writeSettings,
} from "./settings.ts";

interface AddOptions extends PrepareOptions {
  root?: string;
  baseUrl?: string;
  auth?: string;
  /** Replaces an API of this name; its notes, overlay and policy stay. */
  force?: boolean;
}

export interface AddedApi extends BuiltApi {
  security: SecurityReport;
}

/** Adds an API: nothing of spec/NAME is written or changed unless the whole of it can be built. */
export async function addApi(name: string, source: string, options: AddOptions = {}): Promise<AddedApi> {
  const root = options.root ?? repositoryRoot;
  const exists = await access(settingsFile(checkName(name), root)).then(
    () => true,
    () => false,
  );
  if (exists && options.force !== true) {
    throw new Error(
      `There is an API called "${name}" already. Rebuild it with: npm run spec -- build ${name}, or replace it with --force.`,
    );
  }
  const kept = exists ? await readSettings(name, root) : undefined;
  const said = {
    ...kept,
    ...(options.baseUrl !== undefined && { baseUrl: checkBaseUrl(options.baseUrl) }),
    ...(options.auth !== undefined && { auth: parseAuth(options.auth) }),
  };
  const credential = await documentCredential(name, source, said, root);
  const inProject = isUrl(source) ? source : await pathInProject(source, root);
  const { published, ...plain } = await prepareDocument(source, {
    ...options,
    ...(credential && { credential }),
    keepPublished: inProject === undefined,
  });
  const security = chooseSecurity(plain.document, options.auth);
  const baseUrl =
    options.baseUrl === undefined
      ? chooseBaseUrl(plain.document["servers"], source)
      : checkBaseUrl(options.baseUrl);
  const copy = documentCopy(name);
  const settings: ApiSettings = { ...kept, source: inProject ?? copy, baseUrl, auth: security.auth };

  const directory = apiDirectory(name, root);
  const created = await mkdir(join(directory, "artifact"), { recursive: true });
  const draft = join(directory, "artifact", `.openapi-${process.pid}.json`);
  try {
    if (inProject === undefined) await writeFile(draft, `${JSON.stringify(published, null, 2)}\n`);
    const readFrom = inProject ?? relative(root, draft);
    const hasHints =
      settings.overlay !== undefined || settings.notes !== undefined || settings.policy !== undefined;
    const prepared = hasHints
      ? await prepareApi(name, { ...settings, source: readFrom }, root, options)
      : plain;
    options.onProgress?.("Writing the artifact");
    const what = { name, document: prepared.document, settings };
    const artifact = await publishArtifact(join(directory, "artifact"), what, async () => {
      if (inProject === undefined) await rename(draft, join(root, copy));
      await writeSettings(name, settings, root);
    });
    await recordInputs(name, root);
    return {
      name,
      settings,
      ...prepared,
      load: { ...prepared.load, version: plain.load.version },
      artifact,
      security,
    };
  } finally {
    await rm(draft, { force: true });
    // A folder made for nothing goes again; rmdir leaves one that holds anything.
    if (created !== undefined)
      for (const made of [join(directory, "artifact"), directory]) await rmdir(made).catch(() => {});
  }
}

function chooseSecurity(document: Record<string, unknown>, said: string | undefined): SecurityReport {
  const chosen = chooseAuth(document);
  return said === undefined ? chosen : { auth: parseAuth(said), schemes: chosen.schemes };
}

function checkBaseUrl(text: string): string {
  const parsed = baseUrlSchema.safeParse(text);
  if (!parsed.success) throw new Error(`--base-url ${parsed.error.issues[0]?.message}.`);
  return text.replace(/\/+$/, "");
}

/** The path from the project's folder, or nothing for a file elsewhere, which a rebuild on another machine could not find. */
async function pathInProject(source: string, root: string): Promise<string | undefined> {
  const found = await realpath(source).catch(() => {
    throw new DocumentRefused(
      source,
      "there is no such file.",
      "Give the path of a file, or an http(s) URL.",
    );
  });
  const path = relative(await realpath(root), found);
  return path === ".." || path.startsWith(`..${sep}`) ? undefined : path.split(sep).join("/");
}
