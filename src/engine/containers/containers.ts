// The containers of one engine, as the API's routes see them.
import type { Readable } from "node:stream";
import type { ContainerCreateBody, ContainerInspect, ContainerSummary } from "../api-types/container.ts";
import type { ContainerUpdateBody } from "../api-types/host-config.ts";
import type { ContainerStats } from "../api-types/stats.ts";
import type {
  AttachOptions,
  Attachment,
  CommitOptions,
  ContainerSizes,
  ContainersBackend,
  ExecBackend,
  Filters,
  LogOptions,
  OutputChunk,
  PathStat,
  WaitResult,
} from "../backend.ts";
import type { NetworkMembers } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { Turns } from "../turns.ts";
import { AppArmorProfiles } from "./apparmor-profiles.ts";
import { readArchive, statPath, writeArchive } from "./archive.ts";
import type { WriteArchiveOptions } from "./archive.ts";
import { attachTo } from "./attaching.ts";
import type { Container } from "./container.ts";
import { createContainer } from "./create.ts";
import { Execs } from "./exec.ts";
import { runProbe } from "./health-probe.ts";
import { inspectContainer } from "./inspect.ts";
import { commitContainer, containerChanges, exportContainer } from "./layer-reading.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { StopOptions } from "./lifecycle.ts";
import { listContainers } from "./list.ts";
import { LogCompression } from "./log-compression.ts";
import { openLog } from "./logs.ts";
import { networkMembers } from "./members.ts";
import type { Parts, Surroundings } from "./parts.ts";
import { emitContainer, imageIdOf } from "./parts.ts";
import { pruneContainers } from "./prune.ts";
import { recoverContainers } from "./recover.ts";
import { renameContainer } from "./rename.ts";
import { requireRunning } from "./require-running.ts";
import { Runs } from "./runs.ts";
import { ContainerStore } from "./store.ts";
import { containerStats } from "./stats.ts";
import type { StatsOptions } from "./stats.ts";
import { whileStill } from "./still.ts";
import { processTable } from "./top.ts";
import type { ProcessTable } from "./top.ts";
import { updateContainer } from "./update.ts";
import { imageUsers, PendingImages } from "./image-users.ts";
import { PendingVolumes, volumeUsers } from "./volume-users.ts";
import { containerSizes } from "./container-sizes.ts";

/** What containers/ gives to the rest of the engine. */
export interface ContainersService {
  readonly containers: ContainersBackend;
  readonly execs: ExecBackend;
  /**
   * Finds out what became of the containers; to be awaited once, when every other part is ready, before the first request. `adopt` of
   * networks/ is called for those that run.
   */
  recover(): Promise<void>;
  /** Whether a container runs, waits for its policy to start it again, or is being started. */
  readonly areNeeded: boolean;
  /** Lets go of all containers, which live on; resolves when nothing is left of those that were removed. */
  close(): Promise<void>;
}

/** The members that networks/ needs, and a way to give containers/ its surroundings later: the two need each other. */
interface ContainersFoundation {
  readonly members: NetworkMembers;
  complete(surroundings: Surroundings): ContainersService;
}

/** First half of the making: the store, which knows nothing of networks. */
export function foundContainers(context: Surroundings["context"]): ContainersFoundation {
  const store = new ContainerStore(context);
  return {
    members: networkMembers({ store }),
    complete: (surroundings) => {
      const logCompression = new LogCompression((container, text) =>
        context.log(`container ${container.saved.name}: ${text}`),
      );
      const appArmor = new AppArmorProfiles(context.log);
      return new Containers({ ...surroundings, store, launches: new Turns(), logCompression, appArmor });
    },
  };
}

class Containers implements ContainersBackend, ContainersService {
  readonly execs: Execs;
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;
  readonly #pending = { volumes: new PendingVolumes(), images: new PendingImages() };

  constructor(parts: Parts) {
    this.#parts = parts;
    this.execs = new Execs(parts);
    const runs = new Runs(parts, (container, config, signal) =>
      runProbe(this.execs, container, { config, signal }),
    );
    this.#lifecycle = new Lifecycle(parts, runs);
    parts.volumes.setUsers((volume) => volumeUsers(parts.store, this.#pending.volumes, volume));
    parts.images.setUsers((imageId) => imageUsers(parts.store, this.#pending.images, imageId));
  }

  get containers(): ContainersBackend {
    return this;
  }

  get areNeeded(): boolean {
    return (
      this.#lifecycle.runs.isStarting || this.#parts.store.all().some(({ saved }) => saved.state.running)
    );
  }

  recover(): Promise<void> {
    return recoverContainers(this.#parts, this.#lifecycle);
  }

  async close(): Promise<void> {
    this.#lifecycle.runs.close();
    await Promise.all([this.#parts.logCompression.close(), this.#parts.store.discards.settled()]);
  }

  create(
    body: ContainerCreateBody,
    options: { name?: string; platform?: string; leavesMode?: boolean },
  ): Promise<{ Id: string; Warnings: string[] }> {
    return createContainer(this.#parts, this.#pending, { body, ...options });
  }

  list(options: { all: boolean; limit?: number; filters: Filters }): ContainerSummary[] {
    return listContainers(this.#parts.store.all(), options, {
      find: (ref) => this.#parts.store.find(ref),
      imageId: (ref) => imageIdOf(this.#parts, ref),
    });
  }

  inspect(ref: string): ContainerInspect {
    return inspectContainer(this.#get(ref));
  }

  async sizes(ids: readonly string[]): Promise<ReadonlyMap<string, ContainerSizes>> {
    const containers = ids.map((id) => this.#parts.store.find(id)).filter((found) => found !== undefined);
    return await containerSizes(this.#parts, containers);
  }

  async start(ref: string): Promise<boolean> {
    return await this.#lifecycle.start(this.#get(ref));
  }

  async stop(ref: string, options: StopOptions): Promise<boolean> {
    return await this.#lifecycle.stop(this.#get(ref), options);
  }

  async restart(ref: string, options: StopOptions): Promise<void> {
    await this.#lifecycle.restart(this.#get(ref), options);
  }

  async kill(ref: string, signal: string): Promise<void> {
    await this.#lifecycle.kill(this.#get(ref), signal);
  }

  wait(
    ref: string,
    condition: "not-running" | "next-exit" | "removed",
    signal: AbortSignal,
  ): { result: Promise<WaitResult> } {
    const container = this.#get(ref);
    if (condition === "removed") return { result: container.waiters.next("removal", signal) };
    const { state } = container.saved;
    const over = condition === "not-running" && !state.running;
    if (over) return { result: Promise.resolve({ StatusCode: state.exitCode }) };
    return { result: container.waiters.next("exit", signal) };
  }

  async remove(ref: string, options: { force: boolean; volumes: boolean }): Promise<void> {
    await this.#lifecycle.remove(this.#get(ref), options);
  }

  async rename(ref: string, text: string): Promise<void> {
    await renameContainer(this.#parts, this.#get(ref), text);
  }

  async resize(ref: string, size: { rows: number; columns: number }): Promise<void> {
    const container = this.#running(ref);
    container.shim?.resize(size.rows, size.columns);
    emitContainer(this.#parts, container, "resize", {
      height: String(size.rows),
      width: String(size.columns),
    });
  }

  async attach(ref: string, options: AttachOptions): Promise<Attachment> {
    return attachTo(this.#parts, this.#get(ref), options);
  }

  async logs(
    ref: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<{ tty: boolean; records: AsyncIterable<OutputChunk> }> {
    const container = this.#get(ref);
    if (container.saved.hostConfig.LogConfig?.Type === "none") {
      throw new EngineError("not-implemented", "configured logging driver does not support reading");
    }
    return { tty: container.saved.config.Tty ?? false, records: await openLog(container, options, signal) };
  }

  async pause(ref: string): Promise<void> {
    await this.#lifecycle.pause(this.#get(ref));
  }

  async unpause(ref: string): Promise<void> {
    await this.#lifecycle.unpause(this.#get(ref));
  }

  async update(ref: string, body: ContainerUpdateBody): Promise<{ Warnings: string[] }> {
    const container = this.#get(ref);
    return await container.exclusive(() => updateContainer(this.#parts, container, body));
  }

  stats(ref: string, options: StatsOptions, signal: AbortSignal): AsyncIterable<ContainerStats> {
    return containerStats(this.#parts, this.#get(ref), { ...options, signal });
  }

  async top(ref: string, psArgs: string): Promise<ProcessTable> {
    const container = this.#running(ref);
    const processes = await processTable(this.#parts.context.native, container, psArgs);
    emitContainer(this.#parts, container, "top");
    return processes;
  }

  prune(filters: Filters): Promise<{ ContainersDeleted: string[]; SpaceReclaimed: number }> {
    return pruneContainers(this.#parts, this.#lifecycle, filters);
  }

  async commit(ref: string, options: CommitOptions): Promise<{ Id: string }> {
    const container = this.#get(ref);
    const commit = (): Promise<string> => commitContainer(this.#parts, container, options);
    return { Id: await (options.pause ? whileStill(this.#lifecycle, container, commit) : commit()) };
  }

  async export(ref: string): Promise<Readable> {
    return await exportContainer(this.#parts, this.#get(ref));
  }

  async changes(ref: string): Promise<{ Path: string; Kind: 0 | 1 | 2 }[]> {
    return await containerChanges(this.#parts, this.#get(ref));
  }

  async archiveStat(ref: string, path: string): Promise<PathStat> {
    return await statPath(this.#parts, this.#get(ref), path);
  }

  async archiveGet(ref: string, path: string): Promise<{ stat: PathStat; tar: Readable }> {
    return await readArchive(this.#parts, this.#get(ref), path);
  }

  async archivePut(ref: string, path: string, tar: Readable, options: WriteArchiveOptions): Promise<void> {
    await writeArchive(this.#parts, this.#get(ref), { path, tar, options });
  }

  #get(ref: string): Container {
    return this.#parts.store.get(ref);
  }

  #running(ref: string): Container {
    const container = this.#get(ref);
    requireRunning(container);
    return container;
  }
}
