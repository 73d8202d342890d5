// Every program of test/corpus/ sent as a model would, and the whole answer compared with the one a person has reviewed.
// `CORPUS_WRITE=1 npm test -- test/worker/corpus.test.ts` writes the answers anew: read the diff as the model would.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { masked, readCorpus, writeTheme } from "../corpus/read-corpus.ts";
import { shopDocument, startShop } from "../corpus/shop.ts";
import { startTestTwofold, type TestTwofold } from "./start-twofold.ts";
import { callTool } from "./tool-call.ts";

const themes = readCorpus();
const writing = process.env["CORPUS_WRITE"] === "1";
const canary = "canary-5d0e77aa31";

let shop: Awaited<ReturnType<typeof startShop>>;
let twofold: TestTwofold;
beforeAll(async () => {
  shop = await startShop();
  twofold = await startTestTwofold({
    document: shopDocument,
    baseUrl: shop.url,
    auth: { type: "bearer" },
    secrets: { API_TOKEN: canary },
  });
});
afterAll(async () => {
  await twofold?.stop();
  await shop?.stop();
  if (writing) for (const theme of themes) writeTheme(theme);
});

describe.each(themes)("$file", ({ programs }) => {
  test.concurrent.for(programs)("$name", async (program) => {
    const { tool, code } = program;
    const answer = await callTool(twofold.url, tool, { code });
    expect(answer.raw).not.toContain(canary);
    if (writing) program.answer = masked(answer, program.flags);
    expect(masked(answer, program.flags)).toEqual(program.answer);
  });
});

test("there are at least 120 programs, each with a name of its own", () => {
  const names = themes.flatMap(({ file, programs }) => programs.map(({ name }) => `${file} ${name}`));
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
});
