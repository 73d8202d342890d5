// Does `find` find? The first sentence of an operation's description stands for what a user asks; the description
// itself is left out of the index, so that nothing is found by comparing a text with itself. No model takes part.

import { buildDocument } from "./build-document.ts";
import { github } from "./documents.ts";
import { findLatency } from "./find-latency.ts";
import type { BenchOptions } from "./options.ts";
import { type Question, questionsOf } from "./questions.ts";
import { type Rank, allWordsRank, twofoldRank } from "./rankers.ts";
import type { Chart } from "./chart.ts";
import { type Row, type Section, milliseconds, ours } from "./row.ts";

const places = [1, 5, 10] as const;
const bars = [60, 80, 86];
const stretches = [68, 88, 93];

export async function retrievalSection({ progress }: BenchOptions): Promise<Section> {
  const built = await buildDocument(github, progress);
  const { document, questions } = questionsOf(built.document);
  const rankers: [name: string, rank: Rank][] = [
    ["find", twofoldRank(document)],
    ["all-words filter", allWordsRank(document)],
  ];
  const rows: Row[] = [];
  const data: Record<string, unknown> = { questions: questions.length };
  for (const [name, rank] of rankers) {
    progress(`${name}: ${questions.length} questions`);
    const whole = score(rank, questions, ({ text }) => text);
    const three = score(rank, questions, ({ rarest }) => rarest);
    data[name] = { whole: whole.shares, three: three.shares, missed: whole.missed.slice(0, 40) };
    for (const [n, place] of places.entries()) {
      const judged = name === "find" ? { bar: bars[n] ?? 0, stretch: stretches[n] ?? 0, atLeast: true } : {};
      rows.push({
        what: name === "find" ? "find, over the index" : "what a model writes: keep what holds all words",
        ...share(whole.shares[n]),
        atLeast: true,
        versus: {
          task: `Right operation in the top ${place}, % of questions`,
          by: name === "find" ? ours : name,
        },
        ...judged,
      });
    }
    const shares = three.shares.map((value) => value.toFixed(1)).join(" / ");
    rows.push({ what: `${name}: the 3 rarest words only, top 1 / 5 / 10, %`, got: shares });
  }
  const latency = await findLatency(
    built,
    questions.map(({ text }) => text),
    progress,
  );
  rows.push(
    {
      what: "find, first call in a new isolate",
      got: milliseconds(latency.first),
      spread: latency.first,
      value: latency.first.median,
      bar: 5,
      stretch: 1,
    },
    {
      what: "find, each of the next 100",
      got: milliseconds(latency.next),
      spread: latency.next,
      value: latency.next.median,
      bar: 5,
      stretch: 1,
    },
  );
  const notes = [
    `GitHub's document, ${questions.length} questions: the first sentence of each description, which the index does not hold.`,
    "Rarest: in the fewest questions. The filter keeps operations whose method, path, id, summary and tags hold every word, in the document's order.",
    "find is timed by the isolate's own clock (it moves in local workerd), on GitHub's whole document.",
  ];
  const chart: Chart = {
    kind: "bars",
    name: "retrieval",
    title: "Questions whose operation is found",
    description: "Share of questions answered in the top 1, 5 and 10, by find and by a filter for all words.",
    value: "% of questions",
    bars: rows.flatMap(({ versus, value }) =>
      versus === undefined || value === undefined
        ? []
        : [{ label: versus.task.replace(/^.*in the |, % of.*$/g, ""), series: versus.by, value }],
    ),
  };
  return {
    title: "retrieval",
    method:
      "Does find find? The first sentence of an operation's description stands for what a user asks, and is left out of the index. Beside it the filter that a model writes when all it has is the document. No model takes part.",
    charts: [chart],
    rows,
    notes,
    data: { ...data, latency },
  };
}

function score(rank: Rank, questions: readonly Question[], ask: (question: Question) => string) {
  const hits = places.map(() => 0);
  const missed: { asked: string; wanted: string; got: string[] }[] = [];
  const most = places.at(-1) ?? 0;
  for (const question of questions) {
    const found = rank(ask(question), most).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const wanted = `${question.method.toUpperCase()} ${question.path}`;
    const position = found.indexOf(wanted);
    for (const [n, place] of places.entries()) {
      if (position !== -1 && position < place) hits[n] = (hits[n] ?? 0) + 1;
    }
    if (position === -1) missed.push({ asked: ask(question), wanted, got: found.slice(0, 3) });
  }
  return { shares: hits.map((count) => (100 * count) / questions.length), missed };
}

function share(value = Number.NaN): { got: string; value: number } {
  return { got: value.toFixed(1), value };
}
