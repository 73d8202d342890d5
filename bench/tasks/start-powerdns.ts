// PowerDNS as Debian installs it, on this machine alone, with the document it serves itself.

import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Installed } from "../../scripts/powerdns/find-powerdns.ts";
import { startPowerdns as startServer } from "../../scripts/powerdns/start-powerdns.ts";
import { loadDocument } from "../../scripts/spec/load-document.ts";
import { freePort } from "../../test/worker/free-port.ts";
import { type DnsState, DnsStore, dnsZones } from "./powerdns-state.ts";
import { serveTaskApi } from "./serve-task-api.ts";
import type { TaskApi } from "./task-api.ts";

export async function startPowerdns(installed: Installed): Promise<TaskApi<DnsState>> {
  const directory = await mkdtemp(join(tmpdir(), "twofold-tasks-"));
  const credential = randomBytes(24).toString("base64url");
  const [port, dnsPort] = [await freePort(), await freePort()];
  const options = { directory: join(directory, "server"), port, dnsPort, key: credential };
  const server = await startServer(installed, options);
  const stop = async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const headers = { "x-api-key": credential };
    const file = join(directory, "document.yaml");
    const answer = await fetch(server.document, { headers, signal: AbortSignal.timeout(15_000) });
    await writeFile(file, await answer.text());
    const document = (await loadDocument(file)).document as unknown as Record<string, unknown>;
    const auth = { type: "apiKey" as const, in: "header" as const, name: "X-API-Key" };
    const settings = { source: file, baseUrl: server.api, auth };
    const twofold = await serveTaskApi({ name: "powerdns", document, settings, directory, credential });
    const store = new DnsStore(server.api, headers);
    return {
      name: "powerdns",
      document,
      url: server.api,
      headers,
      mcp: `${twofold.url}/mcp`,
      isDenied: () => false,
      base: dnsZones(),
      read: () => store.read(),
      write: (state) => store.write(state),
      async stop() {
        await twofold.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
