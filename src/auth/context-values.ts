// Values such as an account's id that programs get as `context`: fixed, read off a person's token, or chosen at consent. Pure.

export type ContextSettings = Readonly<
  Record<
    string,
    | { value: string }
    | { from: string; pattern?: string; default?: string }
    | { ask: string; pattern?: string; default?: string }
  >
>;

type Chosen = { ok: true; values: Record<string, string> } | { ok: false; message: string };

/** No value is longer; it goes into paths and queries. */
const longest = 200;

/** What a person chose in the consent form, as `context.NAME`. */
export function askedValues(settings: ContextSettings, form: URLSearchParams): Chosen {
  const values: Record<string, string> = {};
  for (const [name, setting] of Object.entries(settings)) {
    if (!("ask" in setting)) continue;
    const given = (form.get(`context.${name}`) ?? "").trim();
    if (!fits(given, setting.pattern))
      return { ok: false, message: `${setting.ask}: that is not of the form it must have.` };
    values[name] = given;
  }
  return { ok: true, values };
}

/** What the API said of a token when it was tried. */
export function tokenValues(settings: ContextSettings, answer: unknown): Chosen {
  const values: Record<string, string> = {};
  for (const [name, setting] of Object.entries(settings)) {
    if (!("from" in setting)) continue;
    const found = atPointer(answer, setting.from);
    const text = typeof found === "number" ? String(found) : found;
    if (typeof text !== "string" || !fits(text, setting.pattern)) {
      if (setting.default !== undefined) continue;
      return {
        ok: false,
        message: `The API accepted the token but gave no ${name} at ${setting.from}. Whoever runs this deployment can mend context.${name} in api.jsonc.`,
      };
    }
    values[name] = text;
  }
  return { ok: true, values };
}

/** What a run gets: fixed values, those of its grant, and what is said of each that it has not. */
export function contextOf(
  settings: ContextSettings,
  granted: Readonly<Record<string, string>> = {},
): { values: Record<string, string>; missing: Record<string, string> } {
  const values: Record<string, string> = {};
  const missing: Record<string, string> = {};
  for (const [name, setting] of Object.entries(settings)) {
    if ("value" in setting) {
      values[name] = setting.value;
      continue;
    }
    // The settings may have changed since the person chose.
    const own = Object.hasOwn(granted, name) ? granted[name] : undefined;
    const value = own !== undefined && fits(own, setting.pattern) ? own : setting.default;
    if (value !== undefined) values[name] = value;
    else
      missing[name] =
        "ask" in setting
          ? `is chosen when a person signs in, and this connection has none. Give its value in the program, or set context.${name}.default in api.jsonc.`
          : `is read off a person's own token, and this connection came without one. Give its value in the program, or set context.${name}.default in api.jsonc.`;
  }
  return { values, missing };
}

export function atPointer(value: unknown, pointer: string): unknown {
  let found = value;
  for (const part of pointer.split("/").slice(1)) {
    if (typeof found !== "object" || found === null) return undefined;
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

function fits(text: string, pattern: string | undefined): boolean {
  if (text === "" || text.length > longest || /[\p{C}]/u.test(text)) return false;
  return pattern === undefined || new RegExp(`^(?:${pattern})$`).test(text);
}
