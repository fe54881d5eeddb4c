// What the engine's folders need of each other. Each interface is implemented in the folder it is named after.
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { ContainerConfig } from "./api-types/container-config.ts";
import type { EngineEvent } from "./api-types/event.ts";
import type { HostConfig, PortBinding } from "./api-types/host-config.ts";
import type { EndpointSettings } from "./api-types/network.ts";

/** One directive of the specification that the native binary reads: a name and its fields (docs/native.md). */
export type Directive = readonly [name: string, ...fields: string[]];

/** native/: the C binary and the engine's namespaces. */
export interface Native {
  readonly binary: string;
  readonly rootless: boolean;
  /** The process that keeps the engine's namespaces; started when there is none yet. */
  anchor(): Promise<number>;
  /** Runs a subcommand inside the anchor's user namespace to its end; throws EngineError with what it said on stderr. */
  call(
    args: readonly string[],
    options?: { input?: Buffer | Readable; signal?: AbortSignal },
  ): Promise<Buffer>;
  /** The same, with its stdout as a stream; `done` rejects with what it said on stderr. */
  stream(
    args: readonly string[],
    options?: { input?: Readable },
  ): Promise<{ output: Readable; done: Promise<void> }>;
  /** Makes what `shim` and `remove` need, if it is not there yet. */
  ready(): Promise<void>;
  /** Starts the shim of a `run` or an `exec`, which outlives this process; gives its first control connection. */
  shim(kind: "run" | "exec", specification: readonly Directive[]): Promise<Socket>;
  /** Removes folders and all that is in them, whoever of the engine's user namespace it belongs to; missing is fine. */
  remove(folders: readonly string[]): Promise<void>;
}

/** Where the engine keeps things and what it may do; made once at start. */
export interface EngineContext {
  /** State directory, absolute. */
  readonly root: string;
  /** What all of this engine's own cgroups live below, per controller; missing controllers cannot be limited. */
  readonly cgroups: CgroupLayout;
  readonly native: Native;
  /** Whether containers have but one id, that of the engine's user (default: false). */
  readonly hasOneId?: boolean;
  /** Whether processes can be given no higher limits (rlimits) than the engine has itself (default: false). */
  readonly hasFixedLimits?: boolean;
  readonly emit: (event: Pick<EngineEvent, "Type" | "Action" | "Actor">) => void;
  /** One line in the engine's log. */
  readonly log: (message: string) => void;
}

type CgroupController = "memory" | "cpu" | "cpuacct" | "cpuset" | "pids" | "freezer" | "blkio" | "devices";

/** Where cgroups can be made, and what they can limit. */
export interface CgroupLayout {
  readonly version: 1 | 2;
  /** Parents of the containers' groups, per controller; missing ones cannot be had. Version 2: the same for all. */
  readonly directories: Readonly<Partial<Record<CgroupController, string>>>;
  /** Where a `CgroupParent` begins: the whole hierarchy for root, what has been delegated for others. */
  readonly tops: Readonly<Partial<Record<CgroupController, string>>>;
  /** Names of the files that this kernel has in the containers' groups. */
  readonly files: ReadonlySet<string>;
}

/** What containers/ tells networks/ of a container. */
export interface NetworkMember {
  readonly id: string;
  /** Without the slash. */
  readonly name: string;
  readonly hostname: string;
}

/** networks/, as seen from containers/. */
export interface ContainerNetworking {
  /**
   * At create: checks the mode and the endpoints (networks exist, addresses fit, aliases allowed) and gives the endpoints to keep,
   * keyed by network name; `container:…` gives none. `macAddress` is for the network of the mode, where the endpoint names none.
   * `leavesMode` (default: false): where endpoints are given, the network of the mode is not added to them.
   */
  prepare(request: {
    readonly member: NetworkMember;
    readonly networkMode: string;
    readonly endpoints: Readonly<Record<string, EndpointSettings | null>>;
    readonly leavesMode?: boolean;
    readonly macAddress?: string | undefined;
  }): Record<string, EndpointSettings>;
  /**
   * At start: takes addresses, makes bridges exist, enters the names. The endpoints come back complete; `address` is where published
   * ports lead to, `hostAddress` where those are bound that name no address of the host (undefined: on all).
   */
  up(
    member: NetworkMember,
    endpoints: Readonly<Record<string, EndpointSettings>>,
  ): Promise<{
    endpoints: Record<string, EndpointSettings>;
    directives: Directive[];
    address: string | undefined;
    hostAddress?: string | undefined;
  }>;
  /** At exit: gives the addresses back and takes the names out. Endpoints come back empty of addresses. Never throws. */
  down(
    member: NetworkMember,
    endpoints: Readonly<Record<string, EndpointSettings>>,
  ): Promise<Record<string, EndpointSettings>>;
  /** After a restart of the engine: the container still runs with these. */
  adopt(member: NetworkMember, endpoints: Readonly<Record<string, EndpointSettings>>): void;
  /**
   * After a restart of the engine, before `adopt`: takes the interface with this MAC address from a running container, whose change was cut
   * short. Gives the endpoints that are left.
   */
  settle(
    running: { readonly member: NetworkMember; readonly pid: number },
    endpoints: Readonly<Record<string, EndpointSettings>>,
    mac: string,
  ): Promise<Record<string, EndpointSettings>>;
  renamed(member: NetworkMember, endpoints: Readonly<Record<string, EndpointSettings>>): Promise<void>;
}

/** containers/, as seen from networks/ (live connect and disconnect). */
export interface NetworkMembers {
  /** Containers, running or not, that have an endpoint on the network. */
  membersOf(networkName: string): { member: NetworkMember; running: boolean; endpoint: EndpointSettings }[];
  find(ref: string): {
    member: NetworkMember;
    running: boolean;
    pid: number;
    networkMode: string;
    endpoints: Record<string, EndpointSettings>;
  };
  /** Runs a change when nothing else (a start, an end, a removal, another change) is under way with the container. */
  inTurn(ref: string, change: () => Promise<void>): Promise<void>;
  /**
   * Notes, before anything is done, that the interface with this MAC address is being added to a running container or taken from it;
   * undefined: that was undone. An engine that is killed in between leaves the next one to take it away.
   */
  noteUnsettled(id: string, mac: string | undefined): void;
  /** Ends what `noteUnsettled` began. */
  saveEndpoints(id: string, endpoints: Record<string, EndpointSettings>): Promise<void>;
}

/** One overlay of a container's root. */
export interface RootLayers {
  /** Where it is mounted: `/`, and for images made of the host's own folders others too. */
  readonly target: string;
  readonly upper: string;
  /** Topmost first. */
  readonly lower: readonly string[];
}

/** What an image made from a container says of itself. */
export interface CommittedImage {
  readonly config: ContainerConfig;
  /** Lines of a Dockerfile that alter the configuration. */
  readonly changes: readonly string[];
  /** What the container ran, for the history. */
  readonly command: string;
  readonly comment?: string;
  readonly author?: string;
  readonly repo?: string;
  readonly tag?: string;
}

/** images/, as seen from containers/. */
export interface ImageRoots {
  /**
   * Throws "No such image: x:tag" (not-found), also when it is for another platform than `platform`. `warnings`: it is not for this machine.
   */
  resolve(ref: string, platform?: string): { id: string; config: ContainerConfig; warnings: string[] };
  /** The id alone, of an image for whatever platform. Throws like `resolve`. */
  idOf(ref: string): string;
  /**
   * The mount directives that give a container with this image its root: the overlay on `/` (lower layers of the image, upper and work
   * below `writable`) and, for images made of the host's own folders, those. Creates the writable folders when missing.
   */
  mountRoot(imageId: string, writable: string): Promise<Directive[]>;
  /** Bytes of an image's files; 0 for one that has no layers of its own. */
  size(imageId: string): number;
  /** Mounts an image at `target` inside a container, to be read only. Throws EngineError (invalid) for one that has no layers of its own. */
  mountImage(imageId: string, target: string, subpath: string): Directive;
  /** A container's root to be read as it is now, running or not: its writable layer is one more layer below. */
  readRoot(imageId: string, writable: string): Promise<Directive[]>;
  /** The folders that make up a container's root, by where they are mounted. Creates the writable folders when missing. */
  rootLayers(imageId: string, writable: string): Promise<readonly RootLayers[]>;
  /**
   * Makes an image of a container's: its layers, and one more from the archive. `name`: as it was asked for, "" for none. Throws EngineError (invalid) when the image has no layers
   * of its own.
   */
  commit(imageId: string, layer: Readable, options: CommittedImage): Promise<{ id: string; name: string }>;
  /** Ids of the containers that use an image come from here, for `rmi` and prune. */
  setUsers(users: (imageId: string) => readonly { id: string; running: boolean }[]): void;
}

/** How a container mounts a volume. */
export interface VolumeMountOptions {
  readonly readOnly: boolean;
  /** What of it, by a relative path that no link leads out of; undefined: all. */
  readonly subpath?: string;
  /** `PID:PATH`: where a running container has it mounted already; undefined: nowhere. */
  readonly sharedWith?: string;
}

/** volumes/, as seen from containers/. */
export interface ContainerVolumes {
  /** Creates it when missing. `anonymous`: whoever needs it chose a name that nobody else knows. */
  ensure(
    name: string,
    options?: {
      driver?: string;
      driverOpts?: Record<string, string>;
      labels?: Record<string, string>;
      anonymous?: boolean;
    },
  ): Promise<{ name: string; created: boolean; path: string }>;
  /** Mount directives that put the volume at `target` (a bind for local ones; what driver options ask for otherwise). */
  mount(name: string, target: string, options: VolumeMountOptions): Promise<Directive[]>;
  /** True where driver options ask for a file system, which all who use the volume at one time have to share. */
  hasOwnFileSystem(name: string): boolean;
  /** Copies what the image has at `target` into a volume that is still empty, with ownership. `rootMounts` from ImageRoots.mountRoot. */
  populate(name: string, target: string, rootMounts: readonly Directive[]): Promise<void>;
  setUsers(users: (volumeName: string) => readonly string[]): void;
  /** True for one that was made anonymous. */
  isAnonymous(name: string): boolean;
}

/** What containers/ keeps of a published port once it is bound. */
export type PublishedPorts = Record<string, PortBinding[] | null>;

/** A container as saved: the API's own objects, and what only the engine knows. */
export interface ContainerRecord {
  readonly id: string;
  name: string;
  readonly created: string;
  readonly imageId: string;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
}
