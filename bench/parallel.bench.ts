import type Docker from "dockerode";
import type { EngineUnderTest } from "../test/support/engines.ts";
import { onEachEngine } from "./each-engine.ts";
import { describeRatio, type Bench, type BenchRow } from "./measure.ts";

const TOGETHER = [50, 200];

/** Milliseconds until so many containers, begun at once, have been made, run to their end and removed. */
async function runTogether(docker: Docker, count: number): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: count }, async () => {
      const container = await docker.createContainer({ Image: "slipway/host", Cmd: ["/bin/true"] });
      await container.start();
      const { StatusCode } = (await container.wait()) as { StatusCode: number };
      if (StatusCode !== 0) throw new Error(`a container ended with ${StatusCode}`);
      await container.remove();
    }),
  );
  return performance.now() - begun;
}

interface Measured {
  readonly engine: EngineUnderTest;
  readonly together: ReadonlyMap<number, number>;
}

async function* measure(
  engine: EngineUnderTest,
  options: { quick: boolean; measured: Measured[] },
): AsyncGenerator<BenchRow> {
  await engine.start();
  const docker = engine.client();
  const together = new Map<number, number>();
  await runTogether(docker, 4); // what is made once is made now
  for (const count of options.quick ? [4] : TOGETHER) {
    const took = await runTogether(docker, count);
    together.set(count, took);
    const each = (took / count).toFixed(1);
    yield { text: `${engine.name}: ${count} containers at once, ${took.toFixed(0)} ms, ${each} ms each` };
  }
  options.measured.push({ engine, together });
}

function* compare(measured: readonly Measured[]): Generator<BenchRow> {
  const docker = measured.find(({ engine }) => engine.kind === "docker");
  if (docker === undefined) return;
  for (const { engine, together } of measured) {
    if (engine.kind === "docker") continue;
    for (const [count, took] of together) {
      const other = docker.together.get(count) ?? 0;
      yield describeRatio(`${count} at once, ${engine.name} / dockerd`, [took], [other], 1 / 5);
    }
  }
}

export const bench: Bench = {
  claim:
    "50 and 200 trivial containers, each made, run and removed, all at once: at most 1/5 of dockerd's time",
  async *run({ quick }) {
    const measured: Measured[] = [];
    yield* onEachEngine((engine) => measure(engine, { quick, measured }));
    yield* compare(measured);
  },
};
