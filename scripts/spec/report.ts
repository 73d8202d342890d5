// What a build says at its end: what was kept, what was not and why, and what to do next.

import { gzipSync } from "node:zlib";
import type { AddedApi } from "./add-api.ts";
import { baseUrlWarning } from "./base-url.ts";
import type { BuiltApi } from "./build-api.ts";
import type { CredentialParameter } from "./credential-parameters.ts";
import type { Finding } from "./document-refused.ts";
import type { PreparedApi } from "./prepare-api.ts";
import type { PolicyReport } from "./policy.ts";
import { printable } from "./printable.ts";
import type { SecurityReport } from "./security.ts";
import { documentCopy } from "./settings.ts";
import type { ApiAuth } from "./settings-schema.ts";

const shownPlaces = 5;

export function reportPrepared(
  name: string,
  { document, load, check, policy }: PreparedApi,
  places = shownPlaces,
): string[] {
  const target = String(document["openapi"]);
  const same = target.startsWith(load.version.slice(0, 3));
  const upgraded = same
    ? `OpenAPI ${printable(load.version)}`
    : `${load.version.startsWith("2") ? "Swagger" : "OpenAPI"} ${printable(load.version)}, upgraded to ${target}`;
  const webhooks = check.webhooks > 0 ? `, ${check.webhooks} webhooks` : "";
  return [
    `${name}: ${upgraded}, ${count(load.files, "file")}, ${size(load.bytes)}`,
    row("operations", `${check.operations} kept${webhooks}`),
    ...(policy === undefined ? [] : [row("policy", policyInWords(policy))]),
    // All of them: an entry that silently matches nothing protects nothing.
    ...list("Policy that does nothing", policy?.findings ?? [], Number.POSITIVE_INFINITY),
    ...list("Skipped", check.skipped, places),
    ...list("Noted", [...load.findings, ...check.findings], places),
  ];
}

function policyInWords({ reads, writes, deletes, denied }: PolicyReport): string {
  const parts = [
    ...(reads > 0 ? [`${reads} read`] : []),
    ...(writes > 0 ? [`${writes} write`] : []),
    ...(deletes > 0 ? [`${deletes} delete`] : []),
    ...(denied > 0 ? [`${denied} denied`] : []),
  ];
  return parts.length === 0 ? "changes no operation" : `${parts.join(", ")} by policy, not by method`;
}

export function reportSecurity({ schemes, auth, note }: SecurityReport): string[] {
  const found =
    schemes.map(({ name, description }) => printable(`${name} (${description})`, 80)).join(", ") || "none";
  return [
    row("security", found),
    row("", `calls use ${authInWords(auth)}`),
    ...(note === undefined ? [] : [row("", printable(note))]),
  ];
}

/** @param hasCredential whether the secrets that calls need are set already */
export function reportBuilt(built: BuiltApi | AddedApi, hasCredential = false): string[] {
  const { name, settings, artifact } = built;
  const auth =
    "security" in built
      ? reportSecurity(built.security)
      : [row("security", `calls use ${authInWords(settings.auth)}`)];
  const [title = "", operations = "", ...findings] = reportPrepared(name, built);
  const warning = baseUrlWarning(settings.baseUrl, settings.source);
  const isCopy = settings.source === documentCopy(name);
  return [
    title,
    operations,
    ...(isCopy
      ? [
          row("document", `${settings.source}, a copy, which is what build reads`),
          row("", `after a change of the original: npm run spec -- add ${name} FILE --force`),
        ]
      : []),
    row("schemas", String(artifact.schemas)),
    row("base URL", printable(settings.baseUrl)),
    ...(warning === undefined ? [] : [row("", warning)]),
    ...auth,
    ...credentialsInWords(artifact.credentials),
    row(
      "artifact",
      `spec/${name}/artifact, index ${size(artifact.indexBytes)}, bodies ${size(artifact.bodiesBytes)}`,
    ),
    ...findings,
    ...sizeWarnings(built),
    "",
    "Next",
    ...nextSteps(name, settings.auth, hasCredential),
  ];
}

/** What programs are not asked for, though the document does. */
function credentialsInWords(credentials: CredentialParameter[]): string[] {
  if (credentials.length === 0) return [];
  const names = credentials.map(
    ({ name, operations }) => `${printable(name, 40)} of ${count(operations, "operation")}`,
  );
  return [row("", `added to each call, so no parameter any more: ${names.join(", ")}`)];
}

function nextSteps(name: string, auth: ApiAuth, hasCredential: boolean): string[] {
  const start = `npm start -- --api ${name}`;
  if (auth.type === "none" || hasCredential) return [`  ${start}`];
  const secrets = auth.type === "basic" ? "API_USERNAME=… and API_PASSWORD=…" : "API_TOKEN=…";
  return [`  1. Write the API's credential into spec/${name}/.dev.vars: ${secrets}`, `  2. ${start}`];
}

export function authInWords(auth: ApiAuth): string {
  switch (auth.type) {
    case "none":
      return "no credential";
    case "bearer":
      return "a bearer token (API_TOKEN)";
    case "basic":
      return "basic authentication (API_USERNAME, API_PASSWORD)";
    case "apiKey":
      return `a key in the ${auth.in} ${auth.in === "query" ? "parameter" : "called"} ${printable(auth.name)} (API_TOKEN)`;
    default:
      return auth satisfies never;
  }
}

/** Cloudflare's limits, see https://developers.cloudflare.com/workers/platform/limits/ */
const isolateBytes = 64 * 1024 * 1024;
const uploadBytes = 10 * 1024 * 1024;

function sizeWarnings({ artifact, document }: BuiltApi): string[] {
  const total = artifact.indexBytes + artifact.bodiesBytes;
  if (total > isolateBytes) {
    return [
      "",
      `Too large to search: the artifact has ${size(total)}, and a Dynamic Worker takes ${size(isolateBytes)} of modules. Leave out parts of the document with an overlay.`,
    ];
  }
  // Compressing costs a second for a large document, and a small one cannot reach the limit.
  const upload = total > uploadBytes ? gzipSync(JSON.stringify(document), { level: 6 }).length : 0;
  if (upload <= uploadBytes) return [];
  return [
    "",
    `Too large to deploy: about ${size(upload)} compressed, and Workers take ${size(uploadBytes)}. npm start works; leave out parts with an overlay to deploy.`,
  ];
}

function list(title: string, findings: Finding[], places: number): string[] {
  if (findings.length === 0) return [];
  const shown = findings
    .slice(0, places)
    .map(({ place, message }) => `  ${printable(readable(place), 160)}: ${printable(message)}`);
  const rest = findings.length - shown.length;
  return [
    "",
    `${title} (${findings.length})`,
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more; npm run spec -- check NAME --all lists them`] : []),
  ];
}

/** A pointer is percent-encoded to be a legal reference; a person reads it better without. */
function readable(place: string): string {
  try {
    return decodeURIComponent(place);
  } catch {
    return place;
  }
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(12)}${text}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
