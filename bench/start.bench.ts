import Docker from "dockerode";
import { engineChoices, type EngineUnderTest } from "../test/support/engines.ts";
import {
  describeFigure,
  describeRatio,
  describeTimes,
  median,
  timeSides,
  type Bench,
  type Side,
} from "./measure.ts";

const WARMUP = 2;

interface ApiSide extends Side {
  /** Milliseconds from create to exit of every round, warm-up included. */
  readonly toExit: number[];
}

/** Create, start, wait for the end, remove: four calls of the API on a connection that is kept. */
function throughApi(engine: EngineUnderTest, command: string[]): ApiSide {
  const toExit: number[] = [];
  const docker = new Docker({ socketPath: engine.host.slice("unix://".length) });
  return {
    name: `API create+start+exit+remove, ${engine.name}`,
    toExit,
    async once() {
      const start = performance.now();
      const container = await docker.createContainer({ Image: "slipway/host", Cmd: command });
      await container.start();
      const { StatusCode } = (await container.wait()) as { StatusCode: number };
      if (StatusCode !== 0) throw new Error(`the container ended with ${StatusCode}`);
      toExit.push(performance.now() - start);
      await container.remove();
    },
  };
}

function throughCli(engine: EngineUnderTest, command: string[]): Side {
  return {
    name: `docker run --rm, ${engine.name}`,
    async once() {
      const result = await engine.docker(["run", "--rm", "slipway/host", ...command]);
      if (result.code !== 0) throw new Error(result.stderr);
    },
  };
}

export const bench: Bench = {
  claim:
    "a trivial container: at most 25 ms from create to exit and 1/10 of `docker run --rm` on dockerd; at most 1/15 with the removal",
  async *run({ quick }) {
    const engines: EngineUnderTest[] = [];
    try {
      for (const choice of engineChoices()) {
        if (choice.unavailable === undefined) engines.push(await choice.start());
        else yield { text: `${choice.name}: left out, ${choice.unavailable}` };
      }
      for (const engine of engines) if (engine.kind === "bundled") await engine.slipway(["engine", "start"]);
      const command = ["/bin/true"];
      const api = engines.map((engine) => throughApi(engine, command));
      const sides = engines.flatMap((engine, index) => [
        api[index] ?? throughApi(engine, command),
        throughCli(engine, command),
      ]);
      const times = await timeSides(sides, quick ? 2 : 20, WARMUP);
      for (const [name, values] of times) yield describeTimes(name, values);
      const docker = engines.find(({ kind }) => kind === "docker");
      const run = times.get(`docker run --rm, ${docker?.name}`);
      for (const [index, engine] of engines.entries()) {
        if (engine.kind === "docker") continue;
        const toExit = api[index]?.toExit.slice(WARMUP) ?? [];
        const whole = times.get(`API create+start+exit+remove, ${engine.name}`) ?? [];
        yield describeFigure(`create to exit, ${engine.name}`, median(toExit), 25, "ms");
        if (run === undefined) continue;
        yield describeRatio(`create to exit / docker run --rm on dockerd`, toExit, run, 1 / 10);
        yield describeRatio(`with the removal / docker run --rm on dockerd`, whole, run, 1 / 15);
      }
    } finally {
      for (const engine of engines) await engine.stop();
    }
  },
};
