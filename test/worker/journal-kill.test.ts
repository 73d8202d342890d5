import { expect, test } from "vitest";
import { killRuns } from "./kill-runs.ts";

test("whenever the runtime is killed, every write the API saw has a row, and no row claims what did not happen", async () => {
  const report = await killRuns({ runs: 20, atOnce: 5 });
  expect(report.unrecorded).toEqual([]);
  expect(report.untrue).toEqual([]);
  // It was about something: writes were made, and kills came between a row and its end.
  expect(report.writes).toBeGreaterThan(50);
  expect(report.outcomes["interrupted"]).toBeGreaterThan(0);
  expect(report.outcomes["running"]).toBeUndefined();
  expect(report.states["in flight"]).toBeGreaterThan(0);
  // What was in flight says so, in words.
  expect(report.warned).toBe(report.states["in flight"]);
});
