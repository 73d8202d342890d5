// Which secrets a deployment needs, and which values they may have. Pure; holds none.

import { isPassphraseHash } from "../../src/auth/passphrase.ts";
import { minimumTokenLength } from "../../src/auth/sign-in-settings.ts";
import { type SecretName, secretNames } from "../environment-names.ts";
import { missingSecrets } from "../start/secrets.ts";
import type { Plan } from "./plan.ts";

export interface NeededSecret {
  name: SecretName;
  /** What it is, for whoever is asked for it. */
  is: string;
}

/** @param present what the deployment has already: who holds an MCP_TOKEN needs the API's credential too */
export function neededSecrets(plan: Plan, present: ReadonlySet<string>): NeededSecret[] {
  const { modes, directToken } = plan.signIn;
  const needsToken = modes.length === 0 && !directToken;
  // People who bring their own credential, or sign in at the API, need none of the deployment's.
  const shares = needsToken || present.has("MCP_TOKEN") || modes.includes("demo") || modes.includes("owner");
  const ofApi = shares ? (missingSecrets(plan.settings.auth, new Set()) as SecretName[]) : [];
  return [
    ...ofApi.map((name) => ({ name, is: describe(name, plan.settings.title) })),
    ...(needsToken ? [{ name: "MCP_TOKEN" as const, is: "the token that clients send" }] : []),
    ...(modes.includes("owner")
      ? [{ name: "OWNER_PASSPHRASE_HASH" as const, is: "the hash of the owner's passphrase" }]
      : []),
    ...(modes.includes("upstream")
      ? [
          {
            name: "UPSTREAM_CLIENT_SECRET" as const,
            is: `the secret that ${plan.settings.title} gave to UPSTREAM_CLIENT_ID`,
          },
        ]
      : []),
    ...(plan.vars["RUNS_WEBHOOK"]
      ? [{ name: "RUNS_WEBHOOK_SECRET" as const, is: "the key that signs what RUNS_WEBHOOK is told" }]
      : []),
  ];
}

function describe(name: SecretName, title: string): string {
  switch (name) {
    case "API_USERNAME":
      return `the user name for ${title}`;
    case "API_PASSWORD":
      return `the password for ${title}; nothing, where it takes a key as the user name`;
    default:
      return `the token or key for ${title}`;
  }
}

/** @returns what is wrong with a value, without the value */
export function secretProblem(name: SecretName, value: string): string | undefined {
  if (value === "") return name === "API_PASSWORD" ? undefined : `${name} is empty.`;
  // They would break the header that carries it.
  if (/\p{Cc}/u.test(value)) return `${name} holds a line break or another control character.`;
  const isOurs = name === "MCP_TOKEN" || name === "OPERATOR_TOKEN";
  if (isOurs && value.length < minimumTokenLength)
    return `${name} has ${value.length} characters; it takes ${minimumTokenLength} or more, for example from: openssl rand -base64 32.`;
  if (isOurs && /\s/.test(value)) return `${name} holds white space, which no bearer token may.`;
  if (name === "OWNER_PASSPHRASE_HASH" && !isPassphraseHash(value))
    return "OWNER_PASSPHRASE_HASH is not what npm run passphrase prints as the hash.";
  return undefined;
}

/** The same for all of them together. */
export function secretsProblem(values: Readonly<Partial<Record<SecretName, string>>>): string | undefined {
  for (const name of secretNames) {
    const value = values[name];
    const problem = value === undefined ? undefined : secretProblem(name, value);
    if (problem !== undefined) return problem;
  }
  const same = secretNames.find(
    (name) =>
      name !== "OPERATOR_TOKEN" && values[name] !== undefined && values[name] === values.OPERATOR_TOKEN,
  );
  if (same !== undefined)
    return `OPERATOR_TOKEN is the same as ${same}, so whoever has that would be the operator. Make another.`;
  if (values.MCP_TOKEN !== undefined && values.MCP_TOKEN === values.API_TOKEN)
    return "MCP_TOKEN is the same as API_TOKEN, so every client would hold the API's own token. Make another.";
  return undefined;
}
