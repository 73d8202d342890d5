// What is unsafe about a deployment before it is made, each with its reason and the way out. Pure.

import { isIP } from "node:net";
import { listed } from "../../src/auth/check-origin.ts";
import { readBaseUrl } from "../../src/gateway/base-url.ts";
import { methodEffect } from "../../src/spec/effect.ts";
import { operationsOf } from "../../src/spec/format.ts";
import { apiVariable, secretNames, variableNames } from "../environment-names.ts";
import { isPublicAddress, namesThisMachine } from "../spec/public-address.ts";
import type { Plan } from "./plan.ts";

export interface Objection {
  /** `refuse`: not deployed; `ask`: deployed when somebody says yes. */
  level: "refuse" | "ask";
  /** What is the matter, and what to do instead. */
  says: string;
}

export function checkPlan(plan: Plan): Objection[] {
  return [
    ...checkVariables(plan),
    ...checkAllowed(plan),
    ...(plan.signInProblem === undefined ? [] : [refuse(plan.signInProblem)]),
    ...checkAddresses(plan),
    ...checkBindings(plan),
    ...checkReach(plan),
    ...checkGuests(plan),
  ];
}

function checkVariables({ vars }: Plan): Objection[] {
  return Object.keys(vars).flatMap((name) => {
    if ((secretNames as readonly string[]).includes(name))
      return refuse(
        `${name} is a secret, and was given as a variable: everybody who sees the Worker's settings can read those. Leave it out of --var and of vars in wrangler.jsonc; this script asks for it, or takes it by --secrets-from. Where it stands in a file or in this shell's history, make a new one.`,
      );
    return name === apiVariable || (variableNames as readonly string[]).includes(name)
      ? []
      : refuse(
          `${name} is no variable of Twofold, so it would do nothing. There are: ${variableNames.join(", ")}.`,
        );
  });
}

/** Entries that no request could ever fit: they would let nobody in. */
function checkAllowed({ vars }: Plan): Objection[] {
  const hosts = listed(vars["ALLOWED_HOSTS"]).filter((host) => hostnameOf(host) !== host);
  const origins = listed(vars["ALLOWED_ORIGINS"]).filter((origin) => !isOrigin(origin));
  return [
    ...hosts.map((host) =>
      refuse(
        `ALLOWED_HOSTS has ${JSON.stringify(host)}, which no request can name. It takes hosts alone, such as ${hostnameOf(host) ?? "mcp.example.com"}, with commas.`,
      ),
    ),
    ...origins.map((origin) =>
      refuse(
        `ALLOWED_ORIGINS has ${JSON.stringify(origin)}, which no page can name. It takes origins, such as ${originOf(origin) ?? "https://app.example.com"}, with commas.`,
      ),
    ),
  ];
}

function hostnameOf(text: string): string | undefined {
  const hostname = URL.parse(text.includes("://") ? text : `http://${text}`)?.hostname ?? "";
  return hostname === "" || hostname.includes("*") ? undefined : hostname;
}

function originOf(text: string): string | undefined {
  const origin = URL.parse(text)?.origin;
  return origin === "null" ? undefined : origin;
}

/** Of a page, or of an application that has a scheme of its own. */
function isOrigin(text: string): boolean {
  return originOf(text) === text || (/^[a-z][\w+.-]*:\/\/[^/\s*?#]+$/.test(text) && !/^https?:/.test(text));
}

function checkAddresses({ vars, settings, baseUrl }: Plan): Objection[] {
  const oauth = Object.entries(settings.signIn?.oauth ?? {})
    .filter(([name, value]) => name.endsWith("Url") && !String(value).startsWith("https:"))
    .map(([name, value]) =>
      refuse(
        `signIn.oauth.${name} is ${String(value)}: people would sign in without encryption. Give its https address in api.jsonc, and build again.`,
      ),
    );
  const webhook = vars["RUNS_WEBHOOK"] ?? "";
  const news =
    webhook === "" || URL.parse(webhook)?.protocol === "https:"
      ? []
      : [refuse(`RUNS_WEBHOOK is ${JSON.stringify(webhook)}; it takes an https address.`)];
  return [
    ...checkBaseUrl(baseUrl, vars["API_BASE_URL"] !== undefined, settings.auth.type),
    ...oauth,
    ...news,
  ];
}

function checkBaseUrl(baseUrl: string, isVariable: boolean, auth: string): Objection[] {
  let url: URL;
  try {
    url = readBaseUrl(baseUrl);
  } catch (error) {
    return [refuse((error as Error).message)];
  }
  const where = isVariable
    ? "Give another with --var API_BASE_URL:https://…"
    : "Change baseUrl in api.jsonc and build again, or give --var API_BASE_URL:https://…";
  const bare = url.hostname.replace(/^\[|\]$/g, "");
  const isPrivate =
    namesThisMachine(bare) ||
    (isIP(bare) === 0
      ? /(^[^.]+|\.(local|internal|intranet|lan|home\.arpa))\.?$/i.test(bare)
      : !isPublicAddress(bare));
  if (isPrivate)
    return [
      refuse(
        `The API would be called at ${url.href}, which is not on the Internet: from Cloudflare it is nobody, or somebody else. ${where}`,
      ),
    ];
  if (url.protocol === "https:") return [];
  return auth === "none"
    ? [
        ask(
          `The API would be called at ${url.href}, without encryption: whoever is on the way can read and change what programs see. ${where}`,
        ),
      ]
    : [
        refuse(
          `The API would be called at ${url.href}, without encryption: whoever is on the way can read its credential. ${where}`,
        ),
      ];
}

/** Without these it would not serve, or not count, or not record. */
function checkBindings({ config }: Plan): Objection[] {
  const bound = [
    ...(config.worker_loaders ?? []).map(({ binding }) => binding),
    ...(config.durable_objects?.bindings ?? []).map(({ name }) => name),
    ...(config.kv_namespaces ?? []).map(({ binding }) => binding),
  ];
  const missing = ["LOADER", "QUOTAS", "JOURNAL", "UPSTREAM_REFRESH", "OAUTH_KV"].filter(
    (name) => !bound.includes(name),
  );
  return missing.map((name) =>
    refuse(`The binding ${name} is missing in wrangler.jsonc. Restore it with: git checkout wrangler.jsonc`),
  );
}

function checkReach({ config, vars, rest }: Plan): Objection[] {
  const hosts = hostsOf([config.route, ...(config.routes ?? [])], rest);
  const allowed = listed(vars["ALLOWED_HOSTS"]);
  const objections = hosts
    .filter((host) => !allowed.includes(host))
    .map((host) =>
      refuse(
        `${host} would be answered with 403, as the Worker does not know it for its own. Add it: --var ALLOWED_HOSTS:${[...allowed, host].join(",")}`,
      ),
    );
  if (config.preview_urls === true)
    objections.push(
      refuse(
        "preview_urls is true in wrangler.jsonc: older versions would stay reachable with the settings and secrets of their time. Set it to false.",
      ),
    );
  if (config.workers_dev === false && hosts.length === 0)
    objections.push(
      refuse(
        "workers_dev is false in wrangler.jsonc and there is no route, so nobody could reach it. Set workers_dev to true, or add routes.",
      ),
    );
  return objections;
}

/** Of routes in the config and of wrangler's --domain and --route. A pattern's host may begin with a wildcard; that one cannot be served. */
function hostsOf(routes: unknown[], rest: readonly string[]): string[] {
  const patterns = routes
    .map((route) =>
      typeof route === "object" && route !== null ? (route as { pattern?: unknown }).pattern : route,
    )
    .filter((pattern) => typeof pattern === "string");
  const flags = rest.flatMap((flag, at) => {
    const [name = "", value] = flag.split("=");
    return /^--(domains?|routes?)$/.test(name) ? [value ?? rest[at + 1] ?? ""] : [];
  });
  return [...patterns, ...flags]
    .map((pattern) => pattern.replace(/^https?:\/\//, "").split(/[/:]/)[0] ?? "")
    .filter((host) => host !== "" && !host.endsWith(".workers.dev"));
}

function checkGuests({ signIn, settings, index }: Plan): Objection[] {
  if (!signIn.modes.includes("demo") || settings.auth.type === "none") return [];
  const all = Object.entries(index.paths).flatMap(([path, item]) =>
    operationsOf(item).map(([method]) => `${method.toUpperCase()} ${path}`),
  );
  const doubtful = (index.effects?.read ?? [])
    .map((number) => all[number] ?? "")
    .filter((operation) => methodEffect(operation.split(" ")[0] ?? "") !== "read");
  const some = doubtful.slice(0, 5).join(", ");
  const also =
    doubtful.length === 0
      ? ""
      : ` Among these are ${doubtful.length} that do not read by their method, but by policy or document: ${some}${doubtful.length > 5 ? ", …" : ""}.`;
  return [
    ask(
      `SIGN_IN=demo lets anybody in as a guest, who calls ${settings.title} with the deployment's own credential: only what reads, within the quotas of guests.${also} That credential should itself only read, and see nothing but what strangers may see.`,
    ),
  ];
}

function refuse(says: string): Objection {
  return { level: "refuse", says };
}

function ask(says: string): Objection {
  return { level: "ask", says };
}
