// Medians and spreads. A mean of timings on a shared machine says more about the machine than about the code.

export interface Spread {
  median: number;
  p10: number;
  p90: number;
  samples: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    p10: quantile(sorted, 0.1),
    p90: quantile(sorted, 0.9),
    samples: sorted.length,
  };
}

/**
 * How many times `b` fits in `a`: the quotient of the medians. The spread is of the quotients of samples taken
 * one after the other in the same round, so that a slow minute of the machine weighs on both sides.
 */
export function ratio(a: readonly number[], b: readonly number[]): Spread {
  const pairs = a.flatMap((value, round) => (b[round] === undefined ? [] : [value / b[round]]));
  return { ...spread(pairs), median: spread(a).median / spread(b).median };
}

/** Of values in ascending order. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
