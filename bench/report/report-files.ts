// Results → the files of the report, by path. The same results make the same bytes.

import type { Results } from "../results.ts";
import { chartsOf } from "./charts-of.ts";
import { drawChart } from "./draw-chart.ts";
import { reportPage } from "./report-page.ts";

const pagePath = "BENCHMARKS.md";
const directory = "docs/benchmarks";

export async function reportFiles(results: Results): Promise<[path: string, text: string][]> {
  const files: [string, string][] = [
    [pagePath, reportPage(results)],
    [`${directory}/results.json`, `${JSON.stringify(results, null, 1)}\n`],
  ];
  for (const chart of results.sections.flatMap(chartsOf)) {
    files.push([`${directory}/${chart.name}.svg`, await drawChart(chart)]);
  }
  return files;
}
