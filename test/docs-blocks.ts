// The pages people read, and the blocks of code in them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./scripts/run-script.ts";

export interface Block {
  page: string;
  line: number;
  language: string;
  text: string;
  /** Why nothing runs it, as its page says in a comment above it. */
  notRun?: string;
  /** Which API its program is for; the playground unless a comment says another. */
  api: string;
  /** What the page shows as its output: the text block below it, with nothing between. */
  shown?: string;
}

export const docs = readdirSync(join(root, "docs"))
  .filter((name) => name.endsWith(".md"))
  .toSorted()
  .map((name) => `docs/${name}`);
export const guides = ["README.md", ...docs];
export const pages = [...guides, "AGENTS.md", "BENCHMARKS.md", "SECURITY.md", "CHANGELOG.md", "llms.txt"];

export const readPage = (name: string) => readFileSync(join(root, name), "utf8");

const fence =
  /(?:^<!-- (?<mark>not run|api): (?<said>[^\n]*) -->\n+)?^```(?<language>\w*)\n(?<text>.*?)^```$/gms;

function blocksOf(page: string): Block[] {
  const text = readPage(page);
  const found = [...text.matchAll(fence)];
  return found.flatMap((match, n): Block[] => {
    const { mark, said = "", language = "", text: written = "" } = match.groups ?? {};
    const next = found[n + 1];
    const follows =
      next?.groups?.["language"] === "text" &&
      text.slice(match.index + match[0].length, next.index).trim() === "";
    return [
      {
        page,
        line: text.slice(0, match.index).split("\n").length,
        language,
        text: written,
        ...(mark === "not run" && { notRun: said }),
        api: mark === "api" ? said : "playground",
        ...(follows && { shown: next.groups?.["text"] ?? "" }),
      },
    ];
  });
}

export const blocks = guides.flatMap(blocksOf);

/** The commands of a shell block: quoted text may go over several lines, and comments go. */
export function commandsOf({ text }: Block): string[] {
  const commands: string[] = [];
  let command = "";
  let quote = "";
  for (let n = 0; n < text.length; n += 1) {
    const character = text.charAt(n);
    if (quote === "" && character === "#" && /\s|^$/.test(text.charAt(n - 1))) {
      n = text.indexOf("\n", n) - 1;
      continue;
    }
    if (quote === "" && (character === "\n" || text.startsWith("&& ", n))) {
      commands.push(command.trim());
      command = "";
      if (character === "&") n += 2;
      continue;
    }
    if (character === quote) quote = "";
    else if (quote === "" && (character === "'" || character === '"')) quote = character;
    command += character;
  }
  return [...commands, command.trim()].filter((each) => each !== "");
}
