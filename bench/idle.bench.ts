import type { EngineUnderTest } from "../test/support/engines.ts";
import { kilobytesOf, statFields } from "../test/support/proc.ts";
import { isOwnEngine, onEachEngine } from "./each-engine.ts";
import { describeFigure, type Bench, type BenchRow } from "./measure.ts";

/** Seconds of processor time a process has used. */
function processorSeconds(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function* measure(engine: EngineUnderTest, quick: boolean): AsyncGenerator<BenchRow> {
  try {
    await engine.start();
    const { pid } = await engine.status();
    for (let index = 0; index < 10; index += 1)
      await engine.succeed("run", "-d", "slipway/host", "sleep", "1000");
    const seconds = quick ? 2 : 30;
    // Connections that are kept for a while, and the collector, have their last say first.
    await new Promise((resolve) => setTimeout(resolve, quick ? 1000 : 10_000));
    const before = processorSeconds(pid);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    yield describeFigure("processor", ((processorSeconds(pid) - before) / seconds) * 100, 0.1, "%");
    yield describeFigure("resident memory", kilobytesOf(pid, "status", "VmRSS") / 1024, 60, "MB");
  } finally {
    await engine.clear();
  }
}

export const bench: Bench = {
  claim: "an idle engine with ten idle containers: at most 60 MB and 0.1 % of one processor",
  run: ({ quick }) => onEachEngine((engine) => measure(engine, quick), isOwnEngine),
};
