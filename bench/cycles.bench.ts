import type { EngineUnderTest } from "../test/support/engines.ts";
import { MeasuredEngine, oneLife, type DaemonMemory } from "../test/support/api-cycles.ts";
import { measureFootprint, settledFootprint } from "../test/support/footprint.ts";
import { eventually } from "../test/support/processes.ts";
import { onEachEngine } from "./each-engine.ts";
import type { Bench, BenchRow } from "./measure.ts";

/** Bytes for each cycle that are left to chance; an object kept for each cycle is more, with what hangs on it. */
const SLOPE_LIMIT = 200;
/** Of all samples these are too early: caches fill, and functions are compiled for the first time. */
const WARMUP_SHARE = 0.5;

/** Least squares: how much `value` grows with each cycle. */
function slope(samples: readonly { cycle: number; value: number }[]): number {
  const count = samples.length;
  const meanCycle = samples.reduce((sum, { cycle }) => sum + cycle, 0) / count;
  const meanValue = samples.reduce((sum, { value }) => sum + value, 0) / count;
  const covariance = samples.reduce(
    (sum, { cycle, value }) => sum + (cycle - meanCycle) * (value - meanValue),
    0,
  );
  return covariance / samples.reduce((sum, { cycle }) => sum + (cycle - meanCycle) ** 2, 0);
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(2);
}

function describeSlope(
  samples: readonly (DaemonMemory & { cycle: number })[],
  kind: "rss" | "heapUsed",
): BenchRow {
  const late = samples.slice(Math.floor(samples.length * WARMUP_SHARE));
  const value = slope(late.map((sample) => ({ cycle: sample.cycle, value: sample[kind] })));
  const [first, last] = [late[0]?.[kind] ?? 0, late.at(-1)?.[kind] ?? 0];
  const text = `${kind}, ${megabytes(first)} to ${megabytes(last)} MB: ${value.toFixed(0)} bytes for each cycle`;
  return kind === "heapUsed" ? { text, met: value <= SLOPE_LIMIT } : { text };
}

async function* measure(engine: EngineUnderTest, cycles: number): AsyncIterable<BenchRow> {
  const root = engine.root ?? "";
  const measured = await MeasuredEngine.start(engine);
  await oneLife(measured.docker); // what is made once and kept is made now
  const before = await settledFootprint(root);
  const descriptors = (await measured.memory()).descriptors;
  const samples: (DaemonMemory & { cycle: number })[] = [];
  const step = Math.max(1, Math.floor(cycles / 20));
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    await oneLife(measured.docker);
    if (cycle % step === 0) samples.push({ cycle, ...(await measured.memory()) });
  }
  const same = async (): Promise<true | undefined> =>
    JSON.stringify(await measureFootprint(root)) === JSON.stringify(before) &&
    (await measured.memory()).descriptors === descriptors
      ? true
      : undefined;
  const returned = await eventually("what has ended is gone", same).catch(() => false);
  const after = { ...(await measureFootprint(root)), descriptors: (await measured.memory()).descriptors };
  yield {
    text: `${engine.name}: ${cycles} cycles, ${JSON.stringify({ ...before, descriptors })} became ${returned ? "the same" : JSON.stringify(after)}`,
    met: returned,
  };
  yield describeSlope(samples, "rss");
  yield describeSlope(samples, "heapUsed");
}

export const bench: Bench = {
  claim: `1,000 lives of containers with clients that follow and vanish: nothing is left, and the daemon's heap does not grow (at most ${SLOPE_LIMIT} bytes a cycle)`,
  run: ({ quick }) =>
    onEachEngine(
      (engine) => measure(engine, quick ? 10 : 1000),
      (name) => name !== "Docker Engine",
    ),
};
