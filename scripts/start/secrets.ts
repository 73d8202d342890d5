import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { meantName } from "../../src/gateway/nearest-name.ts";
import { secretNames, variableNames } from "../environment-names.ts";
import { repositoryRoot } from "../repository-root.ts";
import type { ApiAuth } from "../spec/settings-schema.ts";

/** Where an API's secrets are, from the project's folder. */
export const secretsFile = (api: string) => `spec/${api}/.dev.vars`;

/** Of these an empty value is one: APIs that take a key as the user name want the password empty. */
const mayBeEmpty = new Set(["API_PASSWORD"]);

/** The names alone: the values are for wrangler, which reads the file itself. Another empty value counts as none. */
export async function readSecretNames(api: string, root = repositoryRoot): Promise<Set<string>> {
  const text = await readFile(join(root, secretsFile(api)), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new Error(`${secretsFile(api)} cannot be read: ${error.message}`, { cause: error });
  });
  const set = Object.entries(parseEnv(text)).filter(([name, value]) => value !== "" || mayBeEmpty.has(name));
  return new Set(set.map(([name]) => name));
}

/** What the API's kind of authentication needs and was not given. */
export function missingSecrets(auth: ApiAuth, given: ReadonlySet<string>): string[] {
  return needed(auth).filter((name) => !given.has(name));
}

/** What is said of each name that nothing reads: most are slips. */
export function unreadNames(given: ReadonlySet<string>): string[] {
  const known: string[] = [...secretNames, ...variableNames];
  return [...given]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = meantName(name, known);
      return meant === undefined ? `${name}` : `${name} (did you mean ${meant}?)`;
    });
}

function needed(auth: ApiAuth): string[] {
  switch (auth.type) {
    case "none":
      return [];
    case "bearer":
    case "apiKey":
      return ["API_TOKEN"];
    case "basic":
      return ["API_USERNAME", "API_PASSWORD"];
    default:
      return auth satisfies never;
  }
}
