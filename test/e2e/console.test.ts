import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startTestTwofold, type TestTwofold } from "../worker/start-twofold.ts";
import { callTool } from "../worker/tool-call.ts";
import {
  accessibilityFindings,
  launch,
  noChromium,
  openPage,
  type Watched,
  writeProgram,
} from "../web/chromium.ts";
import { hostile, shopDocument, startShop } from "../web/shop-api.ts";

const everything = `async () => (await api.request({ method: "GET", path: "/products" })).data`;
const long = `async () => { for (let n = 0; n < 60; n += 1) { await api.request({ method: "GET", path: "/slow" }); console.log("so far", n); } }`;

describe.skipIf(noChromium !== undefined)(`the console in a browser ${noChromium ?? ""}`, () => {
  let shop: Awaited<ReturnType<typeof startShop>>;
  let twofold: TestTwofold;
  let browser: Browser;
  const opened: Watched[] = [];
  beforeAll(async () => {
    shop = await startShop();
    twofold = await startTestTwofold({ document: shopDocument, baseUrl: shop.url, console: true });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await twofold?.stop();
    await shop?.stop();
  });
  afterEach(async () => {
    const faults = opened.flatMap((one) => one.faults);
    for (const { page } of opened.splice(0)) await page.context().close();
    if (faults.length > 0) throw new Error(`The page did what it must not:\n${faults.join("\n")}`);
  });

  async function open(place = "", options: Parameters<typeof openPage>[2] = {}) {
    const watched = await openPage(browser, new URL(twofold.url).origin, options);
    opened.push(watched);
    await watched.page.goto(`${twofold.url}/${place}`);
    await watched.page.getByRole("navigation").waitFor();
    return watched.page;
  }

  test("says who one is, what the tools do, and how each client connects", async () => {
    const page = await open("", { permissions: ["clipboard-read", "clipboard-write"] });
    // The API names itself, and its name is text.
    expect(await page.locator("header .title").textContent()).toBe("Shop <b>& Co</b>");
    expect(await page.getByText("on this computer, where no sign-in is needed").isVisible()).toBe(true);
    expect(await page.getByText("create, change and delete").isVisible()).toBe(true);
    for (const name of ["Claude", "Claude Code", "Cursor", "VS Code", "Codex"])
      expect(await page.getByRole("article", { name, exact: true }).isVisible()).toBe(true);
    await page.getByRole("button", { name: "Copy for Claude Code" }).click();
    await page.getByRole("button", { name: "Copy for Claude Code" }).getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
      `claude mcp add --transport http twofold ${twofold.url}/mcp`,
    );
  });

  test("shows operations by tag, finds them, and describes one, with its hostile summary as text", async () => {
    const page = await open("#/operations");
    await page.getByRole("link", { name: "/orders/{id}" }).waitFor();
    expect(await page.getByRole("button", { name: "products 2" }).getAttribute("aria-expanded")).toBe("true");
    expect(await page.locator(".operations").first().textContent()).toContain(hostile);
    await page.getByRole("searchbox").fill("order");
    await page.getByText("best first").waitFor();
    await page.getByRole("link", { name: "One order" }).click();
    await page.getByText('path: "/orders/{id}"').waitFor();
    await page.getByRole("button", { name: "Write a call of it" }).click();
    await page.locator(".cm-content").getByText('params: { id: "" }').waitFor();
    expect(await page.getByRole("tab", { name: "execute" }).getAttribute("aria-selected")).toBe("true");
  });

  test("runs a search", async () => {
    const page = await open("#/try");
    await writeProgram(page, 'find("products").map(({ path, operationId }) => ({ path, operationId }))');
    await page.keyboard.press("Control+Enter");
    await page.getByRole("cell", { name: "listProducts" }).waitFor();
    expect(await page.getByRole("row").count()).toBeGreaterThan(1);
  });

  test("shows a program's error with its place", async () => {
    const page = await open("#/try");
    await writeProgram(page, "const a = 1;\nnothing.at.all");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("search answered with an error").waitFor();
    expect(await page.getByLabel("Error").textContent()).toMatch(/nothing[\s\S]*line 2/);
  });

  test("runs an execute, and shows its table: hostile texts as texts, filtered, sorted, paged and drawn", async () => {
    const page = await open("#/try");
    await page.getByRole("tab", { name: "execute" }).click();
    await writeProgram(page, everything);
    await page.keyboard.press("Control+Enter");
    await page.getByText("120 rows").waitFor();
    expect(await page.getByRole("cell", { name: "<img" }).textContent()).toBe(hostile);
    await page.getByRole("list", { name: "1 call in" }).getByText("/products").waitFor();

    await page.getByRole("button", { name: "Next" }).click();
    expect(await page.getByText("Product 51", { exact: true }).isVisible()).toBe(true);
    await page.getByRole("button", { name: "price" }).click();
    await page.getByRole("button", { name: "price" }).click();
    expect(await page.getByRole("columnheader", { name: "price" }).getAttribute("aria-sort")).toBe(
      "descending",
    );
    await page.getByRole("button", { name: "Previous" }).click();
    expect(await page.locator("tbody tr").first().locator("td").last().textContent()).toBe("99.5");
    await page.getByRole("searchbox", { name: "Filter rows" }).fill("PRODUCT 99.5");
    await page.getByText("1 of 120 rows").waitFor();

    await page.getByRole("tab", { name: "Chart" }).click();
    await page.getByRole("list", { name: "price by name, 40 points" }).waitFor();
    await page.getByRole("tab", { name: "Tree" }).click();
    await page.getByRole("button", { name: /^0: / }).click();
    expect(await page.locator(".tree .string").first().textContent()).toBe(JSON.stringify(hostile));
    await page.getByRole("tab", { name: "Raw" }).click();
    await page.getByText('"name": "Product 2"').waitFor();

    expect(
      await page.evaluate("[typeof window.hacked, document.images.length, document.scripts.length]"),
    ).toEqual(["undefined", 0, 1]);
  });

  test("offers what may come next while one types", async () => {
    const page = await open("#/try");
    await writeProgram(page, "");
    await page.keyboard.type('describe("listP');
    await page.getByRole("option", { name: /listProducts/ }).waitFor();
    // What opened just now takes no key: it may have been meant for the text.
    await page.waitForTimeout(200);
    await page.keyboard.press("Enter");
    expect(await page.locator(".cm-content").textContent()).toContain('describe("listProducts');
  });

  test("types as fast as anybody, also over several lines that are selected", async () => {
    const page = await open("#/try");
    await writeProgram(page, "one\n\n  two\nthree");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("(1 + 2) * 3; // typed at once", { delay: 0 });
    await page.keyboard.press("Control+Enter");
    await page.getByText("search answered").waitFor();
    expect(await page.getByLabel("The result as text").textContent()).toBe("9");
  });

  test("refuses a write where only reading is ticked, and nothing reaches the API", async () => {
    const page = await open("#/try");
    await page.getByRole("tab", { name: "execute" }).click();
    await writeProgram(page, `async () => api.request({ method: "POST", path: "/products", body: {} })`);
    await page.getByRole("checkbox", { name: "Only read" }).check();
    const before = shop.asked.length;
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("execute answered with an error").waitFor();
    expect(shop.asked.slice(before)).toEqual([]);
    await page.getByRole("checkbox", { name: "Only read" }).uncheck();
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("execute answered", { exact: true }).waitFor();
    expect(shop.asked.slice(before).map(({ url }) => url)).toEqual(["POST /products"]);
  });

  test("stops what it runs itself", async () => {
    const page = await open("#/try");
    await page.getByRole("tab", { name: "execute" }).click();
    await writeProgram(page, long);
    await page.keyboard.press("Control+Enter");
    await page.getByLabel("What happens").getByText("so far 0").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("You stopped it").waitFor();
    const stopped = Date.now();
    // The server hears of it with its next sign of life on the stream.
    await page.waitForTimeout(3_000);
    expect(shop.asked.filter(({ at }) => at > stopped + 2_000)).toEqual([]);
  });

  test("goes on with what it runs while one looks elsewhere", async () => {
    const page = await open("#/try");
    await page.getByRole("tab", { name: "execute" }).click();
    await writeProgram(
      page,
      `/* elsewhere */ async () => { for (let n = 0; n < 4; n += 1) await api.request({ method: "GET", path: "/slow" }); return "to the end"; }`,
    );
    await page.keyboard.press("Control+Enter");
    await page.getByLabel("What happens").getByText("/slow").first().waitFor();
    await page.getByRole("link", { name: "Runs" }).click();
    await page
      .getByRole("link", { name: /elsewhere/ })
      .getByText("running")
      .waitFor();
    await page
      .getByRole("link", { name: /elsewhere/ })
      .getByText("ok", { exact: true })
      .waitFor();
    await page.getByRole("link", { name: "Try" }).click();
    expect(await page.getByLabel("The result as text").textContent()).toBe("to the end");
    expect(await page.locator(".cm-content").textContent()).toContain("elsewhere");
  });

  test("lists a run that somebody else began while it goes on, and stops it", async () => {
    const page = await open("#/runs");
    await page.getByText(/No such run|\d runs?$/).waitFor();
    const answer = callTool(twofold.url, "execute", { code: `/* from afar */ ${long}` });
    const line = page.getByRole("link", { name: /from afar/ });
    await line.getByText("running").waitFor();
    await line.click();
    await page.getByRole("list", { name: /[2-9] calls in/ }).waitFor();
    await page.getByRole("region", { name: "One run" }).getByRole("button", { name: "Stop" }).click();
    await page.getByRole("heading", { name: /stopped/ }).waitFor();
    const stopped = Date.now();
    expect((await answer).isError).toBe(true);
    await line.getByText("stopped").waitFor();
    await page.waitForTimeout(1_000);
    expect(shop.asked.filter(({ at }) => at > stopped)).toEqual([]);
  });

  test("filters runs by text, outcome and operation", async () => {
    await callTool(twofold.url, "execute", { code: `/* filtered: needle */ ${everything}` });
    await callTool(twofold.url, "execute", { code: `/* filtered: thorn */ null.x` });
    const page = await open("#/runs");
    const runs = page.locator(".runs li");
    await page.getByRole("searchbox", { name: "Text in a run" }).fill("FILTERED:");
    await page.getByText("2 runs", { exact: true }).waitFor();
    await page.getByLabel("Outcome").selectOption("program error");
    await page.getByText("1 run", { exact: true }).waitFor();
    expect(await runs.textContent()).toContain("thorn");
    await page.getByLabel("Outcome").selectOption("Any outcome");
    await page.getByText("2 runs", { exact: true }).waitFor();
    await page.getByRole("searchbox", { name: "Operation" }).fill("listProducts");
    await page.getByText("1 run", { exact: true }).waitFor();
    expect(await runs.textContent()).toContain("needle");
    await page.getByRole("searchbox", { name: "Operation" }).fill("getOrder");
    await page.getByText("No such run.").waitFor();
  });

  test("runs a run again that only read, and lets the server see to it that it does", async () => {
    await callTool(twofold.url, "execute", { code: `/* again */ ${everything}` });
    const page = await open("#/runs");
    await page
      .getByRole("link", { name: /\/\* again/ })
      .first()
      .click();
    const before = shop.asked.length;
    const sent = page.waitForRequest((request) => request.url().endsWith("/mcp?readonly"));
    await page.getByRole("button", { name: "Run again" }).click();
    await sent;
    await page.getByText("120 rows").waitFor();
    expect(shop.asked.slice(before).map(({ url }) => url)).toEqual(["GET /products"]);
  });

  test("does not offer to run again what wrote", async () => {
    const code = `/* wrote */ async () => (await api.request({ method: "POST", path: "/products", body: {} })).data`;
    await callTool(twofold.url, "execute", { code });
    const page = await open("#/runs");
    await page
      .getByRole("link", { name: /\/\* wrote/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Open in Try" }).waitFor();
    expect(await page.getByRole("button", { name: "Run again" }).count()).toBe(0);
  });

  test("reads all of a result that was too large to be shown, and nothing is called again", async () => {
    const code = `/* large */ async () => { const { data } = await api.request({ method: "GET", path: "/products" }); return Array.from({ length: 20 }, () => data).flat(); }`;
    await callTool(twofold.url, "execute", { code });
    const page = await open("#/runs");
    await page
      .getByRole("link", { name: /\/\* large/ })
      .first()
      .click();
    const before = shop.asked.length;
    await page.getByRole("button", { name: "Show all of it" }).click();
    await page.getByText("2,400 rows").waitFor();
    await page.getByText("1 / 48").waitFor();
    expect(shop.asked.length).toBe(before);
  });

  test("pauses everything, and resumes", async () => {
    const page = await open("#/runs");
    await page.getByRole("button", { name: "Pause all" }).click();
    await page.getByText("Paused:").waitFor();
    const before = shop.asked.length;
    // Its words can be read below the pointer, too.
    await page.getByRole("button", { name: "Resume" }).hover();
    expect(await accessibilityFindings(page)).toEqual([]);
    expect((await callTool(twofold.url, "execute", { code: everything })).isError).toBe(true);
    expect(shop.asked.length).toBe(before);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause all" }).waitFor();
    expect((await callTool(twofold.url, "execute", { code: everything })).isError).toBe(false);
  });

  test("is used by keyboard alone, from the first Tab to the answer and on to its run", async () => {
    const page = await open();
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const tabTo = async (name: string) => {
      for (let n = 0; n < 40; n += 1) {
        await press("Tab");
        const focused = await page.evaluate("document.activeElement.textContent.trim()");
        if (focused === name) return;
      }
      throw new Error(`Tab does not lead to ${name}`);
    };
    await tabTo("Skip to the content");
    await tabTo("Try");
    await press("Enter");
    await page.locator(".cm-content").waitFor();
    await tabTo("search");
    await press("ArrowRight", "Tab");
    await press("Control+a");
    await page.keyboard.type(
      "async () => (await api.request({ method: 'GET', path: '/products' })).data.slice(0, 3)",
    );
    await press("Escape", "Control+Enter");
    await page.getByText("3 rows").waitFor();
    // Out of the editor again, through the answer's tabs, to the run.
    await tabTo("Table");
    await press("End");
    expect(await page.getByRole("tab", { name: "Raw" }).getAttribute("aria-selected")).toBe("true");
    await tabTo("This run in the journal");
    await press("Enter");
    await page.getByRole("heading", { name: /^r_/ }).waitFor();
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const)(
    "has no serious accessibility finding and no sideways scroll, %s at %d",
    async (colorScheme, width) => {
      const { raw } = await callTool(twofold.url, "execute", { code: everything });
      const [, id] = /run (r_\w+)/.exec(raw) ?? [];
      const page = await open("", { colorScheme, viewport: { width, height: 780 }, reducedMotion: "reduce" });
      for (const [place, ready] of [
        ["", ".client"],
        ["#/operations", ".operations a"],
        ["#/operations/getOrder", ".detail pre"],
        ["#/try", ".cm-content"],
        ["#/runs", ".runs a"],
        [`#/runs/${id}`, "table"],
      ] as const) {
        await page.goto(`${twofold.url}/${place}`);
        await page.locator(ready).first().waitFor();
        expect({ place, findings: await accessibilityFindings(page) }).toEqual({ place, findings: [] });
        const wide = await page.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        expect({ place, wide: Math.max(0, Number(wide)) }).toEqual({ place, wide: 0 });
      }
      await page.getByRole("tab", { name: "Chart" }).click();
      expect(await accessibilityFindings(page)).toEqual([]);
    },
  );
});
