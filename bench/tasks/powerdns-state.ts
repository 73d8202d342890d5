// All that the DNS server holds, as plain data: read and written through its own API.

import { isDeepStrictEqual } from "node:util";

export interface Zone {
  kind: string;
  /** "NAME TYPE" → what stands there. Without SOA, whose serial changes with everything. */
  records: Record<string, { ttl: number; contents: string[] }>;
}

export interface DnsState {
  zones: Record<string, Zone>;
}

interface RrSet {
  name: string;
  type: string;
  ttl: number;
  records: { content: string; disabled: boolean }[];
}

export class DnsStore {
  #url: string;
  #headers: Record<string, string>;

  constructor(url: string, headers: Record<string, string>) {
    this.#url = `${url}/servers/localhost/zones`;
    this.#headers = { ...headers, "content-type": "application/json" };
  }

  async read(): Promise<DnsState> {
    const listed = (await this.#call("GET", "")) as { id: string; name: string }[];
    const state: DnsState = { zones: {} };
    for (const { id, name } of listed.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      const { kind, rrsets } = (await this.#call("GET", `/${id}`)) as { kind: string; rrsets: RrSet[] };
      const kept = rrsets.filter(({ type }) => type !== "SOA");
      const records = kept.map(({ name: at, type, ttl, records: all }) => [
        `${at} ${type}`,
        { ttl, contents: all.map(({ content }) => content).toSorted() },
      ]);
      state.zones[name] = { kind, records: Object.fromEntries(records) as Zone["records"] };
    }
    return state;
  }

  async write(wanted: DnsState): Promise<void> {
    const now = await this.read();
    for (const [name, zone] of Object.entries(now.zones)) {
      if (!isDeepStrictEqual(zone, wanted.zones[name])) await this.#call("DELETE", `/${name}`);
    }
    for (const [name, { kind, records }] of Object.entries(wanted.zones)) {
      if (isDeepStrictEqual(now.zones[name], wanted.zones[name])) continue;
      const rrsets = Object.entries(records).map(([at, { ttl, contents }]) => {
        const [owner, type] = at.split(" ");
        return { name: owner, type, ttl, records: contents.map((content) => ({ content, disabled: false })) };
      });
      await this.#call("POST", "", { name, kind, nameservers: [], rrsets });
    }
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: this.#headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}

/** A company's zones: three of theirs, one of a customer, one that was forgotten, and one for the office. */
export function dnsZones(): DnsState {
  const zone = (name: string, lines: readonly string[]): [string, Zone] => {
    const records: Zone["records"] = {};
    const add = (label: string, type: string, ttl: string, content: string) => {
      const at = `${label === "@" ? "" : `${label}.`}${name} ${type}`;
      (records[at] ??= { ttl: Number(ttl), contents: [] }).contents.push(content);
      records[at].contents.sort();
    };
    for (const server of ["ns1.example.net.", "ns2.example.net."]) add("@", "NS", "3600", server);
    for (const line of lines) {
      const [label = "", type = "", ttl = "", ...content] = line.split(" ");
      add(label, type, ttl, content.join(" "));
    }
    return [name, { kind: "Native", records }];
  };
  return {
    zones: Object.fromEntries([
      zone("blog.example.", [
        "@ A 3600 192.0.2.10",
        "www CNAME 3600 blog.example.",
        "img A 600 192.0.2.40",
        "@ MX 3600 10 mail.shop.example.",
        '@ TXT 3600 "v=spf1 include:shop.example -all"',
        '_acme-challenge TXT 60 "x7TqQ2mB0nV4"',
      ]),
      zone("intern.example.", [
        ...Array.from({ length: 24 }, (_, n) => `ws${n + 1} A 300 198.51.100.${n + 11}`),
        "printer A 300 198.51.100.50",
        "scanner A 300 198.51.100.50",
        "wiki A 86400 198.51.100.60",
        "wiki AAAA 86400 2001:db8::60",
        "git CNAME 86400 wiki.intern.example.",
      ]),
      zone("old.example.", [
        "@ A 86400 203.0.113.80",
        "www A 86400 203.0.113.80",
        "ftp CNAME 86400 old.example.",
        '_acme-challenge TXT 60 "p0Rw81LcEzzA"',
      ]),
      zone("partner.example.", [
        "@ A 3600 203.0.113.7",
        "api A 120 203.0.113.8",
        "api AAAA 120 2001:db8:7::8",
        "cdn A 300 192.0.2.40",
        '_acme-challenge.api TXT 60 "aa19KfTwoQ77"',
      ]),
      zone("shop.example.", [
        "@ A 3600 192.0.2.10",
        "@ AAAA 3600 2001:db8::10",
        "www A 3600 192.0.2.10",
        "www A 3600 192.0.2.11",
        "api A 300 192.0.2.20",
        "mail A 3600 192.0.2.30",
        "static A 600 192.0.2.40",
        "@ MX 3600 10 mail.shop.example.",
        "@ MX 3600 20 mail2.example.net.",
        '@ TXT 3600 "v=spf1 mx -all"',
        '_dmarc TXT 3600 "v=DMARC1; p=reject"',
        "help CNAME 3600 status.example.",
        '_acme-challenge TXT 60 "Jk3v9QmZ1c0d"',
      ]),
      zone("status.example.", [
        "@ A 60 192.0.2.10",
        "www CNAME 60 status.example.",
        '@ TXT 3600 "google-site-verification=abc123"',
      ]),
    ]),
  };
}
