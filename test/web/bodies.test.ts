import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestTwofold, type TestTwofold } from "../worker/start-twofold.ts";
import { callTool } from "../worker/tool-call.ts";
import { accessibilityFindings, launch, noChromium, openPage } from "./chromium.ts";
import { hostile, shopDocument, startShop } from "./shop-api.ts";

describe.skipIf(noChromium !== undefined)(`a call's bodies in the console ${noChromium ?? ""}`, () => {
  let shop: Awaited<ReturnType<typeof startShop>>;
  let twofold: TestTwofold;
  let browser: Browser;

  beforeAll(async () => {
    shop = await startShop();
    [twofold, browser] = await Promise.all([
      startTestTwofold({
        document: shopDocument,
        baseUrl: shop.url,
        journal: { bodies: "all" },
        console: true,
      }),
      launch(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await twofold?.stop();
    await shop?.stop();
  });

  test.each([
    ["light", 1280],
    ["dark", 360],
  ] as const)(
    "are folded up until a key opens them, and whoever wrote them, they are text: %s at %d",
    async (colorScheme, width) => {
      const code = `await api.request({ method: "GET", path: "/products" });
        await api.request({ method: "POST", path: "/products", body: { name: ${JSON.stringify(hostile)} } }); 1`;
      const { raw } = await callTool(twofold.url, "execute", { code });
      const [, id] = /run (r_\w+)/.exec(raw) ?? [];
      const { page, faults } = await openPage(browser, twofold.url, {
        colorScheme,
        viewport: { width, height: 860 },
      });
      await page.goto(`${twofold.url}/#/runs/${id}`);
      const [list, add] = [page.locator(".bodies").first(), page.locator(".bodies").last()];
      await add.waitFor();
      expect(await add.getByText("Sent:").isVisible()).toBe(false);
      await add.locator("summary").focus();
      await page.keyboard.press("Enter");
      expect(JSON.parse((await add.getByLabel("Sent").textContent()) ?? "")).toEqual({ name: hostile });
      expect(await add.getByLabel("Answered").textContent()).toBe('{"id":121}');
      // As long as it is, all of it was kept.
      await list.locator("summary").click();
      expect(await list.getByLabel("Answered").textContent()).toContain("Product 120");
      // JSON that is longer than a line is written out.
      expect(await list.getByLabel("Answered").textContent()).toContain('"name": "Product 120"');
      expect(await list.getByText("not kept").count()).toBe(0);
      expect(await accessibilityFindings(page)).toEqual([]);
      const wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(Number(await page.evaluate(wide))).toBeLessThanOrEqual(0);
      expect(await page.evaluate("typeof window.hacked")).toBe("undefined");
      expect(faults).toEqual([]);
      const { SCREENSHOTS } = process.env;
      if (SCREENSHOTS !== undefined)
        await page.screenshot({ path: `${SCREENSHOTS}/bodies-${colorScheme}.png`, fullPage: true });
    },
  );
});
