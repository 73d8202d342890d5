// Reads and writes spec/NAME/api.jsonc. Never holds a secret: those are in .dev.vars and in the deployment.

import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  modify,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from "jsonc-parser";
import { meantName } from "../../src/gateway/nearest-name.ts";
import { repositoryRoot } from "../repository-root.ts";
import { writeIfChanged } from "../write-if-changed.ts";
import {
  type ApiAuth,
  type ApiGraphql,
  type ApiContext,
  type ApiJournal,
  type ApiPolicy,
  type ApiScopes,
  type ApiSignIn,
  settingsSchema,
} from "./settings-schema.ts";

export type ApiSettings = {
  /** Where the document comes from: a URL, a path from the project's folder, or `playground`. */
  source: string;
  /** What paths are appended to. Empty for the playground, whose address is known only while it runs. */
  baseUrl: string;
  auth: ApiAuth;
  /** What operations do and who may call them, where their method does not tell. */
  policy?: ApiPolicy;
  /** Scopes besides read and write. */
  scopes?: ApiScopes;
  /** How a token that somebody brings is tried. */
  signIn?: ApiSignIn;
  /** A GraphQL endpoint, where the document does not describe it. */
  graphql?: ApiGraphql;
  /** Values programs get as `context`. */
  context?: ApiContext;
  /** What the journal holds of bodies. */
  journal?: ApiJournal;
  /** Hints for whoever calls an operation, by operationId or `GET /path`. */
  notes?: Record<string, string>;
  /** An OpenAPI Overlay 1.0 file in the same folder. */
  overlay?: string;
};

export function checkName(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) return name;
  throw new Error(
    `"${name}" cannot be the name of an API. Use lower-case letters, digits and "-", at most 63, a letter or digit first.`,
  );
}

export function apiDirectory(name: string, root = repositoryRoot): string {
  return join(root, "spec", checkName(name));
}

/** Where the document of an API is kept that came from outside the project; relative to its root. */
export const documentCopy = (name: string) => `spec/${name}/openapi.json`;

export function settingsFile(name: string, root = repositoryRoot): string {
  return join(apiDirectory(name, root), "api.jsonc");
}

/** The names of all APIs with an api.jsonc, sorted. */
export async function listApis(root = repositoryRoot): Promise<string[]> {
  const entries = await readdir(join(root, "spec"), { withFileTypes: true }).catch(() => []);
  const found = entries.filter(
    (entry) => entry.isDirectory() && /^[a-z0-9][a-z0-9-]{0,62}$/.test(entry.name),
  );
  const has = await Promise.all(
    found.map(({ name }) =>
      readFile(settingsFile(name, root)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found
    .filter((_, index) => has[index])
    .map(({ name }) => name)
    .toSorted();
}

export async function readSettings(name: string, root = repositoryRoot): Promise<ApiSettings> {
  const file = settingsFile(name, root);
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(
      `There is no API called "${name}" (${file} is missing). Add it with: npm run spec -- add ${name} FILE|URL`,
    );
  });
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [wrong] = errors;
  if (wrong !== undefined || tree === undefined) {
    const reason = wrong === undefined ? "it is empty" : printParseErrorCode(wrong.error);
    throw new Error(
      `${file}:${lineOf(text, wrong?.offset ?? 0)} is not valid JSON with comments: ${reason}. Mend that line.`,
    );
  }
  const parsed = settingsSchema.safeParse(getNodeValue(tree));
  if (parsed.success) {
    const {
      source,
      baseUrl = "",
      auth,
      policy,
      scopes,
      signIn,
      graphql,
      context,
      journal,
      notes,
      overlay,
    } = parsed.data;
    const optional = {
      ...(policy && { policy }),
      ...(scopes && { scopes }),
      ...(signIn && { signIn }),
      ...(graphql && { graphql }),
      ...(context && { context }),
      ...(journal && { journal }),
      ...(notes && { notes }),
      ...(overlay !== undefined && { overlay }),
    };
    return { source, baseUrl, auth, ...optional };
  }
  const problems = parsed.error.issues.flatMap((issue) => {
    const keys = issue.path.filter((key) => typeof key !== "symbol");
    const at = (path: (string | number)[]) =>
      `${file}:${lineOf(text, nearest(tree, path)?.offset ?? 0)} ${path.join(".")}:`;
    if (issue.code !== "unrecognized_keys") return `${at(keys)} ${issue.message}`;
    return issue.keys.map(
      (key) => `${at([...keys, key])} is no key here.${keys.length === 0 ? hint(key) : ""}`,
    );
  });
  throw new Error(problems.join("\n"));
}

/** Which key was meant, or which there are. */
function hint(key: string): string {
  const known = Object.keys(settingsSchema.shape);
  const meant = meantName(key, known);
  return meant === undefined ? ` The keys are ${known.join(", ")}.` : ` Did you mean ${meant}?`;
}

/** Writes settings over what is there, keeping its comments and the keys that are not given. */
export async function writeSettings(
  name: string,
  settings: ApiSettings,
  root = repositoryRoot,
): Promise<void> {
  const file = settingsFile(name, root);
  let text = await readFile(file, "utf8").catch(
    () => `// Settings of the API "${name}". Secrets belong in .dev.vars, never here.\n{}\n`,
  );
  for (const [key, value] of Object.entries(settings)) {
    text = applyEdits(
      text,
      modify(text, [key], value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }),
    );
  }
  await mkdir(apiDirectory(name, root), { recursive: true });
  await writeIfChanged(file, text);
}

function nearest(tree: Node, path: (string | number)[]): Node | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return tree;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
