// An engine is killed again and again under load, and held to all that it has said whenever it is there again.
import type Docker from "dockerode";
import { setTimeout as after } from "node:timers/promises";
import type { EngineUnderTest } from "./engines.ts";
import {
  describeProcesses,
  measureFootprint,
  processesOf,
  settledFootprint,
  type Footprint,
} from "./footprint.ts";
import { Ledger } from "./kill-ledger.ts";
import { workers } from "./kill-workers.ts";
import { readProc, signalIfThere } from "./proc.ts";
import { eventually, run } from "./processes.ts";

const LONGEST_ROUND = 600;
const LONGEST_RECOVERY = 250;
/** Of so many kills one is followed by another while the engine comes up again. */
const RECOVERIES_KILLED = 3;
const COUNTER = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.005; done';

function isDaemon(pid: number): boolean {
  return readProc(pid, "cmdline").includes("/dist/engine.js");
}

/** Starts the engine and kills it before it is done with that, or soon after. */
async function startAndKill(engine: EngineUnderTest, milliseconds: number): Promise<void> {
  const started = engine.slipway(["engine", "start"]); // may fail: its engine went away
  const daemon = await eventually("an engine comes up", () => processesOf(engine.root ?? "").find(isDaemon));
  await after(milliseconds);
  signalIfThere(daemon, "SIGKILL");
  await started;
}

interface Round {
  readonly engine: EngineUnderTest;
  readonly number: number;
  readonly counter: string;
  readonly milliseconds: number;
}

/** Runs the load for so many milliseconds and kills the engine in the midst of it. */
async function loadAndKill(round: Round): Promise<{ ledger: Ledger; followed: readonly string[] }> {
  const pid = (await round.engine.status()).pid;
  const ledger = new Ledger();
  let followed: readonly string[] = [];
  const load = {
    docker: round.engine.client(),
    ledger,
    round: round.number,
    counter: round.counter,
    onFollowed: (lines: readonly string[]) => (followed = lines),
  };
  const failures: unknown[] = [];
  const working = workers.map((worker, number) => worker(load, number));
  for (const work of working) work.catch((error: unknown) => failures.push(error));
  await after(round.milliseconds);
  const early = failures[0];
  process.kill(pid, "SIGKILL");
  await Promise.allSettled(working);
  if (early !== undefined) throw new Error("a worker failed before the engine was killed", { cause: early });
  return { ledger, followed };
}

/** Containers whose policy brings them back are back, or about to be. */
async function faultsOfPolicies(docker: Docker, ledger: Ledger): Promise<string[]> {
  const awaited = ledger.containers.filter(
    ({ expectation, started, removing }) => expectation.kind === "comes back" && started && !removing,
  );
  const faults = await Promise.all(
    awaited.map(({ id, name }) =>
      eventually(`${name} comes back`, async () => {
        const { State } = await docker.getContainer(id).inspect();
        return State.Running ? true : undefined;
      }).then(
        () => undefined,
        (error: unknown) => String(error),
      ),
    ),
  );
  return faults.filter((fault) => fault !== undefined);
}

async function removeAll(docker: Docker, ledger: Ledger, keep: string): Promise<void> {
  const all = await docker.listContainers({ all: true });
  await Promise.all(
    all
      .filter(({ Id }) => Id !== keep)
      .map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
  const { Volumes } = await docker.listVolumes();
  const networks = await docker.listNetworks();
  await Promise.all([
    ...Volumes.map(({ Name }) => docker.getVolume(Name).remove()),
    ...networks
      .filter(({ Name }) => Name.startsWith("load-"))
      .map(({ Id }) => docker.getNetwork(Id).remove()),
  ]);
  for (const tag of ledger.left("tag"))
    await docker
      .getImage(tag)
      .remove()
      .catch((error: { statusCode?: number }) => {
        if (error.statusCode !== 404) throw error; // it was only asked for
      });
  // One that was loaded and had not got its name yet.
  await docker.pruneImages({ filters: { dangling: ["true"] } });
}

/** The numbers that do not follow the one before them; `first` is where they must begin. */
function misplaced(text: string, first: number | undefined): string[] {
  const numbers = text
    .split("\n")
    .map((line) => /line (\d+)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .map(Number);
  const start = first ?? numbers[0] ?? 0;
  return numbers.filter((number, index) => number !== start + index).map((number) => `line ${number}`);
}

/** Files that are left only by a write that was cut short; the engine has been up since. */
async function unfinishedFiles(root: string): Promise<string[]> {
  const names = ["*.tmp", "*.new", "*.quarantined", ".new-*", ".removed-*"].flatMap((name) => [
    "-o",
    "-name",
    name,
  ]);
  const { stdout } = await run("find", [root, "(", ...names.slice(1), ")"]);
  return stdout.split("\n").filter(Boolean);
}

/** Files of what should be finished that stay: what is removed is emptied beside everything else. */
async function leftOver(root: string): Promise<readonly string[]> {
  const none = async (): Promise<readonly string[] | undefined> => {
    const files = await unfinishedFiles(root);
    return files.length === 0 ? files : undefined;
  };
  return eventually("every removal has ended", none).catch(() => unfinishedFiles(root));
}

/** What must come out as it went in. */
export interface KillReport {
  /** Containers that were begun. */
  readonly containers: number;
  /** Sentences about what was not as promised. */
  readonly wrong: readonly string[];
  /** Lines of a container that lived through all, which are not where they belong. */
  readonly misplacedLines: readonly string[];
  readonly before: Footprint;
  readonly after: Footprint;
}

/** Makes now what is made once and kept. */
async function makeWhatStays(docker: Docker): Promise<void> {
  await docker.createVolume({ Name: "first" });
  const first = await docker.createContainer({
    Image: "slipway/host",
    Cmd: ["true"],
    Volumes: { "/data": {} },
    HostConfig: { Memory: 64 * 1024 * 1024 },
  });
  await first.start();
  await first.wait();
  await first.remove({ v: true });
  await docker.getVolume("first").remove();
}

/** Waits until the counts are what they were; gives them as they then are. */
async function footprintLike(before: Footprint, root: string): Promise<Footprint> {
  const same = async (): Promise<Footprint | undefined> => {
    const now = await measureFootprint(root);
    return JSON.stringify(now) === JSON.stringify(before) ? now : undefined;
  };
  return eventually("what has ended is gone", same).catch(() => measureFootprint(root));
}

/** Kills the engine at that many moments chosen by `random` (0 to 1) and looks what is left each time. */
export async function killAtRandom(
  engine: EngineUnderTest,
  kills: number,
  random: () => number,
): Promise<KillReport> {
  const root = engine.root ?? "";
  await engine.start();
  const docker = engine.client();
  const counter = await docker.createContainer({ Image: "slipway/host", Cmd: ["sh", "-c", COUNTER] });
  await counter.start();
  await makeWhatStays(docker);
  const before = await settledFootprint(root);
  let last = before;
  const wrong: string[] = [];
  let containers = 0;
  for (let kill = 0; kill < kills; kill++) {
    const milliseconds = random() * LONGEST_ROUND;
    const round = { engine, number: kill, counter: counter.id, milliseconds };
    const { ledger, followed } = await loadAndKill(round);
    containers += ledger.containers.length;
    if (kill % RECOVERIES_KILLED === 1) await startAndKill(engine, random() * LONGEST_RECOVERY);
    await engine.start();
    const faults = [
      ...(await ledger.faults(docker)),
      ...(await faultsOfPolicies(docker, ledger)),
      ...misplaced(followed.join("\n"), undefined).map((line) => `a follower received ${line} out of turn`),
    ];
    await removeAll(docker, ledger, counter.id);
    faults.push(...(await leftOver(root)).map((file) => `${file} is left over`));
    const now = await footprintLike(last, root);
    if (JSON.stringify(now) !== JSON.stringify(last))
      faults.push(
        `${JSON.stringify(last)} became ${JSON.stringify(now)}, with ${describeProcesses(root).join("; ")}`,
      );
    last = now;
    wrong.push(...faults.map((fault) => `kill ${kill}, ${milliseconds.toFixed(0)} ms: ${fault}`));
  }
  const log = await counter.logs({ stdout: true, stderr: true, follow: false });
  const misplacedLines = misplaced(log.toString("latin1"), 1);
  await counter.remove({ force: true });
  return { containers, wrong, misplacedLines, before, after: last };
}
