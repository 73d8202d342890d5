// The upstream credential, from the deployment's secrets. Never leaves auth/ and gateway/.

export type AuthSettings =
  | { type: "none" }
  | { type: "bearer" }
  | { type: "basic" }
  | { type: "apiKey"; in: "header" | "query" | "cookie"; name: string };

export type Credential =
  | { kind: "none" }
  | { kind: "header"; name: string; value: string }
  | { kind: "query"; name: string; value: string }
  | { kind: "cookie"; name: string; value: string };

export type CredentialSecrets = { API_TOKEN?: string; API_USERNAME?: string; API_PASSWORD?: string };

/** @throws Error that names the secret to set, when the API's scheme needs one that is missing. */
export function readCredential(auth: AuthSettings, secrets: CredentialSecrets): Credential {
  switch (auth.type) {
    case "none":
      return { kind: "none" };
    case "bearer":
      return { kind: "header", name: "authorization", value: `Bearer ${required(secrets, "API_TOKEN")}` };
    case "basic": {
      // Some APIs take a key as the user name, with a password that is empty: set to nothing, and not missing.
      const password = secrets.API_PASSWORD === "" ? "" : required(secrets, "API_PASSWORD");
      const pair = `${required(secrets, "API_USERNAME")}:${password}`;
      const bytes = new TextEncoder().encode(pair);
      return { kind: "header", name: "authorization", value: `Basic ${btoa(String.fromCharCode(...bytes))}` };
    }
    case "apiKey":
      return { kind: auth.in, name: auth.name, value: required(secrets, "API_TOKEN") };
    default:
      return auth satisfies never;
  }
}

function required(secrets: CredentialSecrets, name: keyof CredentialSecrets): string {
  const value = secrets[name];
  if (value === undefined || value === "") {
    throw new MissingSecret(
      `The API needs the secret ${name}, which is not set. Locally: put ${name}=… into .dev.vars of the API's folder under spec/. Deployed: npm run deploy -- --api NAME asks for it, or npx wrangler secret put ${name} --config spec/NAME/artifact/wrangler.json.`,
    );
  }
  return value;
}

export class MissingSecret extends Error {}
