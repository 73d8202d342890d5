import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // test/worker starts real `wrangler dev` processes: 2-4 s each on a small machine, more on a busy one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each such file holds two workerd processes; two files at a time fit a 2-core machine.
    maxWorkers: 2,
  },
});
