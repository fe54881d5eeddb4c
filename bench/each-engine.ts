// The engines that benchmarks run on: those that this machine can start, and why not the others.
import { engineChoices, type EngineUnderTest } from "../test/support/engines.ts";
import type { BenchRow } from "./measure.ts";

/** Measures on one engine after the other, each started before and ended after. `accepts`: of which engines, by their names. */
export async function* onEachEngine(
  measure: (engine: EngineUnderTest) => AsyncIterable<BenchRow>,
  accepts: (name: string) => boolean = () => true,
): AsyncGenerator<BenchRow> {
  for (const choice of engineChoices().filter(({ name }) => accepts(name))) {
    if (choice.unavailable !== undefined) {
      yield { text: `${choice.name}: left out, ${choice.unavailable}` };
      continue;
    }
    const engine = await choice.start();
    try {
      yield* measure(engine);
    } finally {
      await engine.stop();
    }
  }
}

/** Measures on all engines side by side: they end when that has. */
export async function* onAllEngines(
  measure: (engines: readonly EngineUnderTest[]) => AsyncIterable<BenchRow>,
): AsyncGenerator<BenchRow> {
  const engines: EngineUnderTest[] = [];
  try {
    for (const choice of engineChoices()) {
      if (choice.unavailable === undefined) engines.push(await choice.start());
      else yield { text: `${choice.name}: left out, ${choice.unavailable}` };
    }
    yield* measure(engines);
  } finally {
    for (const engine of engines) await engine.stop();
  }
}

/** The first: the bundled engine as whoever runs the benchmark. */
export function isOwnEngine(name: string): boolean {
  return name === engineChoices()[0]?.name;
}
