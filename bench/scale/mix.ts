// What people ask for in the simulation: an assumption, written down. Ten runs a round: four searches, two of which many
// people ask alike; three programs that read; two that read and write; one whose result is too large to be shown.

export interface Run {
  tool: "search" | "execute";
  kind: "search" | "common search" | "read" | "write" | "large";
  code: string;
}

const commonSearches = [
  "list issues of a repository",
  "create a pull request",
  "who can merge",
  "add a label",
  "list commits of a branch",
  "download an artifact",
];

const call = (method: string, body = "") =>
  `await api.request({ method: "${method}", path: "/repos/{owner}/{repo}/issues", params: { owner: "octocat", repo: "hello-world" }${body} })`;

/** The run that docs/operations.md gives the price of: four calls, one of which writes, about half a second. */
export function pricedRun(mark: string): string {
  return `async () => {
  // ${mark}
  const place = { path: "/repos/{owner}/{repo}/labels", params: { owner: "octocat", repo: "hello-world" } };
  const counts = [];
  for (let page = 1; page <= 3; page += 1) {
    const { data } = await api.request({ method: "GET", ...place, query: { page } });
    counts.push(data.length);
  }
  const made = await api.request({ method: "POST", ...place, body: { name: "counted" } });
  return [...counts, made.status];
}`;
}

/** The n-th run of somebody. `mark` makes its text, and so its isolate, nobody else's. */
export function runOf(n: number, mark: string, chance: () => number): Run {
  const place = n % 10;
  if (place === 0 || place === 5) {
    const text = commonSearches[Math.floor(chance() * commonSearches.length)];
    return { tool: "search", kind: "common search", code: `find(${JSON.stringify(text)}, { limit: 5 })` };
  }
  if (place === 1 || place === 6) {
    const code = `// ${mark}\nconst hits = find("create an issue", { limit: 5 }); [hits, describe(hits[0])]`;
    return { tool: "search", kind: "search", code };
  }
  if (place === 4 || place === 9) {
    const code = `async () => {
  // ${mark}
  const { data } = ${call("GET")};
  const open = data.filter(({ state }) => state === "open").length;
  const made = ${call("POST", ', body: { title: "Summary: " + open }')};
  return [open, made.status];
}`;
    return { tool: "execute", kind: "write", code };
  }
  if (place === 8) {
    const code = `async () => {
  // ${mark}
  const all = [];
  for (let page = 1; page <= 8; page += 1) {
    const { data } = ${call("GET", ", query: { page }")};
    all.push(...data);
  }
  return all;
}`;
    return { tool: "execute", kind: "large", code };
  }
  const pages = 1 + Math.floor(chance() * 4);
  const code = `async () => {
  // ${mark}
  const rows = [];
  for (let page = 1; page <= ${pages}; page += 1) {
    const { data } = ${call("GET", ", query: { page }")};
    rows.push(...data.map(({ number, title, state }) => ({ number, title, state })));
  }
  return rows.filter(({ state }) => state === "open").slice(0, 20);
}`;
  return { tool: "execute", kind: "read", code };
}
