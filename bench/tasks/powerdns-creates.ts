// Tasks over a DNS server that add zones and records.

import { patchOf, readZones, record, replace, server_id } from "./powerdns-reads.ts";
import type { DnsState, Zone } from "./powerdns-state.ts";
import { lookUp, run } from "./programs.ts";
import type { Task } from "./task.ts";

const fairRecords = {
  "fair.example. A": { ttl: 300, contents: ["192.0.2.50"] },
  "fair.example. MX": { ttl: 3600, contents: ["10 mail.shop.example."] },
  "fair.example. NS": { ttl: 3600, contents: ["ns1.example.net.", "ns2.example.net."] },
  "fair.example. TXT": { ttl: 3600, contents: ['"v=spf1 mx -all"'] },
  "www.fair.example. A": { ttl: 300, contents: ["192.0.2.50"] },
};
const fairBody = {
  name: "fair.example.",
  kind: "Native",
  nameservers: ["ns1.example.net.", "ns2.example.net."],
  rrsets: [
    { name: "fair.example.", type: "A", ttl: 300, records: [record("192.0.2.50")] },
    { name: "www.fair.example.", type: "A", ttl: 300, records: [record("192.0.2.50")] },
    { name: "fair.example.", type: "MX", ttl: 3600, records: [record("10 mail.shop.example.")] },
    { name: "fair.example.", type: "TXT", ttl: 3600, records: [record('"v=spf1 mx -all"')] },
  ],
};

const desks = Array.from({ length: 36 }, (_, n) => n + 25);
const renamed = (text: string) => text.replaceAll(/\bshop\.example\.(?!\S)/g, "shop.test.");

export const dnsCreates: readonly Task<DnsState>[] = [
  {
    id: "dns-create-zone",
    kind: "create",
    asks: 'On the DNS server localhost, make the Native zone fair.example. with the name servers ns1.example.net. and ns2.example.net., 192.0.2.50 for itself and for www with a TTL of 300, and with a TTL of 3600 mail to mail.shop.example. (priority 10) and the TXT record "v=spf1 mx -all".',
    programs: [
      lookUp("create a zone"),
      run(`async () => {
  const set = (name, type, ttl, ...contents) => ({name, type, ttl, changetype: "REPLACE", records: contents.map(content => ({content}))});
  const r = await api.request({method: "POST", path: "/servers/{server_id}/zones", params: {server_id: "localhost"}, query: {rrsets: false}, body: {
    name: "fair.example.", kind: "Native", nameservers: ["ns1.example.net.", "ns2.example.net."],
    rrsets: [
      set("fair.example.", "A", 300, "192.0.2.50"),
      set("www.fair.example.", "A", 300, "192.0.2.50"),
      set("fair.example.", "MX", 3600, "10 mail.shop.example."),
      set("fair.example.", "TXT", 3600, '"v=spf1 mx -all"'),
    ],
  }});
  return {status: r.status, data: r.data};
}`),
    ],
    calls: async ({ one }) => (await one("createZone", { server_id, rrsets: false, body: fairBody })).text,
    ends: ({ zones }) =>
      void (zones["fair.example."] = { kind: "Native", records: structuredClone(fairRecords) }),
    says: () => [],
  },
  {
    id: "dns-add-hosts",
    kind: "create",
    asks: "On the DNS server localhost, add ws25 to ws60 to the zone intern.example.: wsN has the IPv4 address 198.51.100.(N + 100) and a TTL of 300.",
    programs: [
      lookUp("create or change records of a zone", "change records"),
      run(`async () => {
  const rrsets = [];
  for (let n = 25; n <= 60; n++) rrsets.push({name: \`ws\${n}.intern.example.\`, type: "A", ttl: 300, changetype: "REPLACE", records: [{content: \`198.51.100.\${n + 100}\`}]});
  const r = await api.request({method: "PATCH", path: "/servers/{server_id}/zones/{zone_id}", params: {server_id: "localhost", zone_id: "intern.example."}, body: {rrsets}});
  return {status: r.status, added: rrsets.length, error: r.data};
}`),
    ],
    async calls({ together }) {
      const sets = desks.map((n) =>
        replace({
          name: `ws${n}.intern.example.`,
          type: "A",
          ttl: 300,
          records: [record(`198.51.100.${n + 100}`)],
        }),
      );
      await together([patchOf("intern.example.", sets)]);
      return `added ${sets.length}`;
    },
    ends({ zones }) {
      const { records } = zones["intern.example."] as Zone;
      for (const n of desks)
        records[`ws${n}.intern.example. A`] = { ttl: 300, contents: [`198.51.100.${n + 100}`] };
    },
    says: () => [],
  },
  {
    id: "dns-copy-zone",
    kind: "create",
    asks: "On the DNS server localhost, copy the zone shop.example. to a new Native zone shop.test.: every name below shop.example. becomes one below shop.test., in MX and CNAME records too. Other contents and all TTLs stay, TXT records included.",
    programs: [
      lookUp("read one record of a zone", "create a zone"),
      run(`async () => {
  const params = {server_id: "localhost"};
  const zone = (await api.request({method: "GET", path: "/servers/{server_id}/zones/{zone_id}", params: {...params, zone_id: "shop.example."}})).data;
  const rename = text => text.replace(/(^|[ .])shop\\.example\\.$/, "$1shop.test.");
  const rrsets = zone.rrsets.filter(s => s.type !== "SOA").map(s => ({
    name: rename(s.name), type: s.type, ttl: s.ttl, changetype: "REPLACE",
    records: s.records.map(r => ({...r, content: s.type === "TXT" ? r.content : rename(r.content)})),
  }));
  const r = await api.request({method: "POST", path: "/servers/{server_id}/zones", params, query: {rrsets: false}, body: {name: "shop.test.", kind: "Native", nameservers: [], rrsets}});
  return {status: r.status, rrsets: rrsets.length, error: r.ok ? undefined : r.data};
}`),
    ],
    async calls(calls) {
      const [zone] = await readZones(calls, ["shop.example."]);
      const rrsets = (zone?.rrsets ?? [])
        .filter(({ type }) => type !== "SOA")
        .map(({ name, type, ttl, records }) => ({
          name: renamed(name),
          type,
          ttl,
          records: records.map(({ content }) => record(type === "TXT" ? content : renamed(content))),
        }));
      const body = { name: "shop.test.", kind: "Native", nameservers: [], rrsets };
      return (await calls.one("createZone", { server_id, rrsets: false, body })).text;
    },
    ends({ zones }) {
      const { records } = zones["shop.example."] as Zone;
      const copied = Object.entries(records).map(([at, { ttl, contents }]) => {
        const [name = "", type] = at.split(" ");
        return [
          `${renamed(name)} ${type}`,
          { ttl, contents: type === "TXT" ? contents : contents.map(renamed).toSorted() },
        ];
      });
      zones["shop.test."] = { kind: "Native", records: Object.fromEntries(copied) as Zone["records"] };
    },
    says: () => [],
  },
];
