// The line through points by least squares. Pure.

export function linear(points: readonly (readonly [x: number, y: number])[]): {
  intercept: number;
  slope: number;
} {
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const x = mean(points.map(([one]) => one));
  const y = mean(points.map(([, one]) => one));
  const spread = points.reduce((sum, [one]) => sum + (one - x) ** 2, 0);
  const slope = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) / spread;
  return { slope, intercept: y - slope * x };
}
