// Results → BENCHMARKS.md.

import { type Row, type Table, ours } from "../row.ts";
import type { Results, StoredSection } from "../results.ts";
import { wholeRounds } from "../options.ts";
import { chartsOf } from "./charts-of.ts";
import { type Comparison, comparisons } from "./comparisons.ts";
import { type Losses, losses } from "./losses.ts";
import { escape, paragraphs, table } from "./markdown.ts";

export function reportPage(results: Results): string {
  return paragraphs([
    "<!-- Written by npm run bench:report. Change the bench, not this page. -->",
    "# Benchmarks",
    intro(results),
    "## Where we lose",
    "Read off the rows below by the same script that wrote them: every goal that is missed, every row in which another way is better, and what did not finish.",
    ...lossParagraphs(losses(results.sections)),
    "## Method",
    method(results),
    "## Machine",
    machine(results),
    ...results.sections.flatMap(sectionParagraphs),
  ]);
}

function intro({ started, seconds, rounds, complete, sections }: Results): string {
  const broken = sections.filter(({ failure }) => failure !== undefined).length;
  const warnings = [
    ...(complete ? [] : ["**The bench was ended before its last section.**"]),
    ...(broken === 0 ? [] : [`**${broken} of ${sections.length} sections broke off.**`]),
    ...(rounds < wholeRounds
      ? [
          `**A short run of ${rounds} rounds; a whole one has ${wholeRounds}. Take its figures for a sketch.**`,
        ]
      : []),
  ];
  const run = `Measured on ${started.slice(0, 10)} in ${Math.ceil(seconds / 60)} minutes by \`npm run bench\`, and written by \`npm run bench:report\` from [its results](docs/benchmarks/results.json).`;
  return [run, ...warnings].join(" ");
}

function lossParagraphs({ broken, missed, better, short }: Losses): string[] {
  const list = (title: string, found: readonly string[]) =>
    found.length === 0 ? [] : [`### ${title}`, found.map((text) => `- ${escape(text)}`).join("\n")];
  const all = [
    ...list("Broke off, or must not be", broken),
    ...list("A goal is missed", missed),
    ...list("Another way is better", better),
    ...list("The goal is met, the further one is not", short),
  ];
  return all.length === 0 ? ["No row of this run says so."] : all;
}

function method({ rounds, warmup }: Results): string {
  return [
    "Peers run from their published packages, on the same workerd, in the same run. What is compared is measured in turn, round by round, never all of one and then all of the next, so that a slow minute of the machine weighs on every side; each round begins with another.",
    `There were ${rounds} rounds after ${warmup} that are not counted; sections that say so took fewer. A figure is the median; brackets hold the 10th and 90th percentile. A quotient's are those of its rounds.`,
    "Times are of whole HTTP calls, from a client on the same machine, unless a row says otherwise. They are for comparing within this run: another machine has others, and Cloudflare's network is not in them.",
  ].join("\n\n");
}

function machine({ machine: at, started }: Results): string {
  const { packages, loadAtStart, loadAtEnd } = at;
  const rows = [
    ["processor", `${at.model}, ${at.processors} of them`],
    ["memory", `${(at.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ["system", at.system],
    ["Node", at.node],
    ...Object.entries(packages),
    ["begun", started],
    ["load average at the start", loadAtStart.join(", ")],
    ["load average at the end", loadAtEnd.join(", ")],
  ];
  return table(["what", "value"], rows);
}

function sectionParagraphs(section: StoredSection): string[] {
  const { title, method: how, notes, fault, failure, rows, seconds, tables = [] } = section;
  const compared = comparisons(rows);
  const others = rows.filter(({ versus }) => versus === undefined);
  return [
    `## ${escape(heading(title))}`,
    ...(how === undefined ? [] : [escape(how)]),
    ...(failure === undefined ? [] : [`**This section broke off:** ${escape(failure)}`]),
    ...(fault === undefined ? [] : [`**Fault:** ${escape(fault)}`]),
    ...(others.length === 0 ? [] : [goalTable(others)]),
    ...compared.flatMap((comparison) => [`**${escape(comparison.task)}**`, versusTable(comparison)]),
    ...chartsOf(section).map(
      ({ name, title: shown, description }) =>
        `![${escape(`${shown}. ${description}`)}](docs/benchmarks/${name}.svg)`,
    ),
    ...tables.flatMap(ownTable),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${escape(note)}`).join("\n")]),
    `Took ${seconds} s.`,
  ];
}

function heading(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}

const verdicts = { stretch: "✓✓", bar: "✓", below: "**missed**", "": "" };

function goalTable(rows: readonly StoredSection["rows"][number][]): string {
  const sign = ({ atLeast }: Row) => (atLeast === true ? "≥" : "≤");
  const limit = (row: Row, value?: number) => (value === undefined ? "" : `${sign(row)} ${value}`);
  return table(
    ["what", "got", "goal", "further goal", ""],
    rows.map((row) => [
      escape(row.what),
      escape(row.got),
      limit(row, row.bar),
      limit(row, row.stretch),
      verdicts[row.verdict],
    ]),
  );
}

/** Blocks of the longest bar. */
const barBlocks = 24;

function versusTable({ rows }: Comparison<StoredSection["rows"][number]>): string {
  const own = rows.find(({ versus }) => versus.by === ours)?.value;
  const most = Math.max(...rows.map(({ value = 0 }) => value));
  return table(
    ["by", "got", `÷ ${ours}`, ""],
    rows.map(({ what, versus, got, value }) => [
      escape(versus.by === ours ? `**${ours}**` : versus.by, versus.by === ours) +
        (what === versus.task || what === versus.by ? "" : `<br>${escape(what)}`),
      escape(got),
      own === undefined || value === undefined || own === 0 ? "" : quotient(value / own),
      value === undefined || value <= 0
        ? ""
        : "█".repeat(Math.max(1, Math.round((barBlocks * value) / most))),
    ]),
  );
}

function quotient(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(2);
}

function ownTable({ title, columns, rows }: Table): string[] {
  const shown = table(
    columns.map((name) => escape(name)),
    rows.map((cells) => cells.map((cell) => escape(cell))),
  );
  return [`**${escape(title)}**`, shown];
}
