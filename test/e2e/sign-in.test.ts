import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hashPassphrase } from "../../src/auth/passphrase.ts";
import { startTestTwofold, type TestTwofold } from "../worker/start-twofold.ts";
import { post } from "../worker/tool-call.ts";
import {
  accessibilityFindings,
  launch,
  noChromium,
  openPage,
  type Watched,
  writeProgram,
} from "../web/chromium.ts";
import { shopDocument, startShop } from "../web/shop-api.ts";

const passphrase = "correct horse battery staple";
const token = "t".repeat(40);
const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

describe.skipIf(noChromium !== undefined)(`signing in to the console ${noChromium ?? ""}`, () => {
  let shop: Awaited<ReturnType<typeof startShop>>;
  let byOAuth: TestTwofold;
  let byToken: TestTwofold;
  let browser: Browser;
  const opened: Watched[] = [];
  beforeAll(async () => {
    shop = await startShop();
    const salt = new Uint8Array(randomBytes(16));
    [byOAuth, byToken] = await Promise.all([
      startTestTwofold({
        document: shopDocument,
        baseUrl: shop.url,
        secrets: { OWNER_PASSPHRASE_HASH: await hashPassphrase(passphrase, salt) },
        vars: { SIGN_IN: "owner" },
      }),
      startTestTwofold({
        document: shopDocument,
        baseUrl: shop.url,
        secrets: { MCP_TOKEN: token },
        console: true,
      }),
    ]);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([byOAuth?.stop(), byToken?.stop(), shop?.stop()]);
  });
  afterEach(async () => {
    const faults = opened.flatMap((one) => one.faults);
    for (const { page } of opened.splice(0)) await page.context().close();
    if (faults.length > 0) throw new Error(`The page did what it must not:\n${faults.join("\n")}`);
  });

  async function open({ url }: TestTwofold, place = ""): Promise<Page> {
    const watched = await openPage(browser, new URL(url).origin);
    opened.push(watched);
    await watched.page.goto(`${url}/${place}`);
    return watched.page;
  }

  async function allow(page: Page, untick: RegExp[] = []): Promise<void> {
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "Let Twofold console use" }).waitFor();
    for (const scope of untick) await page.getByRole("checkbox", { name: scope }).uncheck();
    await page.getByLabel("The owner's passphrase").fill(passphrase);
    await page.getByRole("button", { name: "Allow as the owner" }).click();
    await page.getByRole("navigation").waitFor();
  }

  const kept = (page: Page) =>
    page.evaluate("JSON.parse(sessionStorage.getItem('twofold.access'))") as Promise<{
      tokens: { accessToken: string; refreshToken: string };
    }>;
  const statusWith = async (bearer: string) =>
    (await post(`${byOAuth.url}/mcp`, list, { authorization: `Bearer ${bearer}` })).status;

  test("goes by the server's own OAuth, comes back to where one was, and leaves no code in the address", async () => {
    const page = await open(byOAuth, "#/runs");
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await allow(page);
    expect(page.url()).toBe(`${byOAuth.url}/#/runs`);
    await page.getByRole("heading", { name: "Runs" }).waitFor();
    await page.getByRole("link", { name: "Connect" }).click();
    await page.getByText("signed in with OAuth").waitFor();
    expect(await page.locator(".chip").allTextContents()).toEqual(["read", "write"]);
    expect(await page.getByRole("article", { name: "Codex" }).textContent()).toContain(
      "codex mcp login twofold",
    );
    await page.getByRole("link", { name: "Operations" }).click();
    await page.getByRole("link", { name: "/products" }).first().waitFor();
  });

  test("keeps its token for the tab alone, and signing out ends the grant", async () => {
    const page = await open(byOAuth);
    await allow(page);
    const { accessToken } = (await kept(page)).tokens;
    expect(await statusWith(accessToken)).toBe(200);
    expect(await page.evaluate("JSON.stringify({...localStorage})")).not.toContain(accessToken);
    expect(await page.context().cookies()).toEqual([]);
    const second = await page.context().newPage();
    await second.goto(byOAuth.url);
    await second.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    expect(await page.evaluate("sessionStorage.getItem('twofold.access')")).toBeNull();
    expect(await statusWith(accessToken)).toBe(401);
  });

  test("renews an access token that has run out, without a word", async () => {
    const page = await open(byOAuth);
    await allow(page);
    const before = await kept(page);
    const [user, grant] = before.tokens.accessToken.split(":");
    before.tokens.accessToken = `${user}:${grant}:${"x".repeat(40)}`;
    await page.evaluate(
      `sessionStorage.setItem("twofold.access", ${JSON.stringify(JSON.stringify(before))})`,
    );
    await page.reload();
    await page.getByText("signed in with OAuth").waitFor();
    const after = await kept(page);
    expect(after.tokens.accessToken).not.toBe(before.tokens.accessToken);
    expect(await statusWith(after.tokens.accessToken)).toBe(200);
  });

  test("asks to sign in again when the grant is over", async () => {
    const page = await open(byOAuth);
    await allow(page);
    const access = await kept(page);
    access.tokens.accessToken = access.tokens.refreshToken = "a:b:c";
    await page.evaluate(
      `sessionStorage.setItem("twofold.access", ${JSON.stringify(JSON.stringify(access))})`,
    );
    await page.reload();
    await page.getByText("Your sign-in is over. Sign in again.").waitFor();
    expect(await page.evaluate("sessionStorage.getItem('twofold.access')")).toBeNull();
  });

  test("says which scope a program lacks, and asks for it", async () => {
    const page = await open(byOAuth, "#/try");
    await allow(page, [/Change/]);
    await page.getByRole("tab", { name: "execute" }).click();
    await writeProgram(
      page,
      `async () => (await api.request({ method: "POST", path: "/products", body: {} })).data`,
    );
    await page.keyboard.press("Control+Enter");
    await page.getByText("needs the scope write").waitFor();
    await page.getByRole("button", { name: "Sign in again, and ask for read write" }).click();
    await page.getByLabel("The owner's passphrase").fill(passphrase);
    await page.getByRole("button", { name: "Allow as the owner" }).click();
    // The program waited where it was.
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("execute answered", { exact: true }).waitFor();
    expect(shop.asked.at(-1)?.url).toBe("POST /products");
  });

  test("takes a no for a no", async () => {
    const page = await open(byOAuth);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("button", { name: "Do not allow" }).click();
    await page.getByText("You did not allow it, so nothing was done.").waitFor();
    expect(page.url()).toBe(`${byOAuth.url}/`);
  });

  test("uses no code that it did not ask for, not even while it waits for one", async () => {
    const page = await open(byOAuth, "?code=stolen&state=guessed");
    await page.getByText("That was no answer to a sign-in of this page.").waitFor();
    expect(page.url()).toBe(`${byOAuth.url}/`);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByLabel("The owner's passphrase").waitFor();
    const asked = page.waitForRequest((sent) => sent.url().includes("/oauth/token"), { timeout: 3_000 });
    await page.goto(`${byOAuth.url}/?code=stolen&state=guessed`);
    await page.getByText("That was no answer to a sign-in of this page.").waitFor();
    await expect(asked).rejects.toThrow("Timeout");
  });

  test("takes the bearer token where there is no OAuth, and says when it is wrong", async () => {
    const page = await open(byToken);
    await page.getByLabel("The bearer token of this server").fill("wrong");
    await page.getByRole("button", { name: "Use this token" }).click();
    await page.getByText("That token is not taken here.").waitFor();
    expect(await page.getByRole("button", { name: "Sign in", exact: true }).count()).toBe(0);
    await page.getByLabel("The bearer token of this server").fill(token);
    await page.keyboard.press("Enter");
    await page.getByText("whoever holds this server's token").waitFor();
    // What is copied holds a place for it, never the token.
    expect(await page.getByRole("article", { name: "Cursor" }).textContent()).toContain("Bearer YOUR_TOKEN");
    expect(await page.content()).not.toContain(token);
    await page.reload();
    await page.getByText("whoever holds this server's token").waitFor();
  });
});

describe("what is served at the console's addresses", () => {
  let shop: Awaited<ReturnType<typeof startShop>>;
  let twofold: TestTwofold;
  beforeAll(async () => {
    shop = await startShop();
    twofold = await startTestTwofold({
      document: shopDocument,
      baseUrl: shop.url,
      secrets: { MCP_TOKEN: token },
      console: true,
    });
  });
  afterAll(async () => {
    await twofold?.stop();
    await shop?.stop();
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(twofold.url + path, { headers, signal: AbortSignal.timeout(10_000) });
  /** Node's fetch would not let a test set Host. */
  const statusAs = (host: string) =>
    new Promise((resolve, reject) => {
      const sent = request(twofold.url, { headers: { ...browser, host }, timeout: 10_000 }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on("timeout", () => sent.destroy(new Error("no answer within 10 s")));
      sent.on("error", reject).end();
    });
  const browser = { accept: "text/html,application/xhtml+xml" };

  test("the page is for browsers, before anybody is known, and lets nothing run but its own files", async () => {
    const page = await get("/?code=secret", browser);
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).not.toContain("secret");
    expect(text).not.toMatch(/<script>|<style|\son\w+=|style=/);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    expect(page.headers.get("vary")).toBe("accept");
    for (const [, path = ""] of text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const file = await get(path);
      expect([path, file.status, file.headers.get("cache-control")]).toEqual([
        path,
        200,
        "public, max-age=31536000, immutable",
      ]);
      expect(file.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("anybody else gets what they always got there", async () => {
    expect((await get("/")).status).toBe(401);
    expect(await (await get("/", { authorization: `Bearer ${token}` })).text()).toContain("as an MCP server");
    const answered = await post(`${twofold.url}/`, list, {
      authorization: `Bearer ${token}`,
      accept: "application/json, text/event-stream, text/html",
    });
    expect([answered.status, answered.text]).toEqual([200, expect.stringContaining('"execute"')]);
    expect((await get("/runs", browser)).status).toBe(401);
  });

  test("no other file is served, nor to another host's name", async () => {
    for (const path of ["/console/", "/console/nothing.js", "/console/../index.html", "/index.html"])
      expect([path, (await get(path, browser)).status]).toEqual([
        path,
        path.startsWith("/console/") && !path.includes("..") ? 404 : 401,
      ]);
    expect(await statusAs("evil.example")).toBe(403);
    expect(await statusAs(new URL(twofold.url).host)).toBe(200);
  });
});
