// Parameters that are the API's credential itself: Twofold sends it, so no program is asked for it. Pure.
// Never takes a parameter for one by its name alone: a `token` may be a page's, and a `key` a project's.

import { documentOperations } from "./document-operations.ts";
import { mergeReference } from "./json-pointer.ts";
import { mapOperations, mapPathItems } from "./map-operations.ts";
import type { ApiAuth } from "./settings-schema.ts";

type Json = Record<string, unknown>;

/** One credential of the document, and in how many operations it was a parameter. */
export type CredentialParameter = { name: string; operations: number };

const usualName = /^(x[-_])?(api|app|auth|access|oauth|user)?[-_]?(api[-_]?)?(token|key)$/i;
/** How documents describe one, from the first word on: "The runner's authentication token" is a value like any other. */
const usualWords =
  /^\W*(?:(?:your|the|an?|this|valid|personal|own|account|app|user|app'?s|user'?s) )*(?:(?:api|oauth ?2?(?:\.0)?|bearer|access|auth|authentication|authorization|security) ?)+[ _-]?(?:token|key)\b/i;
/** Operations about tokens take one as what they are about. */
const aboutTokens = /revoke|introspect|verif|validate|exchange|refresh|token-?info/i;
/** Of the operations, what a credential is asked for by at least. What one operation alone calls its token is its own. */
const leastShare = 1 / 3;
const formTypes = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/** The document without them, the given one left as it is. */
export function dropCredentialParameters(
  document: Json,
  auth: ApiAuth,
): { document: Json; dropped: CredentialParameter[] } {
  const isCredential = credentialTest(document, auth);
  const counts = new Map<string, CredentialParameter>();
  const count = (names: string[]) => {
    for (const name of new Set(names)) {
      const known = counts.get(name.toLowerCase()) ?? { name, operations: 0 };
      counts.set(name.toLowerCase(), { ...known, operations: known.operations + 1 });
    }
  };
  const without = mapPathItems(document, (item) => {
    const shared = split(item["parameters"], document, isCredential);
    const rest = mapOperations(item, (operation) => {
      const own = split(operation["parameters"], document, isCredential);
      const form = splitForm(operation["requestBody"], document, isCredential);
      count([...shared.names, ...own.names, ...form.names]);
      if (own.names.length + form.names.length === 0) return operation;
      return {
        ...operation,
        ...(own.names.length > 0 && { parameters: own.kept }),
        ...(form.names.length > 0 && { requestBody: form.kept }),
      };
    });
    return shared.names.length > 0 ? { ...rest, parameters: shared.kept } : rest;
  });
  return { document: without, dropped: [...counts.values()] };
}

type IsCredential = (place: string, name: string, description: unknown) => boolean;

function credentialTest(document: Json, auth: ApiAuth): IsCredential {
  // By the specification a parameter of this name has no meaning, and no program may set the header.
  const exact = new Set(["header authorization"]);
  // Where Twofold sends nothing, the parameter is the only way to give one.
  if (auth.type === "none") return (place, name) => exact.has(keyOf(place, name));
  if (auth.type === "apiKey") exact.add(keyOf(auth.in, auth.name));
  const schemes = keySchemes(document).filter(
    ({ place, name }) => auth.type !== "apiKey" || !areBothRequired(document, auth, { in: place, name }),
  );
  for (const { place, name } of schemes) exact.add(keyOf(place, name));
  const schemeNames = new Set(schemes.map(({ name }) => name.toLowerCase()));
  const common = describedNames(document);
  return (place, name, description) => {
    if (exact.has(keyOf(place, name))) return true;
    if (place === "path" || place === "cookie" || !usualName.test(name)) return false;
    if (schemeNames.has(name.toLowerCase())) return true;
    return common.has(name.toLowerCase()) && isDescribed(description);
  };
}

/** The keys that open the API by themselves. One that is wanted beside another is not sent, and has to be given. */
function keySchemes(document: Json): { place: string; name: string }[] {
  const requirements = [
    document["security"],
    ...[...documentOperations(document)].map(({ operation }) => operation["security"]),
  ].flatMap((security) => (Array.isArray(security) ? (security as unknown[]) : []));
  const beside = new Set(
    requirements
      .map((each) => Object.keys(asObject(each)))
      .flatMap((names) => (names.length > 1 ? names : [])),
  );
  return Object.entries(asObject(asObject(document["components"])["securitySchemes"])).flatMap(
    ([key, value]) => {
      const scheme = asObject(mergeReference(value, document));
      if (scheme["type"] !== "apiKey" || typeof scheme["name"] !== "string" || beside.has(key)) return [];
      return [{ place: String(scheme["in"]), name: scheme["name"] }];
    },
  );
}

/** Whether an operation insists on two keys, whatever its `security` says: the second has to be given. */
function areBothRequired(document: Json, ...keys: { in: string; name: string }[]): boolean {
  const [first, second] = keys.map((key) => keyOf(key.in, key.name));
  return [...documentOperations(document)].some(({ pathItem, operation }) => {
    const required = [...asList(pathItem["parameters"]), ...asList(operation["parameters"])]
      .map((each) => asObject(mergeReference(each, document)))
      .filter((parameter) => parameter["required"] === true)
      .map((parameter) => keyOf(String(parameter["in"]), String(parameter["name"])));
    return first !== second && required.includes(first ?? "") && required.includes(second ?? "");
  });
}

/** Names that enough of the operations describe as the API's token or key. */
function describedNames(document: Json): Set<string> {
  const counts = new Map<string, number>();
  let operations = 0;
  for (const { path, pathItem, operation } of documentOperations(document)) {
    operations += 1;
    if (aboutTokens.test(path)) continue;
    const names = new Set<string>();
    const look = (place: unknown, name: unknown, description: unknown) => {
      if (place !== "path" && typeof name === "string" && usualName.test(name) && isDescribed(description))
        names.add(name.toLowerCase());
    };
    for (const each of [...asList(pathItem["parameters"]), ...asList(operation["parameters"])]) {
      const parameter = asObject(mergeReference(each, document));
      look(parameter["in"], parameter["name"], parameter["description"]);
    }
    for (const [name, property] of formFields(operation["requestBody"], document))
      look("body", name, asObject(property)["description"]);
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count >= operations * leastShare).map(([name]) => name));
}

function isDescribed(description: unknown): boolean {
  return typeof description === "string" && usualWords.test(description) && !aboutTokens.test(description);
}

type Split = { names: string[]; kept: unknown };

function split(parameters: unknown, document: Json, isCredential: IsCredential): Split {
  const names: string[] = [];
  const kept = asList(parameters).filter((each) => {
    const { in: place, name, description } = asObject(mergeReference(each, document));
    if (typeof name !== "string" || !isCredential(String(place), name, description)) return true;
    names.push(name);
    return false;
  });
  return { names, kept };
}

/** A form whose own schema has the credential as a field. A schema that others share is left as it is. */
function splitForm(body: unknown, document: Json, isCredential: IsCredential): Split {
  const names = formFields(body, document)
    .filter(([name, property]) => isCredential("body", name, asObject(property)["description"]))
    .map(([name]) => name);
  if (names.length === 0) return { names, kept: body };
  const { content, ...rest } = asObject(body);
  const without = (media: Json): Json => {
    const { required, ...schema } = asObject(media["schema"]);
    const properties = Object.entries(asObject(schema["properties"])).filter(
      ([name]) => !names.includes(name),
    );
    const left = asList(required).filter((name) => !names.includes(String(name)));
    return {
      ...media,
      schema: {
        ...schema,
        properties: Object.fromEntries(properties),
        ...(left.length > 0 && { required: left }),
      },
    };
  };
  const kept = Object.entries(asObject(content)).map(([type, media]): [string, unknown] => [
    type,
    formTypes.test(type) && isObject(media) ? without(media) : media,
  ]);
  return { names, kept: { ...rest, content: Object.fromEntries(kept) } };
}

function formFields(body: unknown, document: Json): [string, unknown][] {
  if (!isObject(body) || body["$ref"] !== undefined) return [];
  return Object.entries(asObject(body["content"])).flatMap(([type, media]) => {
    const schema = asObject(asObject(media)["schema"]);
    return formTypes.test(type)
      ? Object.entries(asObject(schema["properties"])).map(([name, property]): [string, unknown] => [
          name,
          mergeReference(property, document),
        ])
      : [];
  });
}

function keyOf(place: string, name: string): string {
  return `${place} ${place === "header" ? name.toLowerCase() : name}`;
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
