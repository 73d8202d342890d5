import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { losses } from "../../bench/report/losses.ts";
import { reportFiles } from "../../bench/report/report-files.ts";
import type { Results, StoredSection } from "../../bench/results.ts";
import { type Row, verdict } from "../../bench/row.ts";
import { root } from "../scripts/run-script.ts";

const spread = (p10: number, median: number, p90: number) => ({ p10, median, p90, samples: 9 });

function section(rows: Row[], more: Partial<StoredSection> = {}): StoredSection {
  const judged = rows.map((row) => ({ ...row, verdict: verdict(row) }));
  return { name: "sample", title: "sample", seconds: 1, notes: [], rows: judged, ...more };
}

const versus = (by: string, value: number, more: Partial<Row> = {}): Row => ({
  what: by,
  got: `${value} ms`,
  value,
  versus: { task: "A search", by },
  ...more,
});

function results(...sections: StoredSection[]): Results {
  const load = [0.1, 0.2, 0.3];
  return {
    started: "2026-11-21T12:00:00.000Z",
    seconds: 61,
    complete: true,
    rounds: 48,
    warmup: 8,
    machine: {
      model: "A processor",
      processors: 2,
      memoryBytes: 2 ** 34,
      system: "Linux",
      node: "v22",
      packages: { workerd: "1" },
      loadAtStart: load,
      loadAtEnd: load,
    },
    sections,
  };
}

const page = async (...sections: StoredSection[]) => (await reportFiles(results(...sections)))[0]?.[1] ?? "";

test("a goal that is missed is a loss, and one that is met is none", () => {
  const missed = { what: "time", got: "9 ms", value: 9, bar: 5 };
  const few = { what: "found", got: "50 %", value: 50, bar: 60, atLeast: true };
  const met = { what: "other", got: "4 ms", value: 4, bar: 5, stretch: 4 };
  expect(losses([section([missed, few, met])])).toEqual({
    broken: [],
    missed: [
      "sample: time is 9 ms; the goal is at most 5.",
      "sample: found is 50 %; the goal is at least 60.",
    ],
    better: [],
    short: [],
  });
  const compared = { ...versus("Twofold", 9), bar: 5 };
  expect(losses([section([compared])]).missed).toEqual([
    "sample: A search: Twofold is 9 ms; the goal is at most 5.",
  ]);
  const short = { ...met, value: 5, got: "5 ms" };
  expect(losses([section([short])]).short).toEqual(["sample: other is 5 ms; the further goal is at most 4."]);
});

test("another way that is better is a loss, by how much, and whether the spreads overlap", () => {
  const rows = [versus("Twofold", 30), versus("plain", 10), versus("peer", 900)];
  expect(losses([section(rows)]).better).toEqual([
    "sample: A search: plain 10 ms, Twofold 30 ms, 3.00 times better.",
  ]);
  const near = [
    versus("Twofold", 11, { spread: spread(8, 11, 14) }),
    versus("plain", 10, { spread: spread(9, 10, 12) }),
  ];
  expect(losses([section(near)]).better.join()).toContain("1.10 times better (their spreads overlap).");
});

test("where more is better, less is the loss", () => {
  const rows = [versus("Twofold", 30, { atLeast: true }), versus("plain", 10), versus("peer", 60)];
  expect(losses([section(rows)]).better).toEqual([
    "sample: A search: peer 60 ms, Twofold 30 ms, 2.00 times better.",
  ]);
});

test("a quotient above one loses against what it is taken by, whichever way is better", () => {
  const worse = { what: "ours ÷ plain", got: "1.20×", value: 1.2, against: "plain" };
  const better = { what: "peer ÷ ours", got: "40×", value: 40, against: "the peer", atLeast: true };
  expect(losses([section([worse, better])]).better).toEqual([
    "sample: ours ÷ plain is 1.20×, so plain is better.",
  ]);
  expect(losses([section([{ ...better, value: 0.5 }])]).better).toHaveLength(1);
});

test("a section that broke off is shown and said first, and the others keep their rows", async () => {
  const broken = section([], { name: "broken", title: "broken", failure: "workerd did not start" });
  const text = await page(broken, section([versus("Twofold", 30), versus("plain", 10)]));
  expect(text).toContain("**1 of 2 sections broke off.**");
  expect(text).toContain("- broken: broke off, so it has no figures: workerd did not start");
  expect(text).toContain("**This section broke off:** workerd did not start");
  expect(text).toContain("| **Twofold** | 30 ms | 1.00 | ████████████████████████ |");
  expect(text).toContain("| plain | 10 ms | 0.33 | ████████ |");
});

test("a section nobody has heard of is shown with its rows, tables, notes and a picture of what it compares", async () => {
  const table = { title: "More", columns: ["a", "b"], rows: [["1", "x|y"]] };
  const files = await reportFiles(
    results(
      section([{ what: "alone", got: "1" }, versus("Twofold", 30), versus("plain", 10)], {
        name: "new",
        title: "new things",
        method: "How.",
        tables: [table],
        notes: ["A note."],
      }),
    ),
  );
  expect(files.map(([path]) => path)).toEqual([
    "BENCHMARKS.md",
    "docs/benchmarks/results.json",
    "docs/benchmarks/new.svg",
  ]);
  const [[, text = ""] = []] = files;
  for (const part of [
    "## New things",
    "How.",
    "| alone | 1 |",
    String.raw`| 1 | x\|y |`,
    "- A note.",
    "benchmarks/new.svg",
  ])
    expect(text).toContain(part);
});

test("a picture brings its own ground, and says in words what it shows", async () => {
  const files = await reportFiles(results(section([versus("Twofold", 30), versus("a & b", 10)])));
  const svg = files.at(-1)?.[1] ?? "";
  expect(svg).toMatch(
    /^<svg [^>]*role="img" aria-labelledby="sample-title sample-description"><title id="sample-title">/,
  );
  expect(svg).toContain("<desc id=");
  expect(svg).toContain('fill="#ffffff"');
  expect(svg).toContain("a &amp; b");
  expect(svg).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
});

test("the same results make the same bytes", async () => {
  const points = section([], {
    charts: [
      {
        kind: "points",
        name: "points",
        title: "Points",
        description: "Two.",
        x: "x",
        y: "y",
        log: true,
        points: [
          { x: 1, y: 10, series: "Twofold" },
          { x: 2, y: 300, series: "peer" },
        ],
      },
    ],
  });
  const given = results(section([versus("Twofold", 30), versus("plain", 1)]), points);
  expect(await reportFiles(structuredClone(given))).toEqual(await reportFiles(given));
});

test("BENCHMARKS.md and its pictures are what the report makes of the results beside them", async () => {
  const read = (path: string) => readFile(join(root, path), "utf8");
  const kept = JSON.parse(await read("docs/benchmarks/results.json")) as Results;
  for (const [path, text] of await reportFiles(kept)) expect([path, await read(path)]).toEqual([path, text]);
});
