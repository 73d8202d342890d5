// `npm run passphrase`: makes the owner's passphrase and prints its hash, the one thing that is stored. Writes nothing.

import { randomBytes } from "node:crypto";
import { hashPassphrase } from "../src/auth/passphrase.ts";
import { newPassphrase, shortestPassphrase } from "./passphrase/new-passphrase.ts";
import { printFailure } from "./print-failure.ts";

async function main(): Promise<void> {
  const given = process.stdin.isTTY ? undefined : await readAll();
  if (given !== undefined && given.length < shortestPassphrase)
    throw new Error(
      `The passphrase has ${given.length} characters; at least ${shortestPassphrase} are needed. Without one on standard input, a good one is made.`,
    );
  const passphrase = given ?? newPassphrase();
  if (given === undefined)
    console.log(`Passphrase, for your password manager; it is shown only now:\n\n  ${passphrase}\n`);
  console.log("Its hash, which is what the deployment keeps:\n");
  console.log(`  ${await hashPassphrase(passphrase, new Uint8Array(randomBytes(16)))}\n`);
  console.log("Locally: OWNER_PASSPHRASE_HASH=… in .dev.vars of the API's folder under spec/.");
  console.log(
    "Deployed: npx wrangler secret put OWNER_PASSPHRASE_HASH --config spec/NAME/artifact/wrangler.json",
  );
}

async function readAll(): Promise<string | undefined> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk as string;
  return text.replace(/\r?\n$/, "") || undefined;
}

main().catch((error: unknown) => {
  printFailure(error);
  process.exitCode = 1;
});
