// What clients of an engine were told, so that it can be held to it after it was killed: what it acknowledged must be so, and what it was
// only asked for may have happened or not.
import type Docker from "dockerode";
import { readProc } from "./proc.ts";

export type Noun = "volume" | "network" | "tag";

/** asked ──acknowledged──> there ──asked to remove──> removing ──acknowledged──> removed */
type Standing = "asked" | "there" | "removing" | "removed";

/** How a container must be found once its start was acknowledged. */
export type Expectation =
  | { readonly kind: "runs" }
  | { readonly kind: "ends"; readonly exitCode: number }
  /** Its policy brings it back again and again. */
  | { readonly kind: "comes back" };

/** What a worker was told of one of its containers. */
export interface PromisedContainer {
  readonly id: string;
  readonly name: string;
  readonly expectation: Expectation;
  started: boolean;
  /** Somebody asked for its end by force, whatever came of it. */
  stopping: boolean;
  stopped: boolean;
  removing: boolean;
  removed: boolean;
}

interface Inspected {
  readonly State: { readonly Status: string; readonly Pid: number; readonly ExitCode: number };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
}

/** Exit statuses of a process that was killed, or whose init was told to end first. */
const KILLED = [137, 143];

/** Everything that was asked for and answered in one round. */
export class Ledger {
  readonly containers: PromisedContainer[] = [];
  readonly #things = new Map<string, { noun: Noun; name: string; standing: Standing }>();

  promise(id: string, name: string, expectation: Expectation): PromisedContainer {
    const promised = {
      id,
      name,
      expectation,
      started: false,
      stopping: false,
      stopped: false,
      removing: false,
      removed: false,
    };
    this.containers.push(promised);
    return promised;
  }

  /** Makes something, and notes what is known of it before and after. */
  async make<T>(noun: Noun, name: string, make: () => Promise<T>): Promise<T> {
    const thing = { noun, name, standing: "asked" as Standing };
    this.#things.set(`${noun} ${name}`, thing);
    const made = await make();
    thing.standing = "there";
    return made;
  }

  async remove(noun: Noun, name: string, remove: () => Promise<unknown>): Promise<void> {
    const thing = this.#things.get(`${noun} ${name}`);
    if (thing !== undefined) thing.standing = "removing";
    await remove();
    if (thing !== undefined) thing.standing = "removed";
  }

  /** Names of what may still be there. */
  left(noun: Noun): string[] {
    return [...this.#things.values()]
      .filter((thing) => thing.noun === noun && thing.standing !== "removed")
      .map(({ name }) => name);
  }

  /** Sentences about everything that is not as it was said to be. */
  async faults(docker: Docker): Promise<string[]> {
    const found = await Promise.all([
      ...this.containers.map((promised) => containerFault(docker, promised)),
      ...[...this.#things.values()].map(async ({ noun, name, standing }) => {
        const isThere = (await inspectThing(docker, noun, name)) !== undefined;
        if (standing === "there" && !isThere) return `${noun} ${name} is lost`;
        if (standing === "removed" && isThere) return `${noun} ${name} is back from its removal`;
        return undefined;
      }),
    ]);
    return found.filter((fault) => fault !== undefined);
  }
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** Undefined when there is no such thing. */
export function inspectThing(docker: Docker, noun: Noun, name: string): Promise<unknown> {
  switch (noun) {
    case "volume":
      return unlessMissing(docker.getVolume(name).inspect());
    case "network":
      return unlessMissing(docker.getNetwork(name).inspect());
    case "tag":
      return unlessMissing(docker.getImage(name).inspect());
  }
}

/** How many interfaces a process sees beside `lo`; undefined when it has ended. */
function interfacesOf(pid: number): number | undefined {
  const devices = readProc(pid, "net/dev");
  return devices === "" ? undefined : devices.trim().split("\n").length - 3;
}

async function containerFault(docker: Docker, promised: PromisedContainer): Promise<string | undefined> {
  const { id, name, expectation } = promised;
  const found = (await unlessMissing(docker.getContainer(id).inspect())) as Inspected | undefined;
  if (found === undefined) return promised.removing ? undefined : `${name} is lost`;
  if (promised.removed) return `${name} is back from its removal`;
  if (!promised.started) return undefined;
  const { Status, ExitCode, Pid } = found.State;
  if (Status === "running" && Pid <= 0) return `${name} runs without a process`;
  const networks = Object.keys(found.NetworkSettings.Networks).length;
  const interfaces = Status === "running" ? interfacesOf(Pid) : undefined;
  if (interfaces !== undefined && interfaces !== networks)
    return `${name} is on ${networks} networks and has ${interfaces} interfaces`;
  const is = `${name} was started and is ${Status} with ${ExitCode}`;
  const wasKilled = Status === "exited" && KILLED.includes(ExitCode);
  if (promised.stopped && expectation.kind === "runs") return wasKilled ? undefined : is;
  if ((promised.stopping || promised.removing) && wasKilled) return undefined;
  if (expectation.kind === "ends")
    return Status === "running" || (Status === "exited" && ExitCode === expectation.exitCode)
      ? undefined
      : is;
  if (expectation.kind === "runs") return Status === "running" ? undefined : is;
  // Between two runs it is whatever the moment makes it; that it comes back is looked at by the caller.
  return undefined;
}
