/** A browser without scripts: follows no redirect by itself, keeps cookies, fills in the forms it is shown. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  /** Headers sent with each request besides those of a browser. */
  readonly #headers: Record<string, string>;

  constructor(headers: Record<string, string> = {}) {
    this.#headers = headers;
  }

  async get(url: string | URL): Promise<BrowserPage> {
    return this.#send(url, {});
  }

  async post(
    url: string | URL,
    fields: [string, string][],
    headers: Record<string, string> = {},
  ): Promise<BrowserPage> {
    return this.#send(url, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        origin: new URL(url).origin,
        ...headers,
      },
    });
  }

  /** Presses the button with this value, in the form it stands in, with the fields given on top of what the form holds. */
  async press(
    page: BrowserPage,
    decision: string,
    fields: Record<string, string> = {},
    untick: string[] = [],
  ): Promise<BrowserPage> {
    const form = page.forms.find(({ decisions }) => decisions.includes(decision));
    if (form === undefined) throw new Error(`no button ${decision} in: ${page.text}`);
    const kept = form.fields.filter(([name, value]) => !(name in fields) && !untick.includes(value));
    return this.post(new URL(form.action, page.url), [
      ...kept,
      ...Object.entries(fields),
      ["decision", decision],
    ]);
  }

  async #send(url: string | URL, init: RequestInit): Promise<BrowserPage> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: {
        ...(init.headers as Record<string, string>),
        ...(cookie !== "" && { cookie }),
        ...this.#headers,
      },
      signal: AbortSignal.timeout(30_000),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const text = await response.text();
    const { status, headers } = response;
    return {
      url: String(url),
      status,
      headers,
      text,
      location: headers.get("location"),
      forms: readForms(text),
    };
  }
}

export interface BrowserPage {
  url: string;
  status: number;
  headers: Headers;
  text: string;
  location: string | null;
  forms: { action: string; fields: [string, string][]; decisions: string[] }[];
}

function readForms(text: string): BrowserPage["forms"] {
  return [...text.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = "", body = ""]) => ({
    action: attribute(attributes, "action") ?? "",
    fields: [...body.matchAll(/<input\b([^>]*)>/gs)].flatMap(([, input = ""]): [string, string][] => {
      const [name, value, type] = ["name", "value", "type"].map((key) => attribute(input, key));
      if (name === undefined || value === undefined) return [];
      return type === "checkbox" && !/\bchecked\b/.test(input) ? [] : [[name, value]];
    }),
    decisions: [...body.matchAll(/<button\b([^>]*)>/gs)].map(
      ([, button = ""]) => attribute(button, "value") ?? "",
    ),
  }));
}

function attribute(text: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];
  return value?.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
