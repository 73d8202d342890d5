import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { loadDocument } from "../../scripts/spec/load-document.ts";
import { isPublicAddress } from "../../scripts/spec/public-address.ts";
import { nextHop } from "../../scripts/spec/read-url.ts";
import { readingLimits } from "../../scripts/spec/reading-limits.ts";
import { documentWith } from "./folder.ts";
import { serve } from "./serve.ts";

const text = (value: unknown): string => JSON.stringify(value);

test("a document on this machine is read when its URL was typed, and so are files on its origin", async () => {
  await using server = await serve((request, response) => {
    response.end(
      request.url === "/api.json"
        ? text(documentWith({ $ref: "parts/a.json#/A" }))
        : text({ A: { title: "A" } }),
    );
  });
  const { document } = await loadDocument(`${server.origin}/api.json`);
  expect(document.components?.schemas?.["It"]).toEqual({ title: "A" });
  expect(server.paths).toEqual(["/api.json", "/parts/a.json"]);
});

test("a reference to another port of this machine is refused and never asked for", async () => {
  await using victim = await serve((_, response) => void response.end(text({ title: "secret" })));
  await using server = await serve(
    (_, response) => void response.end(text(documentWith({ $ref: `${victim.origin}/secret.json` }))),
  );
  await expect(loadDocument(`${server.origin}/api.json`)).rejects.toThrow(/only to its own origin/);
  expect(victim.paths).toEqual([]);
});

test.each([
  "http://169.254.169.254/latest/meta-data",
  "http://[fd00:ec2::254]/",
  "http://10.0.0.1/",
  "http://[::ffff:127.0.0.1]/",
])("a redirect to %s is refused; one that stays is followed", async (target) => {
  await using server = await serve((request, response) => {
    if (request.url === "/api.json") response.end(text(documentWith({ title: "here" })));
    else response.writeHead(302, { location: request.url === "/stay" ? "/api.json" : target }).end();
  });
  const stayed = await loadDocument(`${server.origin}/stay`);
  expect(stayed.document.components?.schemas?.["It"]).toEqual({ title: "here" });
  await expect(loadDocument(`${server.origin}/away`)).rejects.toThrow(/which is not a public address/);
});

test("a redirect to another service of this machine is refused", async () => {
  await using victim = await serve((_, response) => void response.end(text(documentWith({}))));
  await using server = await serve(
    (_, response) => void response.writeHead(302, { location: `${victim.origin}/x` }).end(),
  );
  await expect(loadDocument(`${server.origin}/api.json`)).rejects.toThrow(
    /127.0.0.1, which is not a public address/,
  );
  expect(victim.paths).toEqual([]);
});

test.each(["http://docs.example/api.json", "ftp://docs.example/api.json", "file:///etc/passwd"])(
  "a redirect from https to %s is refused",
  (location) => {
    const from = new URL("https://docs.example/old.json");
    expect(() => nextHop(from, location)).toThrow(/redirects from https to/);
    expect(nextHop(from, "//other.example/api.json").href).toBe("https://other.example/api.json");
    expect(nextHop(new URL("http://docs.example/"), "https://docs.example/").protocol).toBe("https:");
  },
);

test("a referenced file that redirects off the origin is refused", async () => {
  await using server = await serve((request, response) => {
    if (request.url === "/api.json") response.end(text(documentWith({ $ref: "part.json" })));
    else response.writeHead(302, { location: "https://example.com/part.json" }).end();
  });
  await expect(loadDocument(`${server.origin}/api.json`)).rejects.toThrow(/is not on http:\/\/127/);
});

test("a name that resolves to this machine is refused, even when typed: it does not say so itself", async () => {
  const lookup = async () => [{ address: "127.0.0.1", family: 4 }];
  await expect(loadDocument("http://docs.example.com/api.json", { lookup })).rejects.toThrow(
    /leads to 127.0.0.1/,
  );
});

test("one private address among several refuses the host", async () => {
  const lookup = async () => [
    { address: "93.184.216.34", family: 4 },
    { address: "192.168.0.1", family: 4 },
  ];
  await expect(loadDocument("https://docs.example.com/api.json", { lookup })).rejects.toThrow(
    /leads to 192.168.0.1/,
  );
});

test("endless redirects, errors and slow answers end with a reason", async () => {
  await using server = await serve((request, response) => {
    if (request.url === "/loop") response.writeHead(302, { location: "/loop" }).end();
    else if (request.url === "/gone") response.writeHead(404).end();
    else response.write("{");
  });
  await expect(loadDocument(`${server.origin}/loop`)).rejects.toThrow(/more than 5 redirects/);
  await expect(loadDocument(`${server.origin}/gone`)).rejects.toThrow(/answered 404/);
  await expect(
    loadDocument(`${server.origin}/slow`, { limits: { ...readingLimits, requestMs: 200 } }),
  ).rejects.toThrow(/slow: the answer broke off after 1 bytes/);
});

test("a body over the limit is refused while it arrives, compressed or not; one at the limit is read", async () => {
  const body = text(documentWith({ description: "x".repeat(10_000) }));
  await using server = await serve((request, response) => {
    if (request.url === "/plain") response.end(body);
    else response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(body));
  });
  const limits = { ...readingLimits, totalBytes: body.length };
  await expect(loadDocument(`${server.origin}/plain`, { limits })).resolves.toBeDefined();
  await expect(loadDocument(`${server.origin}/gzip`, { limits })).resolves.toBeDefined();
  const over = { ...readingLimits, totalBytes: body.length - 1 };
  await expect(loadDocument(`${server.origin}/plain`, { limits: over })).rejects.toThrow(
    /larger than the \d+ bytes/,
  );
  await expect(loadDocument(`${server.origin}/gzip`, { limits: over })).rejects.toThrow(
    /larger than the \d+ bytes/,
  );
});

test("a URL with a password is refused before it could be written down", async () => {
  await expect(loadDocument("https://user:secret@example.com/api.json")).rejects.toThrow(
    /^(?!.*secret).*holds a password/,
  );
});

test.each([
  ["8.8.8.8", true],
  ["2606:4700:4700::1111", true],
  ["127.0.0.1", false],
  ["0.0.0.0", false],
  ["169.254.169.254", false],
  ["100.100.100.200", false],
  ["168.63.129.16", false],
  ["::1", false],
  ["::ffff:10.0.0.1", false],
  ["64:ff9b::7f00:1", false],
  ["fe80::1", false],
  ["not an address", false],
])("%s is public: %s", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
