// One HTTP GET per hop, to an address that was checked, with a bounded body. Never follows a redirect unchecked.

import type { LookupAddress } from "node:dns";
import { lookup as dnsLookup } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { DocumentCredential } from "./document-credential.ts";
import { DocumentRefused } from "./document-refused.ts";
import { isLoopbackAddress, isPublicAddress, namesThisMachine } from "./public-address.ts";
import type { ReadingLimits } from "./reading-limits.ts";

export type Lookup = (hostname: string) => Promise<LookupAddress[]>;

interface ReadUrlOptions {
  limits: ReadingLimits;
  /** Bytes this body may have: what the document's other files left over. */
  maximumBytes: number;
  /** Refuses a hop by throwing; called for the first URL and for each redirect. */
  permit: (url: URL) => void;
  /** The origin a person typed. It alone may be on this machine. */
  typedOrigin: string;
  signal: AbortSignal;
  lookup?: Lookup;
  credential?: DocumentCredential;
}

export async function readUrl(start: URL, options: ReadUrlOptions): Promise<{ url: URL; body: Buffer }> {
  let url = start;
  let credential: DocumentCredential | undefined;
  for (let hops = 0; ; hops++) {
    options.permit(url);
    const addresses = await checkedAddresses(url, options);
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.limits.requestMs)]);
    const response = await get(url, addresses, signal, credential);
    const status = response.statusCode ?? 0;
    const wantsOne = status === 401 || status === 403;
    if (wantsOne && credential === undefined && options.credential?.origin === url.origin) {
      response.destroy();
      credential = options.credential;
      continue;
    }
    const { location } = response.headers;
    if (status < 300 || status > 399 || location === undefined) {
      if (status !== 200) {
        response.destroy();
        if (wantsOne) throw refusedToUs(url, status, credential !== undefined);
        throw new DocumentRefused(url.href, `the server answered ${status}.`);
      }
      return { url, body: await readBody(url, response, options.maximumBytes) };
    }
    response.destroy();
    if (hops >= options.limits.redirects)
      throw new DocumentRefused(url.href, `more than ${options.limits.redirects} redirects.`);
    url = nextHop(url, location);
    // A redirect may lead anywhere; whoever is there must ask first, and must be the API itself.
    credential = undefined;
  }
}

/** Where a redirect leads. @throws DocumentRefused when it leaves https */
export function nextHop(url: URL, location: string): URL {
  const next = new URL(location, url);
  if (url.protocol === "https:" && next.protocol !== "https:")
    throw new DocumentRefused(url.href, `redirects from https to ${next.protocol.slice(0, -1)}.`);
  return next;
}

function refusedToUs(url: URL, status: number, sent: boolean): DocumentRefused {
  return sent
    ? new DocumentRefused(
        url.href,
        `the server answered ${status}, also to the credential in .dev.vars of the API's folder.`,
        "Check that the credential is right and that --auth says how the API takes it.",
      )
    : new DocumentRefused(
        url.href,
        `the server answered ${status}: it wants a credential.`,
        `If it is the API's own, write it into spec/NAME/.dev.vars (API_TOKEN=…) and say --auth and --base-url ${url.origin}/…; it is sent to that address only. Else download the document and give the file.`,
      );
}

/** Every address of the host must pass, and the connection uses these very answers: a second lookup could differ. */
async function checkedAddresses(url: URL, options: ReadUrlOptions): Promise<LookupAddress[]> {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new DocumentRefused(url.href, `is a ${url.protocol} address; only https: and http: are read.`);
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const lookup = options.lookup ?? ((name) => dnsLookup(name, { all: true }));
  const addresses = await lookup(hostname).catch(() => {
    throw new DocumentRefused(
      url.href,
      `the host ${hostname} was not found.`,
      "Check the spelling and the network.",
    );
  });
  const mayBeLocal = url.origin === options.typedOrigin && namesThisMachine(url.hostname);
  const wrong = addresses.find(
    ({ address }) => !isPublicAddress(address) && !(mayBeLocal && isLoopbackAddress(address)),
  );
  if (wrong !== undefined || addresses.length === 0) {
    throw new DocumentRefused(
      url.href,
      `leads to ${wrong?.address ?? "no address"}, which is not a public address; documents are not read from there.`,
      "Download the document yourself and give the file.",
    );
  }
  return addresses;
}

function get(
  url: URL,
  addresses: LookupAddress[],
  signal: AbortSignal,
  credential: DocumentCredential | undefined,
): Promise<IncomingMessage> {
  const pinned: LookupFunction = (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, addresses);
    else callback(null, first?.address ?? "", first?.family);
  };
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  const headers = {
    accept: "application/json, application/yaml, text/yaml, */*;q=0.8",
    "user-agent": "twofold",
    "accept-encoding": "gzip, br",
    ...(credential && { [credential.header]: credential.value }),
  };
  return new Promise((resolve, reject) => {
    const call = request(url.href, { lookup: pinned, signal, agent: false, headers }, resolve);
    call.on("error", (error) =>
      reject(new DocumentRefused(url.href, `cannot be read: ${reasonOf(error, signal)}.`)),
    );
    call.end();
  });
}

async function readBody(url: URL, response: IncomingMessage, maximumBytes: number): Promise<Buffer> {
  const tooLarge = new DocumentRefused(
    url.href,
    `is larger than the ${maximumBytes} bytes left for this document.`,
  );
  const chunks: Buffer[] = [];
  let received = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > maximumBytes) throw tooLarge;
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof DocumentRefused) throw error;
    throw new DocumentRefused(url.href, `the answer broke off after ${received} bytes: ${reasonOf(error)}.`);
  } finally {
    response.destroy();
  }
  const encoding = response.headers["content-encoding"] ?? "identity";
  const body = Buffer.concat(chunks);
  if (encoding === "identity") return body;
  const decode = encoding === "gzip" ? gunzipSync : encoding === "br" ? brotliDecompressSync : undefined;
  if (decode === undefined)
    throw new DocumentRefused(url.href, "has a content-encoding that was not asked for.");
  try {
    return decode(body, { maxOutputLength: maximumBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge;
    throw new DocumentRefused(url.href, `its ${encoding} body cannot be decoded.`);
  }
}

function reasonOf(error: unknown, signal?: AbortSignal): string {
  if (signal?.aborted === true) return "it took too long";
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
