import { engineChoices } from "../test/support/engines.ts";
import { killAtRandom } from "../test/support/kill-load.ts";
import type { Bench } from "./measure.ts";

export const bench: Bench = {
  claim:
    "the engine killed with SIGKILL at 200 random moments under load: nothing lost, nothing twice, nothing left",
  async *run({ quick }) {
    for (const choice of engineChoices()) {
      if (choice.name === "Docker Engine") continue;
      if (choice.unavailable !== undefined) {
        yield { text: `${choice.name}: left out, ${choice.unavailable}` };
        continue;
      }
      const engine = await choice.start();
      try {
        const kills = quick ? 3 : 200;
        const report = await killAtRandom(engine, kills, Math.random);
        const leaked = JSON.stringify(report.after) !== JSON.stringify(report.before);
        const faults = [
          ...report.wrong,
          ...report.misplacedLines.slice(0, 5).map((line) => `line ${line} is not where it belongs`),
          ...(leaked ? [`${JSON.stringify(report.before)} became ${JSON.stringify(report.after)}`] : []),
        ];
        yield {
          text: `${choice.name}: ${kills} kills, ${report.containers} containers, ${faults.length} faults`,
          met: faults.length === 0,
        };
        for (const fault of faults) yield { text: `  ${fault}` };
      } finally {
        await engine.stop();
      }
    }
  },
};
