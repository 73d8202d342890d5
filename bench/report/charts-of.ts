// The pictures of a section: its own, or else one of what its rows compare.

import type { Chart } from "../chart.ts";
import type { StoredSection } from "../results.ts";
import { ours } from "../row.ts";
import { comparisons } from "./comparisons.ts";

export function chartsOf(section: StoredSection): Chart[] {
  if (section.charts !== undefined) return section.charts;
  const bars = comparisons(section.rows).flatMap(({ task, rows }) => {
    const own = rows.find(({ versus }) => versus.by === ours)?.value ?? 0;
    return rows.flatMap(({ value = 0, spread, versus }) => {
      if (value <= 0 || own <= 0) return [];
      const ends = spread === undefined ? {} : { low: spread.p10 / own, high: spread.p90 / own };
      return [{ label: task, series: versus.by, value: value / own, ...ends }];
    });
  });
  if (bars.length === 0) return [];
  const values = bars.map(({ value }) => value);
  return [
    {
      kind: "bars",
      name: section.name,
      // Seconds and answers a second stand in one section: what they share is how they compare.
      title: `${section.title}: each way ÷ ${ours}`,
      description: `The figures of the tables, each divided by ${ours}'s; lines from p10 to p90.`,
      value: `times ${ours}'s figure`,
      log: Math.max(...values) > 10 * Math.min(...values),
      bars,
    },
  ];
}
