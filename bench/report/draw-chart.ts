// A chart → SVG that is readable on light and dark pages: it brings its own ground. No browser and no canvas.

import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { BarChart, Chart, PointChart } from "../chart.ts";
import { ours } from "../row.ts";

/** Of Okabe and Ito, told apart by colour-blind people too; the first is ours. */
const ownColour = "#0072b2";
const colours = ["#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999"];

export async function drawChart(chart: Chart): Promise<string> {
  const { spec } = compile(chart.kind === "bars" ? bars(chart) : points(chart));
  const view = new View(parse(spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return `${described(svg, chart)}\n`;
}

function described(svg: string, { name, title, description }: Chart): string {
  const root = `role="img" aria-labelledby="${name}-title ${name}-description"`;
  const words = `<title id="${name}-title">${text(title)}</title><desc id="${name}-description">${text(description)}</desc>`;
  return svg.replace(/^<svg ([^>]*)>/, (_, attributes: string) => `<svg ${attributes} ${root}>${words}`);
}

function text(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const font = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";
const frame = ({
  title,
}: Chart): Pick<TopLevelSpec, "$schema" | "title" | "background" | "padding" | "config"> => ({
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  title: { text: title, anchor: "start" as const },
  background: "#ffffff",
  padding: 12,
  config: {
    font,
    title: { color: "#1f2328", fontSize: 14 },
    axis: {
      labelColor: "#1f2328",
      titleColor: "#1f2328",
      gridColor: "#d8dee4",
      labelLimit: 700,
      labelFontSize: 11,
    },
    legend: {
      labelColor: "#1f2328",
      titleColor: "#1f2328",
      labelLimit: 700,
      orient: "bottom" as const,
      columns: 3,
    },
    view: { stroke: "transparent" },
  },
});

function series(names: readonly (string | undefined)[]) {
  const domain = [...new Set(names.filter((name) => name !== undefined))];
  let next = 0;
  const range = domain.map((name) =>
    name === ours ? ownColour : (colours[next++ % colours.length] ?? "#999999"),
  );
  return { domain, range };
}

function bars(chart: BarChart): TopLevelSpec {
  const values = chart.bars.map((bar) => ({
    ...bar,
    series: bar.series ?? ours,
    low: bar.low ?? bar.value,
    high: bar.high ?? bar.value,
    shown: shown(bar.value),
  }));
  const all = values.flatMap(({ low, value }) => [low, value]).filter((value) => value > 0);
  // A bar of a logarithm begins at no natural place: at half of the smallest.
  const from = chart.log === true ? Math.min(...all) / 2 : 0;
  const { domain, range } = series(values.map((value) => value.series));
  const scale = chart.log === true ? { type: "log" as const, domainMin: from, nice: false } : {};
  const several = domain.length > 1;
  const y = { field: "label", type: "nominal" as const, sort: null, title: null };
  const yOffset = { field: "series", type: "nominal" as const, sort: domain };
  const x = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: axisTitle(chart.value, chart),
    scale,
  });
  return {
    ...frame(chart),
    width: 480,
    height: { step: several ? 16 : 24 },
    data: { values },
    encoding: { y, ...(several && { yOffset }) },
    layer: [
      {
        mark: { type: "bar" },
        encoding: {
          x: x("value"),
          x2: { datum: from },
          color: {
            field: "series",
            type: "nominal",
            title: null,
            scale: { domain, range },
            ...(!several && { legend: null }),
          },
        },
      },
      {
        mark: { type: "rule", color: "#1f2328", strokeWidth: 1 },
        encoding: { x: x("low"), x2: { field: "high" } },
      },
      {
        mark: { type: "text", align: "left", dx: 5, fontSize: 10, color: "#1f2328" },
        encoding: { x: x("high"), text: { field: "shown", type: "nominal" } },
      },
    ],
  } as TopLevelSpec;
}

function points(chart: PointChart): TopLevelSpec {
  const { domain, range } = series(chart.points.map((point) => point.series));
  const scale = chart.log === true ? { type: "log" as const } : {};
  return {
    ...frame(chart),
    width: 520,
    height: 300,
    data: { values: chart.points },
    mark: { type: "point", filled: true, size: 60, opacity: 0.85 },
    encoding: {
      x: { field: "x", type: "quantitative", title: axisTitle(chart.x, chart), scale },
      y: { field: "y", type: "quantitative", title: axisTitle(chart.y, chart), scale },
      color: { field: "series", type: "nominal", title: null, scale: { domain, range } },
      shape: { field: "series", type: "nominal", title: null, scale: { domain } },
    },
  } as TopLevelSpec;
}

function axisTitle(what: string, { log }: Chart): string {
  return log === true ? `${what}, logarithmic` : what;
}

function shown(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
