// Where the values of missing secrets come from: a person who types them unseen, or a source that was named. Prints none,
// but for a token or passphrase it made itself, which is handed back to be shown once.

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { isCancel, password } from "@clack/prompts";
import { hashPassphrase, isPassphraseHash } from "../../src/auth/passphrase.ts";
import { isTerminal } from "./agrees.ts";
import { newPassphrase, shortestPassphrase } from "../passphrase/new-passphrase.ts";
import { type SecretName, secretNames } from "../environment-names.ts";
import { type NeededSecret, secretProblem, secretsProblem } from "./secrets.ts";

export type SecretValues = Partial<Record<SecretName, string>>;

export interface Collected {
  values: SecretValues;
  /** What was made here and nobody has yet. */
  made: { name: SecretName; what: string; value: string }[];
}

/** @param from a file, or `env` */
export async function readSource(from: string): Promise<SecretValues> {
  const text =
    from === "env"
      ? undefined
      : await readFile(from, "utf8").catch((error: NodeJS.ErrnoException) => {
          throw new Error(`--secrets-from: ${from} cannot be read (${error.code ?? error.message}).`);
        });
  const all = text === undefined ? process.env : parseEnv(text);
  const found = secretNames.flatMap((name) => {
    const value = all[name];
    // Of these an empty line is none, but for the password that some APIs want empty.
    return value === undefined || (value === "" && name !== "API_PASSWORD") ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** What is needed and not there yet: from the source where it has it, else asked for. */
export async function collectSecrets(
  needed: readonly NeededSecret[],
  present: ReadonlySet<string>,
  source: SecretValues,
  secretsFrom: string | undefined,
): Promise<Collected> {
  const missing = needed.filter(({ name }) => !present.has(name));
  // Nobody is asked for one that a deployment can do without; but one that was given is meant.
  const optional = (["OPERATOR_TOKEN"] as const).filter((name) => !present.has(name));
  const given = [...missing.map(({ name }) => name), ...optional].flatMap((name) =>
    source[name] === undefined ? [] : [[name, source[name]]],
  );
  const rest = missing.filter(({ name }) => source[name] === undefined);
  if (rest.length > 0 && (!isTerminal || secretsFrom !== undefined)) {
    const names = rest.map(({ name }) => name).join(", ");
    throw new Error(
      secretsFrom === undefined
        ? `These secrets are missing, and there is no terminal to ask on: ${names}. Set them in the environment and give --secrets-from env, or write them into a file that only you can read and give --secrets-from FILE.`
        : `--secrets-from ${secretsFrom} lacks these secrets: ${names}.`,
    );
  }
  const asked = rest.length === 0 ? { values: {}, made: [] } : await askForSecrets(rest);
  const values = { ...Object.fromEntries(given), ...asked.values } as SecretValues;
  refuseBadValues(values);
  return { values, made: asked.made };
}

export function refuseBadValues(values: SecretValues): void {
  const problem = secretsProblem(values);
  if (problem !== undefined) throw new Error(problem);
}

/** Asks for each; on the terminal only. */
async function askForSecrets(needed: readonly NeededSecret[]): Promise<Collected> {
  const collected: Collected = { values: {}, made: [] };
  for (const { name, is } of needed) {
    const { typed, made } = await askFor(name, is);
    collected.values[name] = typed;
    if (made !== undefined) collected.made.push(made);
  }
  return collected;
}

async function askFor(
  name: SecretName,
  is: string,
): Promise<{ typed: string; made?: Collected["made"][number] }> {
  switch (name) {
    case "MCP_TOKEN":
    case "RUNS_WEBHOOK_SECRET": {
      const typed = await hidden(`${name}, ${is} (Enter makes one)`, (value) =>
        value === "" ? undefined : secretProblem(name, value),
      );
      if (typed !== "") return { typed };
      const value = randomBytes(32).toString("base64url");
      return { typed: value, made: { name, what: name, value } };
    }
    case "OWNER_PASSPHRASE_HASH": {
      const typed = await hidden(`The owner's passphrase; only its hash is kept (Enter makes one)`, (value) =>
        value === "" || value.length >= shortestPassphrase
          ? undefined
          : `It has ${value.length} characters; at least ${shortestPassphrase} are needed.`,
      );
      if (isPassphraseHash(typed)) return { typed };
      const passphrase = typed || newPassphrase();
      const hash = await hashPassphrase(passphrase, new Uint8Array(randomBytes(16)));
      return {
        typed: hash,
        ...(typed === "" && { made: { name, what: "The owner's passphrase", value: passphrase } }),
      };
    }
    default:
      return { typed: await hidden(`${name}, ${is}`, (value) => secretProblem(name, value)) };
  }
}

/** Not even its length is shown. */
async function hidden(message: string, validate: (value: string) => string | undefined): Promise<string> {
  const typed = await password({ message, mask: "", validate: (value) => validate(value ?? "") });
  if (isCancel(typed)) throw new Error("Nothing was deployed: it was given up at a question.");
  return typed ?? "";
}
