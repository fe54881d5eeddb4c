import type Docker from "dockerode";
import { request } from "node:http";
import type { EngineUnderTest } from "../test/support/engines.ts";
import { processesOf } from "../test/support/footprint.ts";
import { commandName, kilobytesOf } from "../test/support/proc.ts";
import { onEachEngine } from "./each-engine.ts";
import { describeFigure, describeRatio, describeTimes, type Bench, type BenchRow } from "./measure.ts";

/** How many containers run while one more is started. */
const POPULATIONS = [1, 50, 200];
const PARALLEL = [50, 200];

const ANSWERER = ["sh", "-c", "echo here > /tmp/index.html; exec busybox httpd -f -p 80 -h /tmp"];

async function startAnswerer(docker: Docker): Promise<void> {
  const container = await docker.createContainer({
    Image: "slipway/host",
    Cmd: ANSWERER,
    ExposedPorts: { "80/tcp": {} },
    HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] } },
  });
  await container.start();
}

async function removeAll(docker: Docker): Promise<void> {
  const all = await docker.listContainers({ all: true });
  await Promise.all(all.map(({ Id }) => docker.getContainer(Id).remove({ force: true })));
}

function answerOf(port: number): Promise<string> {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path: "/index.html" }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve(text));
    });
    asked.on("error", (error) => resolve(error.message));
    asked.end();
  });
}

/** Sentences about running containers whose published port does not answer. */
async function silent(docker: Docker): Promise<number> {
  const ports = (await docker.listContainers()).map(({ Ports }) => Ports[0]?.PublicPort ?? 0);
  const answers = await Promise.all(ports.map(answerOf));
  return answers.filter((answer) => answer !== "here\n").length;
}

/** Milliseconds that creating and starting one more takes; each is removed again. */
async function oneMore(docker: Docker, rounds: number): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    const container = await docker.createContainer({ Image: "slipway/host", Cmd: ["sleep", "1000"] });
    await container.start();
    times.push(performance.now() - begin);
    await container.remove({ force: true });
  }
  return times.slice(1);
}

/** Kilobytes, each page shared with others counted in part, of the processes that an engine keeps for its containers. */
function keepersMemory(root: string): number {
  return processesOf(root)
    .filter((pid) => /^slipway-(shim|side)$/.test(commandName(pid)))
    .reduce((sum, pid) => sum + kilobytesOf(pid, "smaps_rollup", "Pss"), 0);
}

async function* measurePopulations(
  engine: EngineUnderTest,
  populations: readonly number[],
): AsyncIterable<BenchRow> {
  const docker = engine.client();
  const { pid } = await engine.status();
  const resident = (): number => kilobytesOf(pid, "status", "VmRSS");
  const times = new Map<number, number[]>();
  let running = 0;
  const first = resident();
  for (const population of populations) {
    const missing = population - running;
    await Promise.all(Array.from({ length: missing }, () => startAnswerer(docker)));
    running = population;
    times.set(population, await oneMore(docker, 16));
    yield describeTimes(`one more beside ${population}, ${engine.name}`, times.get(population) ?? []);
  }
  const unanswered = await silent(docker);
  yield { text: `${running} containers at once: ${unanswered} do not answer`, met: unanswered === 0 };
  const [few, many] = [times.get(populations[0] ?? 0) ?? [], times.get(populations.at(-1) ?? 0) ?? []];
  yield describeRatio(`one more beside ${running} / beside ${populations[0]}`, many, few, 1.5);
  yield describeFigure(
    "shim and side process of a container",
    keepersMemory(engine.root ?? "") / running,
    1024,
    "kB",
  );
  yield { text: `daemon: ${((resident() - first) / running).toFixed(1)} kB more for each container` };
  await removeAll(docker);
  const left = (await docker.listContainers({ all: true })).length;
  yield { text: `removed together: ${left} are left`, met: left === 0 };
}

async function runInParallel(engine: EngineUnderTest, count: number): Promise<number> {
  const begin = performance.now();
  const ended = await Promise.all(
    Array.from({ length: count }, () =>
      engine.docker(["run", "-d", "slipway/host", "sleep", "1000"], { timeout: 600_000 }),
    ),
  );
  const time = performance.now() - begin;
  const failed = ended.find(({ code }) => code !== 0);
  if (failed !== undefined) throw new Error(`${engine.name}: ${failed.stderr}`);
  await removeAll(engine.client());
  return time;
}

async function* measure(
  engine: EngineUnderTest,
  options: { readonly quick: boolean; readonly times: Map<number, Map<string, number>> },
): AsyncGenerator<BenchRow> {
  const { quick, times } = options;
  if (engine.kind === "bundled") {
    await engine.start();
    yield* measurePopulations(engine, quick ? [1, 4] : POPULATIONS);
  }
  for (const [count, ofEngine] of times) {
    const time = await runInParallel(engine, count);
    ofEngine.set(engine.name, time);
    yield { text: `docker run -d, ${count} at once, ${engine.name}: ${time.toFixed(0)} ms` };
  }
}

export const bench: Bench = {
  claim:
    "one more container beside 200 running ones takes at most 1.5 times as long as beside one; 200 start, answer and go",
  async *run({ quick }) {
    const times = new Map((quick ? [4] : PARALLEL).map((count) => [count, new Map<string, number>()]));
    yield* onEachEngine(
      (engine) => measure(engine, { quick, times }),
      (name) => !name.includes("one id"),
    );
    for (const [count, ofEngine] of times) {
      const docker = ofEngine.get("Docker Engine");
      if (docker === undefined) continue;
      for (const [name, time] of ofEngine)
        if (name !== "Docker Engine")
          yield { text: `${count} at once, ${name}: ${(time / docker).toFixed(3)} of dockerd's` };
    }
  },
};
