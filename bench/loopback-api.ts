// An API on loopback that answers every GET at once, with the last segment of its path.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface LoopbackApi {
  url: string;
  stop(): Promise<void>;
}

export async function startLoopbackApi(): Promise<LoopbackApi> {
  const server = createServer((request, response) => {
    const last = new URL(request.url ?? "/", "http://api").pathname.split("/").at(-1);
    const body = JSON.stringify({ id: 1, name: decodeURIComponent(last ?? ""), private: false });
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
