import type Docker from "dockerode";
import { finished } from "node:stream/promises";
import type { EngineUnderTest } from "../test/support/engines.ts";
import { onAllEngines } from "./each-engine.ts";
import {
  describeFigure,
  describeRatio,
  describeTimes,
  median,
  timeSides,
  type Bench,
  type BenchRow,
  type Side,
} from "./measure.ts";

interface Target {
  readonly engine: EngineUnderTest;
  readonly docker: Docker;
  readonly id: string;
}

async function target(engine: EngineUnderTest): Promise<Target> {
  await engine.start();
  const docker = engine.client();
  const container = await docker.createContainer({ Image: "slipway/host", Cmd: ["sleep", "1000"] });
  await container.start();
  return { engine, docker, id: container.id };
}

/** Create, start with output, read to the end, ask for the exit code. */
function throughApi({ engine, docker, id }: Target): Side {
  return {
    name: `API exec, ${engine.name}`,
    async once() {
      const exec = await docker
        .getContainer(id)
        .exec({ Cmd: ["/bin/true"], AttachStdout: true, AttachStderr: true });
      const stream = await exec.start({ hijack: true });
      await finished(stream.resume(), { writable: false });
      const { ExitCode } = await exec.inspect();
      if (ExitCode !== 0) throw new Error(`the exec ended with ${ExitCode}`);
    },
  };
}

function throughCli({ engine, id }: Target): Side {
  return {
    name: `docker exec, ${engine.name}`,
    once: async () => void (await engine.succeed("exec", id, "/bin/true")),
  };
}

async function* compare(targets: readonly Target[], quick: boolean): AsyncGenerator<BenchRow> {
  const sides = targets.flatMap((each) => [throughApi(each), throughCli(each)]);
  const times = await timeSides(sides, quick ? 2 : 30, 2);
  for (const [name, values] of times) yield describeTimes(name, values);
  const bundled = targets.find(({ engine }) => engine.kind === "bundled")?.engine;
  const docker = targets.find(({ engine }) => engine.kind === "docker")?.engine;
  if (bundled === undefined) return;
  const api = times.get(`API exec, ${bundled.name}`) ?? [];
  yield describeFigure("bundled engine through the API", median(api), 15, "ms");
  if (docker === undefined) return;
  const other = times.get(`API exec, ${docker.name}`) ?? [];
  yield describeRatio("bundled engine / dockerd, through the API", api, other, 1 / 2);
}

export const bench: Bench = {
  claim: "a trivial command in a running container: at most 15 ms, and at most half of the same on dockerd",
  run: ({ quick }) =>
    onAllEngines(async function* (engines) {
      const targets: Target[] = [];
      try {
        for (const engine of engines) targets.push(await target(engine));
        yield* compare(targets, quick);
      } finally {
        for (const { docker, id } of targets) await docker.getContainer(id).remove({ force: true });
      }
    }),
};
