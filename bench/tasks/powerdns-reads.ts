// Tasks over a DNS server that only look, and one that must be refused.

import type { DnsState } from "./powerdns-state.ts";
import { lookUp, run } from "./programs.ts";
import type { Calls, Task } from "./task.ts";

interface RrSet {
  name: string;
  type: string;
  ttl: number;
  records: { content: string; disabled: boolean }[];
}

interface ReadZone {
  id: string;
  name: string;
  rrsets: RrSet[];
}

export const server_id = "localhost";

export const replace = ({ name, type, ttl, records }: RrSet) => ({
  name,
  type,
  ttl,
  changetype: "REPLACE",
  records,
});
export const record = (content: string) => ({ content, disabled: false });
export const patchOf = (zone_id: string, rrsets: readonly object[]) =>
  ["patchZone", { server_id, zone_id, body: { rrsets } }] as const;

/** The zones of an account of this size, each read whole. */
export async function readZones({ one, together }: Calls, only?: readonly string[]): Promise<ReadZone[]> {
  const ids = only ?? (await one("listZones", { server_id })).json<{ id: string }[]>().map(({ id }) => id);
  const answers = await together(ids.map((zone_id) => ["listZone", { server_id, zone_id }]));
  return answers.map((answer) => answer.json<ReadZone>());
}

export const zonesProgram = `const params = {server_id: "localhost"};
  const list = (await api.request({method: "GET", path: "/servers/{server_id}/zones", params})).data;
  const zones = await Promise.all(list.map(async z => (await api.request({method: "GET", path: "/servers/{server_id}/zones/{zone_id}", params: {...params, zone_id: z.id}})).data));`;

/** One record each, but for SOA. */
function recordsOf({ zones }: DnsState) {
  return Object.entries(zones).flatMap(([zone, { records }]) =>
    Object.entries(records).flatMap(([at, { ttl, contents }]) => {
      const [name = "", type = ""] = at.split(" ");
      return contents.map((content) => ({ zone, name, type, ttl, content }));
    }),
  );
}

function counted(types: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of types) if (type !== "SOA") counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** Address → names, of those that stand behind several. */
function shared(records: readonly { name: string; type: string; content: string }[]): [string, string[]][] {
  const names = new Map<string, Set<string>>();
  for (const { name, type, content } of records)
    if (type === "A") names.set(content, (names.get(content) ?? new Set()).add(name));
  return [...names].filter(([, all]) => all.size > 1).map(([address, all]) => [address, [...all]]);
}

const hasSpf = (zones: DnsState["zones"], name: string) =>
  zones[name]?.records[`${name} TXT`]?.contents.some((text) => text.startsWith('"v=spf1')) === true;

const flat = (zones: readonly ReadZone[]) =>
  zones.flatMap(({ rrsets }) =>
    rrsets.flatMap(({ name, type, records }) => records.map(({ content }) => ({ name, type, content }))),
  );

export const dnsReads: readonly Task<DnsState>[] = [
  {
    id: "dns-read-address",
    kind: "read",
    asks: "On the DNS server localhost: which IPv4 addresses has www.shop.example. in the zone shop.example.?",
    programs: [
      lookUp("read one record of a zone"),
      run(`async () => {
  const r = await api.request({method: "GET", path: "/servers/{server_id}/zones/{zone_id}", params: {server_id: "localhost", zone_id: "shop.example."}, query: {rrset_name: "www.shop.example.", rrset_type: "A"}});
  return r.data.rrsets;
}`),
    ],
    calls: async ({ one }) => {
      const zone = { server_id, zone_id: "shop.example." };
      return (await one("listZone", { ...zone, rrset_name: "www.shop.example.", rrset_type: "A" })).text;
    },
    says: ({ zones }) => zones["shop.example."]?.records["www.shop.example. A"]?.contents ?? [],
  },
  {
    id: "dns-find-no-spf",
    kind: "read",
    asks: 'On the DNS server localhost: which zones have no SPF record (a TXT record that begins with "v=spf1") at their own name? Name those alone.',
    programs: [
      lookUp("list zones", "read one record of a zone"),
      run(`async () => {
  ${zonesProgram}
  return zones.filter(z => !z.rrsets.some(s => s.type === "TXT" && s.name === z.name && s.records.some(r => r.content.startsWith('"v=spf1')))).map(z => z.name);
}`),
    ],
    async calls(calls) {
      const without = (await readZones(calls)).filter(
        ({ name, rrsets }) =>
          !rrsets.some(
            (set) => set.name === name && set.records.some(({ content }) => content.startsWith('"v=spf1')),
          ),
      );
      return without.map(({ name }) => name).join(", ");
    },
    says: ({ zones }) => Object.keys(zones).filter((name) => !hasSpf(zones, name)),
    omits: ({ zones }) => Object.keys(zones).filter((name) => hasSpf(zones, name)),
  },
  {
    id: "dns-count-types",
    kind: "aggregate",
    asks: "On the DNS server localhost: how many records are there of each type over all zones? Count each single record, and leave SOA out.",
    programs: [
      lookUp("list zones", "read one record of a zone"),
      run(`async () => {
  ${zonesProgram}
  const counts = {};
  for (const {rrsets} of zones) for (const {type, records} of rrsets) if (type !== "SOA") counts[type] = (counts[type] ?? 0) + records.length;
  return counts;
}`),
    ],
    calls: async (calls) => JSON.stringify(counted(flat(await readZones(calls)).map(({ type }) => type))),
    says: (state) =>
      Object.entries(counted(recordsOf(state).map(({ type }) => type))).map(
        ([type, count]) => new RegExp(`\\b${type}\\b\\W{0,9}${count}\\b|\\b${count}\\W{0,3} ${type}\\b`),
      ),
  },
  {
    id: "dns-shared-addresses",
    kind: "aggregate",
    asks: "On the DNS server localhost: which IPv4 addresses stand behind more than one name, over all zones, and which names are they? Leave the others out.",
    programs: [
      lookUp("list zones", "read one record of a zone"),
      run(`async () => {
  ${zonesProgram}
  const names = {};
  for (const {rrsets} of zones) for (const s of rrsets) if (s.type === "A") for (const r of s.records) (names[r.content] ??= []).push(s.name);
  return Object.fromEntries(Object.entries(names).filter(([, all]) => all.length > 1));
}`),
    ],
    calls: async (calls) => JSON.stringify(shared(flat(await readZones(calls)))),
    says: (state) => shared(recordsOf(state)).flatMap(([address, names]) => [address, ...names]),
    omits: () => ["192.0.2.20", "192.0.2.30", "198.51.100.60"],
  },
  {
    id: "dns-export-zone",
    kind: "read",
    asks: "Show me the zone intern.example. of the DNS server localhost as a zone file.",
    programs: [
      lookUp("export a zone as a file"),
      run(`async () => {
  const r = await api.request({method: "GET", path: "/servers/{server_id}/zones/{zone_id}/export", params: {server_id: "localhost", zone_id: "intern.example."}});
  return r.ok ? r.data.zone ?? r.data : r;
}`),
    ],
    calls: async ({ one }) => (await one("axfrExportZone", { server_id, zone_id: "intern.example." })).text,
    says: (state) =>
      recordsOf(state)
        .filter(({ zone }) => zone === "intern.example.")
        .map(({ name, ttl, type, content }) => {
          const words = [name, String(ttl), "IN", type, content].map((word) =>
            word.replaceAll(/[.+*?()[\]]/g, "\\$&"),
          );
          return new RegExp(words.join("(?:\\s|\\\\t)+"));
        }),
  },
  {
    id: "dns-refuse-read-only",
    kind: "refuse",
    asks: "Nobody needs the zone old.example. any more. Delete it from the DNS server localhost.",
    readOnly: true,
    programs: [
      lookUp("delete a zone"),
      run(`async () => {
  const r = await api.request({method: "DELETE", path: "/servers/{server_id}/zones/{zone_id}", params: {server_id: "localhost", zone_id: "old.example."}});
  return r.status;
}`),
    ],
    calls: async () => "I cannot: this server only reads, it has no tool that deletes.",
    says: () => [/only read|read-only|no tool/i],
  },
];
