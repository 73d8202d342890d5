import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface Binding {
  name: string;
  type: string;
  text?: string;
  namespace_id?: string;
}
interface Metadata {
  bindings: Binding[];
  keep_bindings?: string[];
  migrations?: { new_tag: string };
}
interface Worker {
  versions: { id: string; bindings: Binding[] }[];
  migrationTag?: string;
  subdomain: { enabled: boolean; previews_enabled: boolean };
}

/** What it does not do: each is refused with the code and words Cloudflare has for it. */
type Refusing = "token" | "namespace" | "upload" | "secret" | "subdomain";

const account = "0123456789abcdef0123456789abcdef";

/**
 * Cloudflare's v4 API on loopback, as far as wrangler needs it to deploy one Worker: it keeps Workers, versions and KV
 * namespaces, and refuses what it is told to refuse.
 */
export async function startCloudflareApi() {
  const workers = new Map<string, Worker>();
  const namespaces: { id: string; title: string }[] = [];
  const refusing = new Set<Refusing>();
  const accounts = [{ id: account, name: "Test account" }];
  const calls: string[] = [];
  /** Called while an upload is under way. */
  const hooks: { onUpload?: () => void } = {};

  async function answer(request: IncomingMessage): Promise<unknown> {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://api");
    const path = pathname.replace("/client/v4", "");
    const body = await readBody(request);
    const call = `${request.method} ${path.replace(`/accounts/${account}`, "")}`;
    calls.push(call);
    if (refusing.has("token")) throw new Refused(401, 1000, "Invalid API Token");
    if (request.headers.authorization !== "Bearer test-token")
      throw new Refused(400, 6003, "Invalid headers");
    if (call === "GET /user") return { email: "operator@example.com" };
    if (call === "GET /user/tokens/verify") return { id: "token", status: "active" };
    if (call === "GET /accounts") return accounts;
    if (call === "GET /memberships") return accounts.map((one) => ({ id: one.id, account: one, roles: [] }));
    if (call === "GET /workers/subdomain") return { subdomain: "example" };
    if (path.endsWith("/storage/kv/namespaces")) {
      // wrangler reads on until a page is empty.
      if (request.method === "GET") return (searchParams.get("page") ?? "1") === "1" ? namespaces : [];
      if (refusing.has("namespace")) throw new Refused(403, 10_023, "kv create: not entitled");
      const { title } = JSON.parse(body.toString()) as { title: string };
      if (namespaces.some((one) => one.title === title))
        throw new Refused(400, 10_014, "a namespace with this account ID and title already exists");
      namespaces.push({ id: randomUUID().replaceAll("-", ""), title });
      return namespaces.at(-1);
    }
    const [, kind, name = "", rest = ""] = /^\S+ \/workers\/(\w+)\/([\w-]+)(.*)$/.exec(call) ?? [];
    const worker = workers.get(name);
    if (call.endsWith("/assets-upload-session")) return { jwt: "assets", buckets: [] };
    const isUpload = request.method === "PUT" && rest === "";
    if (isUpload || (request.method === "POST" && rest === "/versions")) {
      const metadata = await readMetadata(request, body);
      hooks.onUpload?.();
      return keep(name, metadata);
    }
    if (worker === undefined) throw new Refused(404, 10_007, "This Worker does not exist on your account.");
    if (kind === "services")
      return {
        default_environment: {
          script: { tag: name, migration_tag: worker.migrationTag, last_deployed_from: "wrangler" },
        },
      };
    if (kind === "workers") return { id: name, name, subdomain: worker.subdomain };
    const latest = worker.versions.at(-1);
    switch (rest) {
      case "/deployments":
        return request.method === "POST"
          ? { id: randomUUID() }
          : {
              deployments: [
                {
                  id: randomUUID(),
                  source: "wrangler",
                  strategy: "percentage",
                  author_email: "",
                  created_on: "2026-11-01T00:00:00Z",
                  annotations: {},
                  versions: [{ version_id: latest?.id, percentage: 100 }],
                },
              ],
            };
      case "/secrets":
        return latest?.bindings
          .filter(({ type }) => type === "secret_text")
          .map((one) => ({ name: one.name, type: one.type }));
      case "/settings":
        return { bindings: shown(latest?.bindings ?? []), tags: [] };
      case "/script-settings":
        return {};
      case "/subdomain":
        if (request.method === "POST") {
          if (refusing.has("subdomain")) throw new Refused(403, 10_000, "Authentication error");
          worker.subdomain = JSON.parse(body.toString()) as Worker["subdomain"];
        }
        return worker.subdomain;
      default:
    }
    const version = worker.versions.find(({ id }) => rest === `/versions/${id}`);
    if (version !== undefined)
      return {
        id: version.id,
        number: 1,
        metadata: {},
        annotations: {},
        resources: { bindings: shown(version.bindings), script: { etag: "e" }, script_runtime: {} },
      };
    throw new Refused(404, 7003, `Could not route to ${call}`);
  }

  function keep(name: string, { bindings, keep_bindings: kept = [], migrations }: Metadata): unknown {
    if (refusing.has("upload"))
      throw new Refused(400, 10_021, "Uncaught SyntaxError: this Worker is not liked");
    if (refusing.has("secret") && bindings.some(({ type }) => type === "secret_text"))
      throw new Refused(400, 10_054, "the secret is too large");
    const worker = workers.get(name) ?? {
      versions: [],
      subdomain: { enabled: false, previews_enabled: false },
    };
    const inherited = (worker.versions.at(-1)?.bindings ?? []).filter(
      (one) => kept.includes(one.type) && !bindings.some((other) => other.name === one.name),
    );
    const version = { id: randomUUID(), bindings: [...bindings, ...inherited] };
    worker.versions.push(version);
    if (migrations !== undefined) worker.migrationTag = migrations.new_tag;
    workers.set(name, worker);
    return {
      id: version.id,
      tag: name,
      deployment_id: version.id,
      startup_time_ms: 5,
      resources: { script: { etag: "e" } },
    };
  }

  const server = createServer((request, response) => {
    const send = (status: number, value: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    answer(request).then(
      (result) => {
        const count = Array.isArray(result) ? result.length : 1;
        const page = { page: 1, per_page: 100, count, total_count: count };
        return send(200, { success: true, errors: [], messages: [], result, result_info: page });
      },
      (error: unknown) => {
        const { status, code, message } =
          error instanceof Refused
            ? error
            : new Refused(500, 0, `the test's own API failed: ${String(error)}`);
        return send(status, { success: false, errors: [{ code, message }], messages: [], result: null });
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`,
    account,
    calls,
    hooks,
    namespaces,
    refusing,
    workers,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

class Refused extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Secrets are never told again. */
function shown(bindings: Binding[]): Binding[] {
  return bindings.map(({ text, ...one }) =>
    one.type === "secret_text" || text === undefined ? one : { ...one, text },
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function readMetadata(request: IncomingMessage, body: Buffer): Promise<Metadata> {
  const headers = { "content-type": request.headers["content-type"] ?? "" };
  const form = await new Response(new Uint8Array(body), { headers }).formData();
  return JSON.parse(String(form.get("metadata"))) as Metadata;
}
