// What the README shows of a first session: its calls with their answers, and what npm start prints.

import { blocks } from "../docs-blocks.ts";

const shown = blocks.filter(({ page }) => page === "README.md").map(({ text }) => text);

/** Each call of the README by its tool, with the answer shown below it. */
export const examples = shown.flatMap((command, index) => {
  const [, tool] = /^npm run -s call -- (\w+) /.exec(command) ?? [];
  return tool === undefined ? [] : [{ tool, command, answer: shown[index + 1] ?? "" }];
});

export const printed = shown.find((text) => text.includes("Twofold is ready")) ?? "";

/** The same text with what differs from run to run made equal: seconds, run ids, ports. */
export function settled(text: string, port = 8787): string {
  return text
    .replaceAll(`localhost:${port}`, "localhost:8787")
    .replaceAll(" --url http://localhost:8787/mcp", "")
    .replaceAll(/\(\d+\.\d s\)/g, "(… s)")
    .replaceAll(/\brun r_[0-9a-z]{10} /g, "run r_… ")
    .replaceAll(/ \d+ ms$/gm, " … ms");
}
