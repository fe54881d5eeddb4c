import type { EngineUnderTest } from "../test/support/engines.ts";
import { killAtRandom } from "../test/support/kill-load.ts";
import { onEachEngine } from "./each-engine.ts";
import type { Bench, BenchRow } from "./measure.ts";

async function* measure(engine: EngineUnderTest, kills: number): AsyncGenerator<BenchRow> {
  const report = await killAtRandom(engine, kills, Math.random);
  const leaked = JSON.stringify(report.after) !== JSON.stringify(report.before);
  const faults = [
    ...report.wrong,
    ...report.misplacedLines.slice(0, 5).map((line) => `line ${line} is not where it belongs`),
    ...(leaked ? [`${JSON.stringify(report.before)} became ${JSON.stringify(report.after)}`] : []),
  ];
  yield {
    text: `${engine.name}: ${kills} kills, ${report.containers} containers, ${faults.length} faults`,
    met: faults.length === 0,
  };
  for (const fault of faults) yield { text: `  ${fault}` };
}

export const bench: Bench = {
  claim:
    "the engine killed with SIGKILL at 200 random moments under load: nothing lost, nothing twice, nothing left",
  run: ({ quick }) =>
    onEachEngine(
      (engine) => measure(engine, quick ? 3 : 200),
      (name) => name !== "Docker Engine",
    ),
};
