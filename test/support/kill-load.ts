// Load for an engine that is killed again and again, and what must be true of it whenever it is there.
import Docker from "dockerode";
import { setTimeout as after } from "node:timers/promises";
import type { EngineUnderTest } from "./engines.ts";
import { measureFootprint, settledFootprint, type Footprint } from "./footprint.ts";
import { eventually } from "./processes.ts";

/** What a worker was told of one of its containers; what it was not told may have happened or not. */
interface Promised {
  readonly name: string;
  readonly id: string;
  readonly exitCode: number;
  started: boolean;
  /** A removal was asked for, whatever came of it. */
  removing: boolean;
  removed: boolean;
}

interface Inspected {
  readonly State: { readonly Status: string; readonly Pid: number; readonly ExitCode: number };
}

const WORKERS = 4;
const LONGEST_ROUND = 400;
const COUNTER = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.002; done';

function client(engine: EngineUnderTest): Docker {
  return new Docker({ socketPath: engine.host.slice("unix://".length) });
}

async function enginePid(engine: EngineUnderTest): Promise<number> {
  const { stdout } = await engine.slipway(["engine", "status", "--format", "json"]);
  return (JSON.parse(stdout) as { pid: number }).pid;
}

async function startEngine(engine: EngineUnderTest): Promise<void> {
  const { code, stderr } = await engine.slipway(["engine", "start"]);
  if (code !== 0) throw new Error(`the engine does not start again: ${stderr}`);
}

/** Containers made, started, looked into and removed, one life after the other, until the engine is gone. */
async function work(docker: Docker, worker: number, lives: Promised[]): Promise<never> {
  for (let life = 0; ; life++) {
    const exitCode = 1 + ((worker * 7 + life) % 100);
    const name = `load-${worker}-${lives.length}`;
    const container = await docker.createContainer({
      name,
      Image: "slipway/host",
      Cmd: ["sh", "-c", life % 2 === 0 ? `echo begun; exit ${exitCode}` : "echo begun; exec sleep 1000"],
      Volumes: { "/data": {} },
      HostConfig: { Memory: 64 * 1024 * 1024, Tmpfs: { "/scratch": "" } },
    });
    const promised = { name, id: container.id, exitCode, started: false, removing: false, removed: false };
    lives.push(promised);
    await container.start();
    promised.started = true;
    if (life % 2 === 1) {
      const exec = await container.exec({ Cmd: ["true"] });
      await exec.start({ Detach: true });
    }
    if (life % 3 === 0) continue; // left for whoever comes after the kill
    promised.removing = true;
    await container.remove({ force: true, v: true });
    promised.removed = true;
  }
}

/** Runs the load for so many milliseconds and kills the engine in the midst of it. */
async function loadAndKill(engine: EngineUnderTest, milliseconds: number): Promise<Promised[]> {
  const pid = await enginePid(engine);
  const lives: Promised[] = [];
  const docker = client(engine);
  const workers = Array.from({ length: WORKERS }, (_, worker) => work(docker, worker, lives));
  const failures: unknown[] = [];
  for (const worker of workers) worker.catch((error: unknown) => failures.push(error));
  await after(milliseconds);
  const early = failures[0];
  process.kill(pid, "SIGKILL");
  await Promise.allSettled(workers);
  if (early !== undefined) throw new Error("a worker failed before the engine was killed", { cause: early });
  return lives;
}

async function inspect(docker: Docker, id: string): Promise<Inspected | undefined> {
  try {
    return (await docker.getContainer(id).inspect()) as Inspected;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** What is wrong with a container after the engine came back; undefined when all is as it was said to be. */
async function wrongWith(docker: Docker, promised: Promised): Promise<string | undefined> {
  const found = await inspect(docker, promised.id);
  if (found === undefined) return promised.removing ? undefined : `${promised.name} is lost`;
  if (promised.removed) return `${promised.name} is back from its removal`;
  const { Status, ExitCode, Pid } = found.State;
  if (Status === "running") return Pid > 0 ? undefined : `${promised.name} runs without a process`;
  if (!promised.started) return undefined;
  const ends = Status === "exited" && (ExitCode === promised.exitCode || promised.removing);
  return ends ? undefined : `${promised.name} was started and is ${Status} with ${ExitCode}`;
}

async function removeAll(docker: Docker, keep: string): Promise<void> {
  const all = await docker.listContainers({ all: true });
  await Promise.all(
    all
      .filter(({ Id }) => Id !== keep)
      .map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
}

/** Every line the counter wrote, once and in order; the numbers that are wrong. */
async function missingLines(docker: Docker, counter: string): Promise<string[]> {
  const raw = await docker.getContainer(counter).logs({ stdout: true, stderr: true, follow: false });
  const lines = raw
    .toString("latin1")
    .split("\n")
    .map((line) => /line (\d+)$/.exec(line)?.[1])
    .filter((line) => line !== undefined);
  return lines.filter((line, index) => Number(line) !== index + 1);
}

/** What must come out as it went in. */
export interface KillReport {
  /** Containers that were begun. */
  readonly containers: number;
  /** Sentences about containers that were not as promised. */
  readonly wrong: readonly string[];
  /** Lines of a container that lived through all, which are not where they belong. */
  readonly misplacedLines: readonly string[];
  readonly before: Footprint;
  readonly after: Footprint;
}

/** Kills the engine at that many moments chosen by `random` (0 to 1) and looks what is left each time. */
export async function killAtRandom(
  engine: EngineUnderTest,
  kills: number,
  random: () => number,
): Promise<KillReport> {
  const root = engine.root ?? "";
  await startEngine(engine);
  const docker = client(engine);
  const counter = await docker.createContainer({ Image: "slipway/host", Cmd: ["sh", "-c", COUNTER] });
  await counter.start();
  // What is made once and kept is made now.
  const first = await docker.createContainer({
    Image: "slipway/host",
    Cmd: ["true"],
    Volumes: { "/data": {} },
    HostConfig: { Memory: 64 * 1024 * 1024 },
  });
  await first.start();
  await first.wait();
  await first.remove({ v: true });
  const before = await settledFootprint(root);
  const wrong: string[] = [];
  let containers = 0;
  for (let kill = 0; kill < kills; kill++) {
    const lives = await loadAndKill(engine, random() * LONGEST_ROUND);
    containers += lives.length;
    await startEngine(engine);
    for (const promised of lives) {
      const what = await wrongWith(docker, promised);
      if (what !== undefined) wrong.push(`kill ${kill}: ${what}`);
    }
    await removeAll(docker, counter.id);
  }
  const misplacedLines = await missingLines(docker, counter.id);
  const same = async (): Promise<Footprint | undefined> => {
    const now = await measureFootprint(root);
    return JSON.stringify(now) === JSON.stringify(before) ? now : undefined;
  };
  const now = await eventually("what has ended is gone", same).catch(() => measureFootprint(root));
  await counter.remove({ force: true });
  return { containers, wrong, misplacedLines, before, after: now };
}
