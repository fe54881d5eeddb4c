import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { EngineUnderTest } from "../test/support/engines.ts";
import { kilobytesOf, statFields } from "../test/support/proc.ts";
import { isOwnEngine, onEachEngine } from "./each-engine.ts";
import { describeFigure, type Bench, type BenchRow } from "./measure.ts";

const IDLE = ["slipway/host", "sleep", "1000"];

/** Seconds of processor time a process has used. */
function processorSeconds(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Percent of one processor that the daemon uses, once connections that are kept for a while have had their last say. */
async function processorShare(pid: number, quick: boolean): Promise<number> {
  await setTimeout(quick ? 1000 : 10_000);
  const seconds = quick ? 2 : 60; // the collector comes back once, later than that, for some hundredths of a second
  const before = processorSeconds(pid);
  await setTimeout(seconds * 1000);
  return ((processorSeconds(pid) - before) / seconds) * 100;
}

async function runTimes(engine: EngineUnderTest, count: number, ...options: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1)
    ids.push((await engine.succeed("run", "-d", ...options, ...IDLE)).trim());
  return ids;
}

/** Reads the container's log as it comes, until the connection is closed. */
async function follow(engine: EngineUnderTest, id: string): Promise<Readable> {
  const log = (await engine.client().getContainer(id).logs({ follow: true, stdout: true })) as Readable;
  log.on("error", () => undefined); // it is cut off on purpose
  return log.resume();
}

async function* measure(engine: EngineUnderTest, quick: boolean): AsyncGenerator<BenchRow> {
  const followers: Readable[] = [];
  try {
    await engine.start();
    const { pid } = await engine.status();
    await runTimes(engine, 10);
    const idle = await processorShare(pid, quick);
    yield describeFigure("ten idle containers: processor", idle, 0.1, "%");
    yield describeFigure("resident memory", kilobytesOf(pid, "status", "VmRSS") / 1024, 60, "MB");
    await engine.clear();

    const ids = await runTimes(engine, 20, "--health-cmd", "true", "--health-interval", "5s");
    for (const id of ids) followers.push(await follow(engine, id));
    const watched = await processorShare(pid, quick);
    yield describeFigure("20 probed each 5 s and followed: processor", watched, 2, "%");
  } finally {
    for (const follower of followers) follower.destroy();
    await engine.clear();
  }
}

export const bench: Bench = {
  claim:
    "an idle engine with ten idle containers: at most 60 MB and 0.1 % of one processor; with 20 that are probed and followed: 2 %",
  run: ({ quick }) => onEachEngine((engine) => measure(engine, quick), isOwnEngine),
};
