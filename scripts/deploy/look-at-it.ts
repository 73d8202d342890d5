import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../doctor/ask.ts";
import { checkServer } from "../doctor/check-server.ts";
import { printable } from "../spec/printable.ts";
import { clientLines } from "../start/banner.ts";

/** Milliseconds until a host name that is new is known everywhere, as a rule. */
const patience = 60_000;

/**
 * @param targets hosts or addresses, as wrangler names them
 * @returns the exit code
 */
export async function sayWhereItIs(
  targets: readonly string[],
  {
    url: given,
    token,
    needsToken,
  }: { url: string | undefined; token: string | undefined; needsToken: boolean },
): Promise<number> {
  const url = addressOf(given, targets);
  if (url === undefined) {
    console.log(
      "\nDeployed. wrangler named no address; look at it with: npm run doctor -- https://YOUR-HOST/mcp",
    );
    return 0;
  }
  const deployed = addressOf(undefined, targets) ?? url;
  const elsewhere = deployed.href === url.href ? "it" : url.href;
  console.log(`\nDeployed: ${deployed.href}\nLooking at ${elsewhere} as a client would:\n`);
  const wrong = await lookAtIt(url, token);
  console.log(`\n${clientLines(url.href, needsToken)}`);
  if (needsToken) console.log("\nYOUR_TOKEN is the MCP_TOKEN.");
  if (wrong === 0) return 0;
  console.log(
    `\nIt is deployed, but ${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong; see above. A new host name can take some minutes. Look again with: npm run doctor -- ${url.href}`,
  );
  return 1;
}

function addressOf(given: string | undefined, targets: readonly string[]): URL | undefined {
  if (given !== undefined) return new URL(given);
  const [host] = targets.filter((target) => /^(https:\/\/)?[\w.-]+$/.test(target));
  return host === undefined
    ? undefined
    : new URL("/mcp", host.startsWith("https://") ? host : `https://${host}`);
}

/** Waits until the Worker answers at its address, then goes the doctor's way. @returns how many things are wrong */
async function lookAtIt(url: URL, token: string | undefined): Promise<number> {
  const end = Date.now() + patience;
  while (!(await answers(url)) && Date.now() < end) await sleep(2_000);
  let wrong = 0;
  await checkServer(url, token, ({ step, ok, says }) => {
    wrong += ok ? 0 : 1;
    console.log(`  ${ok ? "ok   " : "WRONG"}  ${step.padEnd(20)}  ${printable(says, 2_000)}`);
  });
  return wrong;
}

/** Before it is there, the network answers for it with a page: 404, or 52x and 530. */
async function answers(url: URL): Promise<boolean> {
  const { status } = await ask(url).catch(() => ({ status: 0 }));
  return status !== 0 && status !== 404 && (status < 500 || status === 503);
}
