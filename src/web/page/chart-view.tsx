// A chart of one measure: bars beside their names, or a line over time. The table has every number it draws.

import { useMemo, useState } from "preact/hooks";
import { isSeries, pointsOf, ticks, type ChartColumns, type Point } from "./chart-data.ts";
import type { Table } from "./find-table.ts";
import { count } from "./format.ts";
import { useWidth } from "./use-width.ts";

const mostBars = 40;

export function ChartView({ table, columns }: { table: Table; columns: ChartColumns }) {
  const [value, setValue] = useState(columns.values[0] ?? 0);
  const [label, setLabel] = useState(columns.labels.find((n) => n !== value) ?? value);
  const points = useMemo(() => pointsOf(table.rows, label, value), [table, label, value]);
  const name = (n: number) => table.columns[n] ?? String(n);
  const series = isSeries(points, !columns.values.includes(label));
  const shown = series ? points.toSorted((a, b) => a.at - b.at) : points.slice(0, mostBars);
  const title = `${name(value)} by ${name(label)}, ${count(shown.length, "point")}`;
  return (
    <>
      <div class="tools">
        <Choice label="Measure" options={columns.values} name={name} chosen={value} choose={setValue} />
        <Choice label="By" options={columns.labels} name={name} chosen={label} choose={setLabel} />
        {shown.length < points.length && (
          <p class="soft">
            The first {mostBars} of {count(points.length, "row")}.
          </p>
        )}
      </div>
      {series ? <Line points={shown} title={title} /> : <Bars points={shown} title={title} />}
    </>
  );
}

type ChoiceProps = {
  label: string;
  options: number[];
  name: (n: number) => string;
  chosen: number;
  choose: (n: number) => void;
};

function Choice({ label, options, name, chosen, choose }: ChoiceProps) {
  return (
    <label class="inline">
      {label}{" "}
      <select value={String(chosen)} onChange={({ currentTarget }) => choose(Number(currentTarget.value))}>
        {options.map((n) => (
          <option key={n} value={String(n)}>
            {name(n)}
          </option>
        ))}
      </select>
    </label>
  );
}

const short = (number: number) =>
  Math.abs(number) >= 10_000
    ? number.toLocaleString("en", { notation: "compact", maximumFractionDigits: 2 })
    : number.toLocaleString("en", { maximumFractionDigits: 2 });

/** Each bar is a drawing of its own, so that names and numbers stay text that wraps and can be selected. */
function Bars({ points, title }: { points: Point[]; title: string }) {
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const at = (value: number) => ((value - low) / (high - low || 1)) * 100;
  return (
    <ol class="bars" aria-label={title}>
      {points.map(({ label, value }, n) => (
        <li key={n}>
          <bdi class="name">{label}</bdi>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect
              class={value < 0 ? "bar under" : "bar"}
              x={Math.min(at(0), at(value))}
              width={Math.max(0.2, Math.abs(at(value) - at(0)))}
              y="0"
              height="10"
            />
          </svg>
          <span class="number">{short(value)}</span>
        </li>
      ))}
    </ol>
  );
}

const firstWidth = 720;
const height = 260;
const inner = { left: 56, right: 12, top: 12, bottom: 28 };

function Line({ points, title }: { points: Point[]; title: string }) {
  const { element, width } = useWidth<SVGSVGElement>(firstWidth);
  const values = points.map(({ value }) => value);
  const scale = ticks(
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  );
  const [low, high] = [scale[0] ?? 0, scale.at(-1) ?? 1];
  const [from, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 1];
  const x = (at: number) =>
    inner.left + ((at - from) / (to - from || 1)) * (width - inner.left - inner.right);
  const y = (value: number) =>
    height - inner.bottom - ((value - low) / (high - low || 1)) * (height - inner.top - inner.bottom);
  const path = points
    .map(({ at, value }, n) => `${n === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    .join("");
  return (
    <svg ref={element} class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
      {scale.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={inner.left} x2={width - inner.right} y1={y(tick)} y2={y(tick)} />
          <text class="tick" x={inner.left - 8} y={y(tick) + 4} text-anchor="end">
            {short(tick)}
          </text>
        </g>
      ))}
      <text class="tick" x={inner.left} y={height - 8}>
        {points[0]?.label}
      </text>
      <text class="tick" x={width - inner.right} y={height - 8} text-anchor="end">
        {points.at(-1)?.label}
      </text>
      <path class="line" d={path} />
      {points.length <= 60 &&
        points.map(({ at, value, label }, n) => (
          <circle key={n} class="dot" cx={x(at)} cy={y(value)} r="3">
            <title>{`${label}: ${short(value)}`}</title>
          </circle>
        ))}
    </svg>
  );
}
