import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take longest, longest first: begun last, one of them would run on alone. */
const longest = [
  "e2e/deploy",
  "e2e/console",
  "e2e/watchdog",
  "e2e/start",
  "worker/threats",
  "e2e/sign-in",
  "worker/faults",
  "e2e/docs",
  "worker/oauth-tokens",
  "worker/large-results",
  "e2e/threats-log",
  "worker/corpus",
  "worker/turns",
  "e2e/dev-server",
];

/** The long ones, then whatever else starts servers, then what is pure. */
class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const listed = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return listed >= 0 ? listed : longest.length + Number(!moduleId.includes("/test/worker/"));
    };
    return Promise.resolve(files.toSorted((one, other) => place(one) - place(other)));
  }
}

export default defineConfig({
  test: {
    // test/worker and test/e2e start real processes: 2-4 s each on a small machine, more on a busy one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each such file holds two workerd processes and waits for them half of its time: three files at a time fit a 2-core machine.
    maxWorkers: 3,
    // Modules hold nothing that one file could leave to another, and loading them anew for each takes a fifth of the time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Some hundred processes of wrangler load its 15 MB: compiled once, for all of them.
    env: { NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "node-compile-cache") },
    // Whole commands and whole pages: one test in twenty-five, and more than half of the time of all.
    projects: [
      {
        extends: true,
        test: { name: "parts", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**"] },
      },
      { extends: true, test: { name: "e2e", include: ["test/e2e/**/*.test.ts"] } },
    ],
  },
});
