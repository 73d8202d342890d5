// A link to the next page → the query values it brings. Never an address to call: where it leads does not matter.

/** The target of `rel="next"`; null when there is a header about pages that names none (RFC 8288). */
export function nextInHeader(header: string): string | null | undefined {
  let others = false;
  // A comma or semicolon may stand inside <…> and inside quotes.
  for (const [, target = "", parameters = ""] of header.matchAll(/<([^>]*)>((?:[^,"]|"[^"]*")*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters);
    const relations = (rel?.[1] ?? rel?.[2] ?? "").toLowerCase().split(/\s+/);
    if (relations.includes("next")) return target;
    if (relations.some((one) => ["prev", "previous", "first", "last"].includes(one))) others = true;
  }
  return others ? null : undefined;
}

export function looksLikeLink(text: string): boolean {
  return /^(https?:)?\/\/|^[/?]|^[^\s?]*\?[^\s=]+=/.test(text);
}

/**
 * @param given what the call's query has already: what the link repeats stays as the program wrote it
 * @param credential name of the query parameter that carries the credential, which is not the API's to change
 */
export function valuesOfLink(
  link: string,
  given: Map<string, unknown>,
  credential: string | undefined,
): Record<string, string | string[]> {
  const mark = link.indexOf("?");
  if (mark === -1) return {};
  const pairs = new URLSearchParams(link.slice(mark + 1).split("#")[0]);
  const values: Record<string, string | string[]> = {};
  for (const name of new Set(pairs.keys())) {
    const all = pairs.getAll(name);
    if (name === credential || name === "__proto__" || String(given.get(name)) === all.join(",")) continue;
    values[name] = all.length === 1 ? (all[0] ?? "") : all;
  }
  return values;
}
