// The engine is killed with SIGKILL at random moments under load: every container is what it was or cleanly gone, and nothing is left over.
import { expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { killAtRandom } from "../support/kill-load.ts";

describeEachEngine(
  "the engine killed at random moments",
  (engine) => {
    const asRoot = (): boolean => engine().user === undefined;
    const kills = Number(process.env["SLIPWAY_TEST_KILLS"] ?? 0);

    it("loses nothing and leaves nothing", { timeout: 600_000 }, async () => {
      const report = await killAtRandom(engine(), kills || (asRoot() ? 24 : 8), Math.random);
      expect(report.containers).toBeGreaterThan(0);
      expect(report.wrong).toEqual([]);
      expect(report.misplacedLines).toEqual([]);
      expect(report.after).toEqual(report.before);
    });
  },
  { only: "bundled" },
);
