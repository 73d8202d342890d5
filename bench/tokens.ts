// What the tools cost a model's context, in tokens of o200k: Twofold's two, a tool an operation, the document itself.

import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { instructions, tools } from "../src/mcp/tools.ts";
import { buildDocument } from "./build-document.ts";
import { documents } from "./documents.ts";
import { type ToolStyle, operationTools } from "./operation-tools.ts";
import type { BenchOptions } from "./options.ts";
import type { Row, Section } from "./row.ts";

const compared = ["github", "stripe", "kubernetes", "slack", "microsoft-graph"];

/** Operations turned into tools of one document; of larger ones evenly spread, and the sum scaled. */
const sampled = 300;
/** Characters of sampled tools counted exactly: two megabytes take about a second. */
const countedChars = 8_000_000;

/** As clients put them before a model: name, description and input schema of each tool, and the instructions. */
export function twofoldTokens(title: string): { tools: number; instructions: number } {
  const listed = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return { tools: countTokens(JSON.stringify(listed)), instructions: countTokens(instructions(title)) };
}

export async function tokensSection({ progress }: BenchOptions): Promise<Section> {
  const rows: Row[] = [];
  const data: Record<string, unknown> = {};
  let approximate = false;
  for (const name of compared) {
    const entry = documents.find((document) => document.name === name);
    if (entry === undefined) continue;
    const { document } = await buildDocument(entry, progress);
    const { info } = document as { info?: { title?: string } };
    const own = twofoldTokens(info?.title ?? "API");
    const ours = own.tools + own.instructions;
    if (rows.length === 0) {
      rows.push({
        what: "twofold: both tools with instructions",
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
    rows.push(
      {
        what: `${name}: a tool for each of ${grouped(full.operations)} operations`,
        got: `${shown(full)} (${grouped(full.tokens / ours)}×)`,
      },
      {
        what: `${name}: the same, required inputs only`,
        got: `${shown(required)} (${grouped(required.tokens / ours)}×)`,
      },
      { what: `${name}: the document as it is`, got: `${grouped(raw)} (${grouped(raw / ours)}×)` },
    );
  }
  const notes = [
    "Tools count as JSON of name, description and input schema; the schemas a body refers to come with each tool as $defs.",
    ...(approximate ? [`≈: from ${sampled} operations or fewer, evenly spread, and scaled.`] : []),
  ];
  return { title: "tokens (o200k)", rows, notes, data };
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
