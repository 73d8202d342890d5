// The API's credential for reading the API's own document. Never for another origin than the one the calls go to.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { MissingSecret, readCredential, type Credential } from "../../src/auth/credential.ts";
import { isUrl } from "./open-source.ts";
import { apiDirectory, type ApiSettings } from "./settings.ts";

export interface DocumentCredential {
  /** The one origin that may get it. */
  origin: string;
  header: string;
  value: string;
}

/**
 * What spec/NAME/.dev.vars holds, as the header that the API wants. Undefined when the document is elsewhere: a
 * private repository that asks for a password must not be given the key of the API it describes.
 */
export async function documentCredential(
  name: string,
  source: string,
  { auth, baseUrl }: Partial<Pick<ApiSettings, "auth" | "baseUrl">>,
  root: string,
): Promise<DocumentCredential | undefined> {
  if (auth === undefined || baseUrl === undefined || !isUrl(source)) return undefined;
  const { origin } = new URL(source);
  if (URL.parse(baseUrl)?.origin !== origin) return undefined;
  const text = await readFile(join(apiDirectory(name, root), ".dev.vars"), "utf8").catch(() => "");
  const credential = given(auth, parseEnv(text));
  switch (credential.kind) {
    case "header":
      return { origin, header: credential.name, value: credential.value };
    case "cookie":
      return { origin, header: "cookie", value: `${credential.name}=${credential.value}` };
    case "query":
    case "none":
      // A key in a URL would be read from messages and from api.jsonc.
      return undefined;
    default:
      return credential satisfies never;
  }
}

/** A secret that is not there yet is no reason to stop: most documents are read without one. */
function given(auth: ApiSettings["auth"], secrets: NodeJS.Dict<string>): Credential {
  try {
    return readCredential(auth, secrets);
  } catch (error) {
    if (error instanceof MissingSecret) return { kind: "none" };
    throw error;
  }
}
