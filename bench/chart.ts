// A picture of a section as data: the bench stores it, the report draws it.

interface Drawn {
  /** Of the file, e.g. "search". */
  name: string;
  title: string;
  /** One sentence for who cannot see it. */
  description: string;
}

export interface BarChart extends Drawn {
  kind: "bars";
  /** What the length is, with its unit. */
  value: string;
  /** Where values lie orders of magnitude apart. */
  log?: boolean;
  bars: {
    label: string;
    /** Colour, where one label has several bars. */
    series?: string;
    value: number;
    low?: number;
    high?: number;
  }[];
}

export interface PointChart extends Drawn {
  kind: "points";
  x: string;
  y: string;
  log?: boolean;
  points: { x: number; y: number; series: string }[];
}

export type Chart = BarChart | PointChart;
