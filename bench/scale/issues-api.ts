// An API on loopback for the simulation: lists of thirty issues, some two hundred bytes each, and an account for each token.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What an API on the Internet may take for a call; its labels are that slow. */
const slowMs = 120;

export async function startIssuesApi() {
  let calls = 0;
  const issues = Array.from({ length: 30 }, (_, n) => ({
    number: n + 1,
    title: `Issue ${n + 1}: what somebody found, in a line of usual length`,
    state: n % 3 === 0 ? "closed" : "open",
    user: { login: `user-${n}` },
    labels: [{ name: "bug" }, { name: "help wanted" }],
    created_at: "2026-11-01T12:00:00Z",
  }));
  const server = createServer((request, response) => {
    calls += 1;
    request.resume();
    const isProbe = request.url === "/user";
    const body = isProbe
      ? { id: accountOf(request.headers.authorization), login: "somebody" }
      : request.method === "GET"
        ? issues
        : { number: calls };
    const text = JSON.stringify(body);
    const answer = () =>
      response
        .writeHead(request.method === "GET" ? 200 : 201, { "content-type": "application/json" })
        .end(text);
    if (request.url?.includes("/labels")) setTimeout(answer, slowMs);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Its token's number, not its token: that would be taken out of the answer. */
function accountOf(authorization = ""): number {
  return Number(/(\d+)$/.exec(authorization)?.[1]);
}
