// What the tools cost a model's context, in tokens of o200k: Twofold's two, a tool an operation, the document itself.

import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { instructions, tools } from "../src/mcp/tools.ts";
import { answerTokens } from "./answer-tokens.ts";
import { buildDocument } from "./build-document.ts";
import type { Chart } from "./chart.ts";
import { documents } from "./documents.ts";
import { type ToolStyle, operationTools } from "./operation-tools.ts";
import type { BenchOptions } from "./options.ts";
import { type Row, type Section, ours as twofoldName } from "./row.ts";

const compared = ["github", "stripe", "kubernetes", "slack", "microsoft-graph"];

/** Operations turned into tools of one document; of larger ones evenly spread, and the sum scaled. */
const sampled = 300;
/** Characters of sampled tools counted exactly: two megabytes take about a second. */
const countedChars = 8_000_000;

/** As clients put them before a model: name, description and input schema of each tool, and the instructions. */
function twofoldTokens(title: string): { tools: number; instructions: number } {
  const listed = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return { tools: countTokens(JSON.stringify(listed)), instructions: countTokens(instructions(title)) };
}

export async function tokensSection({ progress }: BenchOptions): Promise<Section> {
  const rows: Row[] = [];
  const data: Record<string, unknown> = {};
  const answered: Row[] = [];
  let approximate = false;
  for (const name of compared) {
    const entry = documents.find((document) => document.name === name);
    if (entry === undefined) continue;
    const built = await buildDocument(entry, progress);
    const { document } = built;
    const { info } = document as { info?: { title?: string } };
    const own = twofoldTokens(info?.title ?? "API");
    const ours = own.tools + own.instructions;
    if (rows.length === 0) {
      rows.push({
        what: "both tools with instructions, whatever the API",
        got: `${ours}`,
        value: ours,
        bar: 800,
        stretch: 600,
      });
    }
    progress(`${name}: counting`);
    const full = perOperation(document, "full");
    const required = perOperation(document, "required");
    const raw = countTokens(JSON.stringify(document));
    approximate ||= full.approximate || required.approximate;
    data[name] = { ours: own, full, required, raw };
    const shown = ({ tokens, approximate: scaled }: Counted) => `${scaled ? "≈ " : ""}${grouped(tokens)}`;
    const task = `Tokens before the model, ${name}`;
    const row = (by: string, what: string, tokens: number, got = grouped(tokens)): Row => ({
      what,
      got,
      value: tokens,
      versus: { task, by },
    });
    const operations = grouped(full.operations);
    rows.push(row(twofoldName, "both tools with instructions", ours));
    if (name === "github") {
      progress(`${name}: asking Twofold and the peer`);
      const answers = await answerTokens(built);
      answered.push(...answers.rows);
      rows.push(row("openApiMcpServer", "both tools, as it lists them", answers.peerDefinitions));
    }
    rows.push(
      row("a tool for each operation", `${operations} of them`, full.tokens, shown(full)),
      row("a tool each, required inputs only", `${operations} of them`, required.tokens, shown(required)),
      row("the document as it is", "JSON without white space", raw),
    );
  }
  const notes = [
    "Tools count as JSON of name, description and input schema; the schemas a body refers to come with each tool as $defs.",
    ...(approximate ? [`≈: from ${sampled} operations or fewer, evenly spread, and scaled.`] : []),
  ];
  return {
    title: "tokens (o200k)",
    method:
      "What an API costs a model's context before it does anything: the two tools with their instructions, against one tool for each operation, those with required inputs only, the document itself, and openApiMcpServer's two tools. Then what typical answers cost. Counted with OpenAI's o200k encoding; other models count otherwise, in about the same proportions.",
    charts: [chartOf(rows)],
    rows: [...rows, ...answered],
    notes,
    data,
  };
}

function chartOf(rows: readonly Row[]): Chart {
  return {
    kind: "bars",
    name: "tokens",
    title: "Tokens before the model, by document",
    description: "Twofold's two tools against a tool an operation and the document, on a logarithmic scale.",
    value: "tokens (o200k)",
    log: true,
    bars: rows.flatMap(({ value, versus }) =>
      value === undefined || versus === undefined
        ? []
        : [{ label: versus.task.replace(/^.*, /, ""), series: versus.by, value }],
    ),
  };
}

interface Counted {
  operations: number;
  tokens: number;
  approximate: boolean;
}

function perOperation(document: Record<string, unknown>, style: ToolStyle): Counted {
  const all = operationTools(document, style);
  const step = Math.max(1, all.length / sampled);
  let [tokens, chars, taken] = [0, 0, 0];
  // Spread so that stopping early at the ceiling leaves an even sample as well.
  const order = Array.from({ length: Math.min(all.length, sampled) }, (_, n) => n);
  for (const n of order.toSorted((a, b) => scatter(a) - scatter(b))) {
    if (chars > countedChars) break;
    const text = JSON.stringify(all[Math.floor(n * step)]?.());
    tokens += countTokens(text);
    chars += text.length;
    taken += 1;
  }
  const scaled = Math.round((tokens * all.length) / Math.max(1, taken));
  return { operations: all.length, tokens: scaled, approximate: taken < all.length };
}

/** The same shuffle in every run. */
function scatter(n: number): number {
  return ((n + 1) * 2_654_435_761) % 4_294_967_296;
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
