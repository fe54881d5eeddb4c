import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineUnderTest } from "../test/support/engines.ts";
import { apiCalls } from "./api-calls.ts";
import { onAllEngines } from "./each-engine.ts";
import { describeRatio, describeTimes, median, type Bench, type BenchRow } from "./measure.ts";

const services = Array.from({ length: 10 }, (_, index) => `service-${index}`);
// Version 3.9 is what docker-compose 1.29 wants to read; Slipway says that it is obsolete.
const project = [
  'version: "3.9"',
  "services:",
  ...services.flatMap((name) => [
    `  ${name}:`,
    "    image: slipway/host",
    "    command: sleep 1000",
    "    stop_grace_period: 0s",
  ]),
  "",
].join("\n");

interface Contender {
  readonly name: string;
  compose(...args: string[]): Promise<number>;
}

/** What no tool can be faster than on an engine: its own time for the calls, without a process that makes them. */
function floor(engine: EngineUnderTest): Contender {
  const calls = apiCalls(engine.host, services);
  let isUp = false;
  return {
    name: `API calls alone on ${engine.name}`,
    compose: async (command) => {
      if (command === "up" && !isUp) await calls.up();
      if (command === "down") await calls.down();
      isUp = command === "up";
      return 0;
    },
  };
}

async function timed(contender: Contender, ...args: string[]): Promise<number> {
  const start = performance.now();
  const code = await contender.compose(...args);
  if (code !== 0) throw new Error(`${contender.name}: ${args.join(" ")} ended with ${code}`);
  return performance.now() - start;
}

async function contenders(engines: readonly EngineUnderTest[], hasCompose: boolean): Promise<Contender[]> {
  const made: Contender[] = [];
  for (const engine of engines) {
    const folder = await engine.folder();
    const file = join(folder, "compose.yaml");
    await writeFile(file, project);
    made.push({
      name: `slipway on ${engine.name}`,
      compose: async (...args) => (await engine.slipway(["-p", "slipway-bench", "-f", file, ...args])).code,
    });
    if (engine.kind === "docker" && hasCompose) {
      made.push({
        name: `docker-compose on ${engine.name}`,
        compose: async (...args) =>
          (
            await engine.command("docker-compose", ["-p", "compose-bench", "-f", file, ...args], {
              timeout: 120_000,
            })
          ).code,
      });
    }
    made.push(floor(engine));
  }
  return made;
}

function of(times: ReadonlyMap<string, number[]>, { name }: Contender): number[] {
  return times.get(name) ?? [];
}

async function* compare(
  engines: readonly EngineUnderTest[],
  options: { readonly hasCompose: boolean; readonly quick: boolean },
): AsyncGenerator<BenchRow> {
  const { hasCompose, quick } = options;
  const all = await contenders(engines, hasCompose);
  const up = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  const again = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < (quick ? 1 : 10); round += 1) {
    for (const contender of all) {
      up.get(contender.name)?.push(await timed(contender, "up", "-d"));
      again.get(contender.name)?.push(await timed(contender, "up", "-d"));
      await timed(contender, "down", "-t", "0");
    }
  }
  for (const [name, values] of up) yield describeTimes(`up -d, ${name}`, values);
  for (const [name, values] of again)
    if (!name.startsWith("API calls")) yield describeTimes(`up -d with nothing to change, ${name}`, values);
  const [bundled] = all;
  const docker = all.find(({ name }) => name.startsWith("slipway on Docker"));
  const compose = all.find(({ name }) => name.startsWith("docker-compose"));
  if (bundled === undefined || docker === undefined || compose === undefined) return;
  yield describeRatio("up -d: bundled / docker-compose on dockerd", of(up, bundled), of(up, compose), 1 / 10);
  yield describeRatio("up -d: slipway / docker-compose, same dockerd", of(up, docker), of(up, compose), 0.6);
  const least = all.find(({ name }) => name === "API calls alone on Docker Engine");
  if (least !== undefined) {
    const ratio = median(of(up, least)) / median(of(up, compose));
    yield {
      text: `of docker-compose's time, dockerd's own is ${ratio.toFixed(3)}: nothing can be below`,
    };
  }
  yield describeRatio("nothing to change, same dockerd", of(again, docker), of(again, compose), 1 / 4);
}

export const bench: Bench = {
  claim:
    "`up -d` of 10 services: at most 1/10 of docker-compose on dockerd, at most 0.6 on the same dockerd, and 1/4 with nothing to change",
  async *run({ quick }) {
    const hasCompose = existsSync("/usr/bin/docker-compose");
    if (!hasCompose) yield { text: "docker-compose is not installed: only one side is measured" };
    yield* onAllEngines((engines) => compare(engines, { hasCompose, quick }));
  },
};
