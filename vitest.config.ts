import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // For machines that are many times slower than the author's: nothing that works waits for them to pass.
    testTimeout: 60_000,
    // Hooks compile C, which takes minutes where the processor is emulated.
    hookTimeout: 300_000,
    expect: { poll: { timeout: 45_000 } },
    // Two at least: files of tests that use real engines wait more than they work.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**", "test/contract/**"] },
      },
      {
        // Whole stacks on real engines: one file at a time, so that what they measure and count is their own.
        extends: true,
        test: {
          name: "engines",
          include: ["test/e2e/**/*.test.ts", "test/contract/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
        },
      },
    ],
  },
});
