// What the API's routes need of the engine, noun by noun. The nouns' folders implement it; `main.ts` puts them together.
// Values keep the Docker Engine API's own casing where they are that API's objects.
import type { Readable } from "node:stream";
import type { ContainerCreateBody, ContainerInspect, ContainerSummary } from "./api-types/container.ts";
import type { ContainerConfig } from "./api-types/container-config.ts";
import type { EngineEvent } from "./api-types/event.ts";
import type { ExecCreateBody, ExecInspect } from "./api-types/exec.ts";
import type { ContainerUpdateBody } from "./api-types/host-config.ts";
import type { ImageInspect, ImageSummary } from "./api-types/image.ts";
import type { NetworkConnectBody, NetworkCreateBody, NetworkInspect } from "./api-types/network.ts";
import type { ContainerStats } from "./api-types/stats.ts";
import type { VolumeCreateBody, VolumeInspect } from "./api-types/volume.ts";
import type { Moment } from "./moments.ts";

/** Filters of a list request, both wire shapes already made one: key -> accepted values. */
export type Filters = ReadonlyMap<string, readonly string[]>;

/** One piece of a container's output. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Buffer;
}

/** A live connection to the standard streams of a container or exec; `output` ends when the process has ended. */
export interface Attachment {
  readonly tty: boolean;
  readonly output: AsyncIterable<OutputChunk>;
  /** Writing ends input's backpressure in the returned promise. */
  write(bytes: Buffer): Promise<void>;
  /** The client has nothing more to say (half-close). */
  closeInput(): void;
  /** Lets go of the streams; the process lives on. */
  detach(): void;
}

export interface AttachOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Follow what comes from now on. */
  readonly stream: boolean;
  /** Replay the log first. */
  readonly logs: boolean;
}

export interface LogOptions {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** undefined: no bound. */
  readonly since?: Moment;
  readonly until?: Moment;
  /** undefined: all. */
  readonly tail?: number;
  /** With the labels and variables that the log options name before each line. */
  readonly details?: boolean;
}

/** Bytes of files. */
export interface ContainerSizes {
  /** That the container has written. */
  readonly SizeRw: number;
  /** Those and its image's. */
  readonly SizeRootFs: number;
}

export interface WaitResult {
  readonly StatusCode: number;
  readonly Error?: { readonly Message: string };
}

/** Every method throws EngineError (errors.ts) for what the client is to be told. `ref` is a full id, a unique prefix or a name. */
export interface ContainersBackend {
  /** `platform`: what the image must be for. `leavesMode`: the network of its mode is not joined where the body names another. */
  create(
    body: ContainerCreateBody,
    options: { name?: string; platform?: string; leavesMode?: boolean },
  ): Promise<{ Id: string; Warnings: string[] }>;
  list(options: { all: boolean; limit?: number; filters: Filters }): ContainerSummary[];
  inspect(ref: string): ContainerInspect;
  /** By id, of those of the ids that there still are. */
  sizes(ids: readonly string[]): Promise<ReadonlyMap<string, ContainerSizes>>;
  /** False: it was running already (304). */
  start(ref: string): Promise<boolean>;
  /** False: it was not running (304). `timeout` in seconds, -1 waits for ever. */
  stop(ref: string, options: { timeout?: number; signal?: string }): Promise<boolean>;
  restart(ref: string, options: { timeout?: number; signal?: string }): Promise<void>;
  kill(ref: string, signal: string): Promise<void>;
  /** Checks the reference at once (throws), so that the reply's head can be sent before the result is there. */
  wait(
    ref: string,
    condition: "not-running" | "next-exit" | "removed",
    signal: AbortSignal,
  ): { result: Promise<WaitResult> };
  remove(ref: string, options: { force: boolean; volumes: boolean }): Promise<void>;
  rename(ref: string, name: string): Promise<void>;
  resize(ref: string, size: { rows: number; columns: number }): Promise<void>;
  attach(ref: string, options: AttachOptions): Promise<Attachment>;
  /** Each yielded chunk is one log record, timestamp prefix included when asked for. The log is open, even if the container is removed before it is read. */
  logs(
    ref: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<{ tty: boolean; records: AsyncIterable<OutputChunk> }>;
  /** Holds all its processes still. */
  pause(ref: string): Promise<void>;
  unpause(ref: string): Promise<void>;
  update(ref: string, body: ContainerUpdateBody): Promise<{ Warnings: string[] }>;
  /** Checks the reference at once. Streamed: one look every second. `oneShot`: one look, with nothing to compare it with. */
  stats(
    ref: string,
    options: { stream: boolean; oneShot: boolean },
    signal: AbortSignal,
  ): AsyncIterable<ContainerStats>;
  top(ref: string, psArgs: string): Promise<{ Titles: string[]; Processes: string[][] }>;
  prune(filters: Filters): Promise<{ ContainersDeleted: string[]; SpaceReclaimed: number }>;
  /** Makes an image of what the container has become. */
  commit(ref: string, options: CommitOptions): Promise<{ Id: string }>;
  /** Its whole root as a tar archive, without volumes. */
  export(ref: string): Promise<Readable>;
  /** What it changed of its image: 0 changed, 1 added, 2 deleted. */
  changes(ref: string): Promise<{ Path: string; Kind: 0 | 1 | 2 }[]>;
  archiveStat(ref: string, path: string): Promise<PathStat>;
  /** A tar stream of the path. */
  archiveGet(ref: string, path: string): Promise<{ stat: PathStat; tar: Readable }>;
  archivePut(
    ref: string,
    path: string,
    tar: Readable,
    options: { noOverwriteDirNonDir: boolean; copyUIDGID: boolean },
  ): Promise<void>;
}

export interface ExecBackend {
  create(ref: string, body: ExecCreateBody): Promise<{ Id: string }>;
  /** Starts it and lets it be. */
  startDetached(id: string): Promise<void>;
  /** Starts it (or joins one that runs) and gives its streams; a failure to start comes as output, exit code 126/127. */
  startAttached(id: string, options: { tty: boolean }): Promise<Attachment>;
  resize(id: string, size: { rows: number; columns: number }): Promise<void>;
  inspect(id: string): ExecInspect;
}

/** What to make of a container's image: `config` in place of its own, then `changes` to that. */
export interface CommitOptions {
  /** Hold a running container's processes still meanwhile, where that can be had. */
  readonly pause: boolean;
  readonly config?: ContainerConfig;
  readonly changes: readonly string[];
  readonly repo?: string;
  readonly tag?: string;
  readonly comment?: string;
  readonly author?: string;
}

/** What X-Docker-Container-Path-Stat carries; `mode` is Go's os.FileMode. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly mtime: string;
  readonly linkTarget: string;
}

export interface ImagesBackend {
  list(options: {
    all: boolean;
    filters: Filters;
    sharedSize?: boolean;
    /** Tell of each image's manifest too; also below. */
    manifests?: boolean;
  }): ImageSummary[];
  /** Bytes of all layers, each counted once. */
  layersSize(): number;
  /** `platform`, here and below: `os/architecture[/variant]` or JSON; an image for another one counts as not found. */
  inspect(ref: string, options?: { platform?: string; manifests?: boolean }): ImageInspect;
  history(
    ref: string,
    options?: { platform?: string },
  ): {
    Id: string;
    Created: number;
    CreatedBy: string;
    Tags: string[] | null;
    Size: number;
    Comment: string;
  }[];
  tag(ref: string, repo: string, tag: string): Promise<void>;
  remove(
    ref: string,
    options: { force: boolean; noprune: boolean },
  ): Promise<({ Untagged: string } | { Deleted: string })[]>;
  /** docker-archive or OCI layout, plain or compressed; yields the progress lines of the API. */
  load(archive: Readable, options?: { platform?: string }): AsyncIterable<object>;
  /** A root file system as a tar stream, or the address of one, becomes an image of one layer; aborting `signal` gives a download up. */
  import(
    archive: Readable | string,
    options: { repo?: string; tag?: string; message?: string; changes: readonly string[]; platform?: string },
    signal?: AbortSignal,
  ): AsyncIterable<object>;
  /** `auth` is the X-Registry-Auth header as it came; aborting `signal` gives the pull up. */
  pull(
    ref: string,
    options: { platform?: string; auth?: string },
    signal?: AbortSignal,
  ): AsyncIterable<object>;
  /** Without a tag all of the repository's. */
  push(
    ref: string,
    options: { tag?: string; auth?: string; platform?: string },
    signal?: AbortSignal,
  ): AsyncIterable<object>;
  /** One archive with all of them, in Docker's layout and the OCI's. Throws at once for what is not there. */
  save(refs: readonly string[], options?: { platform?: string }): Readable;
  /** Rejects (unauthorized) when the registry refuses. */
  checkLogin(
    login: { username?: string; password?: string; serveraddress?: string; identitytoken?: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** What a registry says of a name: `{Descriptor, Platforms}`. */
  describeRemote(ref: string, options: { auth?: string }, signal: AbortSignal): Promise<object>;
  prune(filters: Filters): Promise<{ ImagesDeleted: object[]; SpaceReclaimed: number }>;
}

export interface NetworksBackend {
  create(body: NetworkCreateBody): Promise<{ Id: string; Warning: string }>;
  list(filters: Filters): NetworkInspect[];
  inspect(ref: string): NetworkInspect;
  remove(ref: string): Promise<void>;
  connect(ref: string, body: NetworkConnectBody): Promise<void>;
  disconnect(ref: string, container: string, force: boolean): Promise<void>;
  prune(filters: Filters): Promise<{ NetworksDeleted: string[] }>;
}

export interface VolumesBackend {
  create(body: VolumeCreateBody): Promise<VolumeInspect>;
  list(filters: Filters): { Volumes: VolumeInspect[]; Warnings: string[] };
  inspect(name: string): VolumeInspect;
  remove(name: string, force: boolean): Promise<void>;
  prune(filters: Filters): Promise<{ VolumesDeleted: string[]; SpaceReclaimed: number }>;
  /** Bytes of the files in each volume, by name. */
  sizes(): Promise<ReadonlyMap<string, number>>;
}

export interface EventsBackend {
  /** Replays what is kept since `since` (if given), then live until `until` or abort. */
  subscribe(
    options: { since?: Moment; until?: Moment; filters: Filters },
    signal: AbortSignal,
  ): AsyncIterable<EngineEvent>;
}

/** What takes room on the disk. */
export type DiskUser = "container" | "image" | "volume" | "build-cache";

export interface SystemBackend {
  info(): Promise<object>;
  version(): object;
  /** What is not among `kinds` is null in it. */
  diskUsage(kinds: ReadonlySet<DiskUser>): Promise<object>;
  /** `GET /slipway/status`: pid, socket, root, mode, version, egress, features with consequence and remedy. */
  status(): object;
  /** `POST /slipway/shutdown`: stops the containers, answers, then leaves. */
  shutdown(): Promise<void>;
}

export interface Backend {
  readonly system: SystemBackend;
  readonly events: EventsBackend;
  readonly containers: ContainersBackend;
  readonly execs: ExecBackend;
  readonly images: ImagesBackend;
  readonly networks: NetworksBackend;
  readonly volumes: VolumesBackend;
}
