// Tasks over a DNS server that mend one thing in all zones.

import { patchOf, readZones, record, replace, server_id, zonesProgram } from "./powerdns-reads.ts";
import type { DnsState, Zone } from "./powerdns-state.ts";
import { lookUp, run } from "./programs.ts";
import type { Task } from "./task.ts";

const [wrong, right] = ["192.0.2.10", "203.0.113.10"];

interface Found {
  name: string;
  type: string;
  ttl: number;
  content: string;
  zone_id: string;
}

const isAddress = (type = "") => type === "A" || type === "AAAA";
const typeOf = (at: string) => at.split(" ")[1];

/** Each set of records of all zones, and how to put another in its place. */
function eachSet(
  { zones }: DnsState,
  change: (at: string, set: Zone["records"][string], zone: Zone) => void,
): void {
  for (const zone of Object.values(zones))
    for (const [at, set] of Object.entries(zone.records)) change(at, set, zone);
}

export const dnsFixes: readonly Task<DnsState>[] = [
  {
    id: "dns-lower-ttl",
    kind: "fix",
    asks: "We are about to move. On the DNS server localhost, lower the TTL of all A and AAAA records in all zones to 300 where it is higher, leave the rest, and tell me how many record sets you changed.",
    programs: [
      lookUp("list zones", "read one record of a zone", "change records"),
      run(`async () => {
  ${zonesProgram}
  let changed = 0;
  for (const z of zones) {
    const rrsets = z.rrsets.filter(s => (s.type === "A" || s.type === "AAAA") && s.ttl > 300).map(({name, type, records}) => ({name, type, ttl: 300, changetype: "REPLACE", records}));
    if (rrsets.length === 0) continue;
    await api.request({method: "PATCH", path: "/servers/{server_id}/zones/{zone_id}", params: {...params, zone_id: z.id}, body: {rrsets}, throw: true});
    changed += rrsets.length;
  }
  return changed;
}`),
    ],
    async calls(calls) {
      const patches = (await readZones(calls)).map(({ id, rrsets }) => ({
        id,
        sets: rrsets
          .filter(({ type, ttl }) => isAddress(type) && ttl > 300)
          .map((set) => replace({ ...set, ttl: 300 })),
      }));
      const needed = patches.filter(({ sets }) => sets.length > 0);
      await calls.together(needed.map(({ id, sets }) => patchOf(id, sets)));
      return `changed ${needed.reduce((sum, { sets }) => sum + sets.length, 0)}`;
    },
    ends: (state) =>
      eachSet(state, (at, set) => {
        if (isAddress(typeOf(at))) set.ttl = Math.min(set.ttl, 300);
      }),
    says(state) {
      let count = 0;
      eachSet(state, (at, { ttl }) => (count += isAddress(typeOf(at)) && ttl > 300 ? 1 : 0));
      return [count];
    },
  },
  {
    id: "dns-move-address",
    kind: "fix",
    asks: `On the DNS server localhost, ${wrong} has moved to ${right}: change it in all zones, leave every other address of the same names, and tell me which names had it.`,
    programs: [
      lookUp("list zones", "read one record of a zone", "change records"),
      run(`async () => {
  ${zonesProgram}
  const changed = [];
  for (const z of zones) {
    const rrsets = z.rrsets.filter(s => s.type === "A" && s.records.some(r => r.content === "${wrong}")).map(({name, type, ttl, records}) =>
      ({name, type, ttl, changetype: "REPLACE", records: records.map(r => r.content === "${wrong}" ? {...r, content: "${right}"} : r)}));
    if (rrsets.length === 0) continue;
    await api.request({method: "PATCH", path: "/servers/{server_id}/zones/{zone_id}", params: {...params, zone_id: z.id}, body: {rrsets}, throw: true});
    changed.push(...rrsets.map(s => s.name));
  }
  return changed;
}`),
    ],
    async calls(calls) {
      const found = (await calls.one("searchData", { server_id, q: wrong, max: 100 })).json<Found[]>();
      // A set is replaced as a whole, so its other addresses have to be read first.
      const zones = await readZones(calls, [...new Set(found.map(({ zone_id }) => zone_id))]);
      const patches = zones.map(({ id, rrsets }) => {
        const sets = rrsets.filter(
          ({ type, records }) => type === "A" && records.some(({ content }) => content === wrong),
        );
        const moved = sets.map((set) => ({
          ...set,
          records: set.records.map(({ content }) => record(content === wrong ? right : content)),
        }));
        return patchOf(id, moved.map(replace));
      });
      await calls.together(patches);
      return found.map(({ name }) => name).join(", ");
    },
    ends: (state) =>
      eachSet(state, (_, set) => {
        set.contents = set.contents.map((content) => (content === wrong ? right : content)).toSorted();
      }),
    says(state) {
      const names: string[] = [];
      eachSet(
        state,
        (at, { contents }) => void (contents.includes(wrong) && names.push(at.split(" ")[0] ?? "")),
      );
      return names;
    },
  },
  {
    id: "dns-delete-leftovers",
    kind: "fix",
    asks: "On the DNS server localhost, TXT records whose name begins with _acme-challenge were left behind in several zones. Delete them all, and tell me their names.",
    programs: [
      lookUp("search records by name", "change records"),
      run(`async () => {
  const params = {server_id: "localhost"};
  const found = (await api.request({method: "GET", path: "/servers/{server_id}/search-data", params, query: {q: "_acme-challenge*", max: 1000, object_type: "record"}})).data.filter(r => r.type === "TXT");
  for (const zone_id of new Set(found.map(r => r.zone_id))) {
    const names = [...new Set(found.filter(r => r.zone_id === zone_id).map(r => r.name))];
    const rrsets = names.map(name => ({name, type: "TXT", changetype: "DELETE"}));
    await api.request({method: "PATCH", path: "/servers/{server_id}/zones/{zone_id}", params: {...params, zone_id}, body: {rrsets}, throw: true});
  }
  return found.map(r => r.name);
}`),
      // As the refusal says: the document is wrong about deleting.
      run(`async () => {
  const params = {server_id: "localhost"};
  const found = (await api.request({method: "GET", path: "/servers/{server_id}/search-data", params, query: {q: "_acme-challenge*", max: 1000, object_type: "record"}})).data.filter(r => r.type === "TXT");
  for (const zone_id of new Set(found.map(r => r.zone_id))) {
    const names = [...new Set(found.filter(r => r.zone_id === zone_id).map(r => r.name))];
    const rrsets = names.map(name => ({name, type: "TXT", changetype: "DELETE"}));
    await api.request({method: "PATCH", path: "/servers/{server_id}/zones/{zone_id}", params: {...params, zone_id}, body: {rrsets}, throw: true, validate: false});
  }
  return found.map(r => r.name);
}`),
    ],
    async calls({ one, together }) {
      const asked = { server_id, q: "_acme-challenge*", max: 1000, object_type: "record" };
      const found = (await one("searchData", asked)).json<Found[]>().filter(({ type }) => type === "TXT");
      const patches = [...new Set(found.map(({ zone_id }) => zone_id))].map((zone) => {
        const names = found.filter(({ zone_id }) => zone_id === zone).map(({ name }) => name);
        return patchOf(
          zone,
          names.map((name) => ({ name, type: "TXT", changetype: "DELETE" })),
        );
      });
      await together(patches);
      return found.map(({ name }) => name).join(", ");
    },
    ends: (state) =>
      eachSet(state, (at, _, zone) => {
        if (at.startsWith("_acme-challenge") && at.endsWith(" TXT")) delete zone.records[at];
      }),
    says(state) {
      const names: string[] = [];
      eachSet(state, (at) => void (/^_acme-challenge\S* TXT/.test(at) && names.push(at.split(" ")[0] ?? "")));
      return names;
    },
  },
];
