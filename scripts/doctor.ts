// `npm run doctor -- URL`: connects as a client would and says, step by step, what is wrong and how to mend it.

import { checkServer } from "./doctor/check-server.ts";
import { printFailure } from "./print-failure.ts";
import { readFlags } from "./read-flags.ts";
import { printable } from "./spec/printable.ts";

const usage = `Usage: npm run doctor -- URL [--token TOKEN]

Checks the MCP endpoint at URL: Origin and Host, challenge, metadata, registration, consent page, tools, a search.
It registers one client, calls no operation of the API, and changes nothing else. The token may also be in TWOFOLD_TOKEN.
Exit code: 0 all is well, 1 something is not, 2 these arguments are wrong.`;

async function main(): Promise<number> {
  let given;
  try {
    given = readFlags({
      allowPositionals: true,
      options: { token: { type: "string" }, help: { type: "boolean", default: false, short: "h" } },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (given.values.help) {
    console.log(usage);
    return 0;
  }
  const [address = "", ...rest] = given.positionals;
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || rest.length > 0) {
    console.error(
      `Say which server: one http(s) address, such as https://twofold.example.workers.dev/mcp.\n\n${usage}`,
    );
    return 2;
  }
  let wrong = 0;
  // An empty token is an unset variable in someone's command line.
  const token = given.values.token || process.env["TWOFOLD_TOKEN"] || undefined;
  await checkServer(url, token, ({ step, ok, says }) => {
    wrong += ok ? 0 : 1;
    console.log(`${ok ? "ok   " : "WRONG"}  ${step.padEnd(20)}  ${printable(says, 2_000)}`);
  });
  console.log(
    wrong === 0 ? "\nAll is well." : `\n${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong.`,
  );
  return wrong === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    printFailure(error);
    process.exitCode = 1;
  },
);
