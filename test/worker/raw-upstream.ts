import { createServer, type AddressInfo, type Socket } from "node:net";

export interface RawRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** An API that writes what it likes onto the socket, HTTP or not, and remembers what it was sent. */
export async function startRawUpstream(answer: (request: RawRequest, socket: Socket) => void) {
  const received: RawRequest[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket)).on("error", () => {});
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += String(chunk);
      // One request at a time: a client that reuses the connection sends the next after the answer.
      const end = text.indexOf("\r\n\r\n");
      if (end === -1) return;
      const [first = "", ...lines] = text.slice(0, end).split("\r\n");
      const headers = Object.fromEntries(
        lines.map((line) => [
          line.slice(0, line.indexOf(":")).toLowerCase(),
          line.slice(line.indexOf(":") + 1).trim(),
        ]),
      );
      const length = Number(headers["content-length"] ?? 0);
      if (text.length < end + 4 + length) return;
      const [method = "", path = ""] = first.split(" ");
      const request = { method, path, headers, body: text.slice(end + 4, end + 4 + length) };
      text = text.slice(end + 4 + length);
      received.push(request);
      answer(request, socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    /** Sockets somebody still holds open. */
    open: () => open.size,
    stop: () =>
      new Promise<void>((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A whole answer as it stands on the wire. */
export function wire(
  status: number,
  headers: Record<string, string>,
  body: string | Uint8Array = "",
): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ "content-length": String(bytes.length), connection: "close", ...headers });
  const head = [`HTTP/1.1 ${status} Whatever`, ...lines.map(([name, value]) => `${name}: ${value}`), "", ""];
  return Buffer.concat([Buffer.from(head.join("\r\n")), bytes]);
}
