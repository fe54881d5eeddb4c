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

/** Create, start, wait for the end, remove: four calls of the API on a connection that is kept. */
function throughApi(engine: EngineUnderTest, command: string[]): Side {
  const docker = new Docker({ socketPath: engine.host.slice("unix://".length) });
  return {
    name: `API create+start+exit+remove, ${engine.name}`,
    async once() {
      const container = await docker.createContainer({ Image: "slipway/host", Cmd: command });
      await container.start();
      const { StatusCode } = (await container.wait()) as { StatusCode: number };
      if (StatusCode !== 0) throw new Error(`the container ended with ${StatusCode}`);
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
    "a trivial container from create to removal: at most 25 ms, and at most 1/15 of `docker run --rm` on dockerd",
  async *run({ quick }) {
    const engines: EngineUnderTest[] = [];
    try {
      for (const choice of engineChoices()) {
        if (choice.unavailable === undefined) engines.push(await choice.start());
        else yield { text: `${choice.name}: left out, ${choice.unavailable}` };
      }
      for (const engine of engines) if (engine.kind === "bundled") await engine.slipway(["engine", "start"]);
      const command = ["/bin/true"];
      const sides = engines.flatMap((engine) => [throughApi(engine, command), throughCli(engine, command)]);
      const times = await timeSides(sides, quick ? 2 : 20, 2);
      for (const [name, values] of times) yield describeTimes(name, values);
      const bundled = engines.find(({ kind }) => kind === "bundled");
      const docker = engines.find(({ kind }) => kind === "docker");
      if (bundled === undefined) return;
      const api = times.get(`API create+start+exit+remove, ${bundled.name}`) ?? [];
      yield describeFigure("bundled engine through the API", median(api), 25, "ms");
      if (docker === undefined) return;
      yield describeRatio(
        "bundled API / docker run --rm",
        api,
        times.get(`docker run --rm, ${docker.name}`) ?? [],
        1 / 15,
      );
      yield describeRatio(
        "bundled API / dockerd API",
        api,
        times.get(`API create+start+exit+remove, ${docker.name}`) ?? [],
        1 / 10,
      );
    } finally {
      for (const engine of engines) await engine.stop();
    }
  },
};
