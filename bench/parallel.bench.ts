import Docker from "dockerode";
import { engineChoices, type EngineUnderTest } from "../test/support/engines.ts";
import { describeRatio, median, type Bench, type BenchRow } from "./measure.ts";

const TOGETHER = [50, 200];
const RESIDENTS = [1, 50, 200];
/** Starts beside the residents, for a median. */
const STARTS = 9;

const client = (engine: EngineUnderTest): Docker =>
  new Docker({ socketPath: engine.host.slice("unix://".length) });

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

/** Milliseconds of a start, the only one at that time, while that many other containers run. */
async function startBeside(docker: Docker, counts: readonly number[]): Promise<Map<number, number[]>> {
  const residents: Docker.Container[] = [];
  const times = new Map<number, number[]>();
  const add = async (): Promise<void> => {
    const container = await docker.createContainer({ Image: "slipway/host", Cmd: ["sleep", "1000"] });
    residents.push(container);
    await container.start();
  };
  try {
    for (const count of counts) {
      while (residents.length < count) await add();
      const own: number[] = [];
      for (let start = 0; start < STARTS; start += 1) {
        const container = await docker.createContainer({ Image: "slipway/host", Cmd: ["sleep", "1000"] });
        const begun = performance.now();
        await container.start();
        own.push(performance.now() - begun);
        await container.remove({ force: true });
      }
      times.set(count, own);
    }
  } finally {
    await Promise.all(residents.map((container) => container.remove({ force: true })));
  }
  return times;
}

interface Measured {
  readonly engine: EngineUnderTest;
  readonly together: ReadonlyMap<number, number>;
}

async function* measure(
  engine: EngineUnderTest,
  options: { quick: boolean; measured: Measured[] },
): AsyncGenerator<BenchRow> {
  if (engine.kind === "bundled") await engine.slipway(["engine", "start"]);
  const docker = client(engine);
  const together = new Map<number, number>();
  await runTogether(docker, 4); // what is made once is made now
  for (const count of options.quick ? [4] : TOGETHER) {
    const took = await runTogether(docker, count);
    together.set(count, took);
    const each = (took / count).toFixed(1);
    yield { text: `${engine.name}: ${count} containers at once, ${took.toFixed(0)} ms, ${each} ms each` };
  }
  options.measured.push({ engine, together });
  if (engine.kind === "docker") return;
  const beside = await startBeside(docker, options.quick ? [1, 4] : RESIDENTS);
  const medians = [...beside].map(([count, times]) => `${count}: ${median(times).toFixed(1)} ms`);
  yield { text: `${engine.name}: a start beside so many others, ${medians.join(", ")}` };
  const [few = [], ...more] = [...beside.values()];
  yield describeRatio("a start beside the most / beside one", more.at(-1) ?? few, few, 1.5);
}

function* compare(measured: readonly Measured[]): Generator<BenchRow> {
  const docker = measured.find(({ engine }) => engine.kind === "docker");
  if (docker === undefined) return;
  for (const { engine, together } of measured) {
    if (engine.kind === "docker") continue;
    for (const [count, took] of together) {
      const other = docker.together.get(count) ?? 0;
      yield describeRatio(`${count} at once, ${engine.name} / dockerd`, [took], [other], 1 / 10);
    }
  }
}

export const bench: Bench = {
  claim:
    "50 and 200 trivial containers at once: at most 1/10 of dockerd's time; a start beside 200 others at most 1.5 times one beside a single other",
  async *run({ quick }) {
    const measured: Measured[] = [];
    for (const choice of engineChoices()) {
      if (choice.unavailable !== undefined) {
        yield { text: `${choice.name}: left out, ${choice.unavailable}` };
        continue;
      }
      const engine = await choice.start();
      try {
        yield* measure(engine, { quick, measured });
      } finally {
        await engine.stop();
      }
    }
    yield* compare(measured);
  },
};
