// Which credential the calls carry, from what the document says, or from `--auth`.

import { documentOperations } from "./document-operations.ts";
import { mergeReference } from "./json-pointer.ts";
import { authSchema, isReservedHeader, type ApiAuth } from "./settings-schema.ts";

type Json = Record<string, unknown>;

export interface SecurityReport {
  auth: ApiAuth;
  /** Every scheme of the document, in words. */
  schemes: { name: string; description: string }[];
  /** What to know about the choice. */
  note?: string;
}

export function chooseAuth(document: Json): SecurityReport {
  const components = (document["components"] ?? {}) as Json;
  const found = new Map<string, Json>();
  for (const [name, scheme] of Object.entries((components["securitySchemes"] ?? {}) as Json)) {
    const value = mergeReference(scheme, document);
    if (typeof value === "object" && value !== null) found.set(name, value as Json);
  }
  const schemes = [...found].map(([name, scheme]) => ({ name, description: describe(scheme) }));
  const wanted = requirements(document, [...found.keys()]);
  const usable = wanted.filter(
    (names) => names.length > 0 && names.every((name) => authOf(found.get(name)) !== undefined),
  );
  const choice =
    usable.find((names) => names.length === 1) ??
    usable[0] ??
    wanted.find((names) => names.some((name) => authOf(found.get(name))));
  const name = choice?.find((each) => authOf(found.get(each)) !== undefined);
  const auth = authOf(found.get(name ?? ""));
  if (choice === undefined || name === undefined || auth === undefined) {
    const note =
      found.size > 0
        ? "None of these can be sent from here; say one with --auth if the API takes it."
        : "If the API wants a credential all the same, say it with --auth, for example --auth bearer.";
    return { auth: { type: "none" }, schemes, note };
  }
  const others = usable.flatMap((names) =>
    names.length === 1 ? (authOf(found.get(names[0] ?? "")) ?? []) : [],
  );
  const notes = [noteOn(found.get(name) ?? {}, name, choice), alternatives(auth, others)];
  const note = notes.filter((each) => each !== undefined).join(" ");
  return { auth, schemes, ...(note !== "" && { note }) };
}

/** Other ways the document leaves open: for one of them a person may have the credential already. */
function alternatives(chosen: ApiAuth, others: ApiAuth[]): string | undefined {
  const flags = new Set(others.map(flagOf));
  flags.delete(flagOf(chosen));
  return flags.size === 0
    ? undefined
    : `It also takes ${[...flags].map((flag) => `--auth ${flag}`).join(" or ")}.`;
}

/** What `parseAuth` reads. */
function flagOf(auth: ApiAuth): string {
  return auth.type === "apiKey" ? `${auth.in}:${auth.name}` : auth.type;
}

/** Lists of schemes that together open the API, the likeliest first: the document's own, else the operations' commonest. */
function requirements(document: Json, all: string[]): string[][] {
  const stated = namesOf(document["security"]);
  const counts = new Map<string, number>();
  for (const { operation } of documentOperations(document)) {
    for (const names of namesOf(operation["security"])) {
      const key = JSON.stringify(names);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const common = [...counts]
    .toSorted((left, right) => right[1] - left[1])
    .map(([key]) => JSON.parse(key) as string[]);
  const own = stated.filter((names) => names.length > 0);
  return own.length > 0 ? own : common.some((names) => names.length > 0) ? common : all.map((name) => [name]);
}

function namesOf(security: unknown): string[][] {
  if (!Array.isArray(security)) return [];
  return security.map((requirement: unknown) => Object.keys((requirement ?? {}) as Json));
}

function authOf(scheme: Json | undefined): ApiAuth | undefined {
  switch (scheme?.["type"]) {
    case "http": {
      const kind = String(scheme["scheme"]).toLowerCase();
      return kind === "bearer" || kind === "basic" ? { type: kind } : undefined;
    }
    case "oauth2":
    case "openIdConnect":
      return { type: "bearer" };
    case "apiKey": {
      const parsed = authSchema.safeParse({ type: "apiKey", in: scheme["in"], name: scheme["name"] });
      return parsed.success ? parsed.data : undefined;
    }
    default:
      return undefined;
  }
}

function noteOn(scheme: Json, name: string, choice: string[]): string | undefined {
  if (choice.length > 1) return `The API wants ${choice.join(" and ")} together; only ${name} is sent.`;
  if (scheme["type"] === "oauth2" || scheme["type"] === "openIdConnect")
    return `${name} is OAuth: API_TOKEN takes an access token that you get from the API.`;
  if (scheme["type"] === "apiKey" && String(scheme["name"]).toLowerCase() === "authorization") {
    return 'The key is the whole Authorization header: write it with its prefix, such as "Token abc" or "Bearer abc".';
  }
  return undefined;
}

function describe(scheme: Json): string {
  const { type, scheme: http, in: location, name } = scheme;
  if (type === "apiKey") {
    const place = `apiKey in ${String(location)} ${String(name)}`;
    return location === "header" && isReservedHeader(name)
      ? `${place}: ignored, HTTP itself uses that header`
      : place;
  }
  return type === "http" ? `http ${String(http)}` : String(type);
}

/** `--auth bearer | basic | none | header:NAME | query:NAME | cookie:NAME` */
export function parseAuth(text: string): ApiAuth {
  const [kind = "", ...rest] = text.split(":");
  const candidate = rest.length === 0 ? { type: kind } : { type: "apiKey", in: kind, name: rest.join(":") };
  const parsed = authSchema.safeParse(candidate);
  if (parsed.success) return parsed.data;
  if (kind === "header" && isReservedHeader(candidate.name)) {
    throw new Error(
      `--auth ${text}: HTTP itself uses that header, so it cannot carry a credential. Use the header that the API's documentation names.`,
    );
  }
  throw new Error(
    `--auth ${text} is not known. Use bearer, basic, none, header:NAME, query:NAME or cookie:NAME.`,
  );
}
