// The corpus: programs as models write them, each with the answer it gets. One file a theme, all of it plain text:
//
//   === an arrow function | execute
//   async () => 1
//   --- ok
//   1
//   --- notes
//   run r_… · 0 calls · … ms
//
// Behind the tool stand words for what plain text does not show: `crlf` (line ends are \r\n), `bom` (a byte order mark in
// front), `quoted` (the program is one JSON string: it is written with its quotes and sent without); and for what
// no two runs share: `anywhere` (the place of the error is left out), and what is long: `beginning` (so much of it).

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Answer {
  isError: boolean;
  text: string;
  notes: string;
}

interface CorpusProgram {
  name: string;
  tool: "search" | "execute";
  flags: string[];
  /** As it stands in the file. */
  written: string;
  /** As a model sends it. */
  code: string;
  answer: Answer | undefined;
}

interface Theme {
  file: string;
  /** What stands before the first program. */
  preface: string;
  programs: CorpusProgram[];
}

const folder = import.meta.dirname;

export function readCorpus(): Theme[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".txt"))
    .toSorted()
    .map((file) => {
      const [preface = "", ...entries] = readFileSync(join(folder, file), "utf8").split(/^=== /m);
      return { file, preface, programs: entries.map((entry) => readProgram(entry, file)) };
    });
}

function readProgram(entry: string, file: string): CorpusProgram {
  const end = entry.indexOf("\n");
  const head = /^(.+) \| (search|execute)((?: \w+)*)$/.exec(entry.slice(0, end));
  if (head === null) throw new Error(`${file}: "${entry.slice(0, end)}" is not "name | tool flags"`);
  const [, name = "", tool, flags = ""] = head;
  const [program = "", ...blocks] = entry.slice(end + 1).split(/^--- /m);
  const written = program.replace(/\n+$/, "");
  const flagList = flags.split(" ").filter((flag) => flag !== "");
  return {
    name,
    tool: tool as CorpusProgram["tool"],
    flags: flagList,
    written,
    code: flagList.reduce(applyFlag, written),
    answer: readAnswer(blocks),
  };
}

function applyFlag(code: string, flag: string): string {
  switch (flag) {
    case "crlf":
      return code.replaceAll("\n", "\r\n");
    case "bom":
      return `\uFEFF${code}`;
    case "quoted":
      return JSON.parse(code) as string;
    case "anywhere":
    case "beginning":
      return code;
    default:
      throw new Error(`no program can be "${flag}"`);
  }
}

function readAnswer(blocks: string[]): Answer | undefined {
  const texts = new Map(
    blocks.map((block) => [
      block.slice(0, block.indexOf("\n")),
      block.slice(block.indexOf("\n") + 1).trimEnd(),
    ]),
  );
  const isError = texts.has("error");
  const text = texts.get(isError ? "error" : "ok");
  return text === undefined ? undefined : { isError, text, notes: texts.get("notes") ?? "" };
}

export function writeTheme({ file, preface, programs }: Theme): void {
  const entries = programs.map(({ name, tool, flags, written, answer }) => {
    const lines = [`=== ${[`${name} | ${tool}`, ...flags].join(" ")}`, written];
    if (answer !== undefined) lines.push(`--- ${answer.isError ? "error" : "ok"}`, answer.text);
    if (answer !== undefined && answer.notes !== "") lines.push("--- notes", answer.notes);
    return `${lines.join("\n")}\n`;
  });
  writeFileSync(join(folder, file), `${preface.trimEnd()}\n\n${entries.join("\n")}`);
}

/** What differs from run to run is masked, and what no editor keeps. */
export function masked({ isError, text, notes }: Answer, flags: string[]): Answer {
  const mask = (part: string) =>
    part
      .replaceAll(/\br_[0-9a-z]{10}\b/g, "r_…")
      .replaceAll(/\b\d+ ms\b/g, "… ms")
      .replaceAll(/"date":"[^"]+"/g, '"date":"…"')
      .replaceAll(/[ \r]+$/gm, "")
      .trimEnd();
  const shown = flags.includes("anywhere") ? text.replace(/\nat line [^]*$/, "") : text;
  const cut = flags.includes("beginning") ? `${shown.slice(0, 300)}…` : shown;
  return { isError, text: mask(cut), notes: mask(notes) };
}
