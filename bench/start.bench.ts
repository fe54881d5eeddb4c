import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
import { NativeLauncher } from "./native-launcher.ts";
import { OciRuntime } from "./oci-runtime.ts";

const WARMUP = 2;
const COMMAND = ["/bin/true"];

interface ApiSide extends Side {
  /** Milliseconds from create to exit of every round, warm-up included. */
  readonly toExit: number[];
}

/** Create, start, wait for the end, remove: four calls of the API on a connection that is kept. */
function throughApi(engine: EngineUnderTest): ApiSide {
  const toExit: number[] = [];
  const docker = engine.client();
  return {
    name: `API create+start+exit+remove, ${engine.name}`,
    toExit,
    async once() {
      const start = performance.now();
      const container = await docker.createContainer({ Image: "slipway/host", Cmd: COMMAND });
      await container.start();
      const { StatusCode } = (await container.wait()) as { StatusCode: number };
      if (StatusCode !== 0) throw new Error(`the container ended with ${StatusCode}`);
      toExit.push(performance.now() - start);
      await container.remove();
    },
  };
}

function throughCli(engine: EngineUnderTest): Side {
  return {
    name: `docker run --rm, ${engine.name}`,
    once: async () => void (await engine.succeed("run", "--rm", "slipway/host", ...COMMAND)),
  };
}

/** Busybox, and where the runtimes mount things. */
function makeRootFileSystem(folder: string): string {
  const rootfs = join(folder, "rootfs");
  for (const name of ["bin", "proc", "sys", "dev", "etc", "tmp"])
    mkdirSync(join(rootfs, name), { recursive: true });
  copyFileSync(execFileSync("which", ["busybox"], { encoding: "utf8" }).trim(), join(rootfs, "bin/busybox"));
  symlinkSync("busybox", join(rootfs, "bin/true"));
  return rootfs;
}

/** The launcher and the runtimes of others, on one root file system; those that are not here are told by `leftOut`. */
async function openRuntimes(
  folder: string,
  leftOut: (text: string) => void,
): Promise<(NativeLauncher | OciRuntime)[]> {
  if (process.getuid?.() !== 0) {
    leftOut("the native launcher, crun and runc: left out, need root");
    return [];
  }
  const options = { folder, rootfs: makeRootFileSystem(folder), command: COMMAND };
  const opened: (NativeLauncher | OciRuntime)[] = [await NativeLauncher.open(options)];
  for (const runtime of ["crun", "runc"]) {
    const unavailable = OciRuntime.unavailable(runtime);
    if (unavailable === undefined) opened.push(OciRuntime.open(runtime, options));
    else leftOut(`${runtime}: left out, ${unavailable}`);
  }
  return opened;
}

function* compare(
  engines: readonly { readonly engine: EngineUnderTest; readonly api: ApiSide }[],
  times: ReadonlyMap<string, number[]>,
): Generator<BenchRow> {
  for (const [name, values] of times) yield describeTimes(name, values);
  const run = times.get("docker run --rm, Docker Engine");
  const crun = times.get("crun run");
  const alone = times.get("native launcher alone");
  for (const { engine, api } of engines) {
    if (engine.kind === "docker") continue;
    const toExit = api.toExit.slice(WARMUP);
    const whole = times.get(api.name) ?? [];
    yield describeFigure(`create to exit, ${engine.name}`, median(toExit), 25, "ms");
    if (run !== undefined) {
      yield describeRatio(`create to exit / docker run --rm on dockerd`, toExit, run, 1 / 10);
      yield describeRatio(`with the removal / docker run --rm on dockerd`, whole, run, 1 / 15);
      const cli = times.get(throughCli(engine).name) ?? [];
      yield describeRatio(`docker run --rm / docker run --rm on dockerd`, cli, run, 1 / 2);
    }
    if (crun !== undefined && engine.user === undefined)
      yield describeRatio(`with the removal / crun run`, whole, crun, 1.5);
  }
  if (crun !== undefined && alone !== undefined)
    yield describeRatio("native launcher alone / crun run", alone, crun, 1);
}

async function* measure(engines: readonly EngineUnderTest[], quick: boolean): AsyncGenerator<BenchRow> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  let runtimes: (NativeLauncher | OciRuntime)[] = [];
  const notes: string[] = [];
  try {
    for (const engine of engines) await engine.start();
    runtimes = await openRuntimes(folder, (text) => notes.push(text));
    for (const text of notes) yield { text };
    const all = engines.map((engine) => ({ engine, api: throughApi(engine), cli: throughCli(engine) }));
    const sides = [...all.flatMap(({ api, cli }) => [api, cli]), ...runtimes];
    const times = await timeSides(sides, quick ? 2 : 20, WARMUP);
    yield* compare(all, times);
  } finally {
    for (const runtime of runtimes) await runtime.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const bench: Bench = {
  claim:
    "a trivial container: at most 25 ms from create to exit and 1/10 of `docker run --rm` on dockerd; with the removal at most 1/15 of that, and 1.5 times `crun run`",
  run: ({ quick }) => onAllEngines((engines) => measure(engines, quick)),
};
