// What can be asked of the planner, and what it answers.

import type { Diagnostic } from "../diagnostics/index.ts";
import type { Plan } from "./plan.ts";

/** When an existing container is replaced: where it differs from the file, never, or always. */
export type RecreatePolicy = "diverged" | "never" | "force";

/** Which images are pulled: as each service says (default: those missing), or the same for all. */
export type PullPolicy = "always" | "missing" | "never";

/** What `up` is asked to do. Everything may be left out. */
export interface UpOptions {
  /** The services named; absent: all enabled ones. Those they depend on come along. */
  readonly services?: readonly string[];
  /** Leaves the dependencies alone, and does not wait for them. Default: false. */
  readonly noDeps?: boolean;
  /** Replicas by service; wins over the file. */
  readonly scale?: Readonly<Record<string, number>>;
  /** Default: "diverged". */
  readonly recreate?: RecreatePolicy;
  /** The same for services that are only there as dependencies of those named. Default: "diverged". */
  readonly recreateDependencies?: RecreatePolicy;
  /** New anonymous volumes instead of those of the container replaced. Default: false. */
  readonly renewAnonymousVolumes?: boolean;
  /** Keys of volumes whose data may be lost to make them what the file now says. Default: none. */
  readonly recreateVolumes?: readonly string[];
  /** Removes containers of services that the file does not have. Default: false, they are named in a warning. */
  readonly removeOrphans?: boolean;
  /** Says nothing about orphans. Default: false. */
  readonly ignoreOrphans?: boolean;
  /** Grace period in seconds for containers that are stopped; absent: each container's own. */
  readonly timeout?: number;
  /** Creates and starts nothing. Default: false. */
  readonly noStart?: boolean;
  /** Ends with waits for all services to be ready. Default: false. */
  readonly wait?: boolean;
  /** Seconds after which each wait fails. */
  readonly waitTimeout?: number;
  readonly pull?: PullPolicy;
  /** Images that this command has pulled already; they count as up to date. */
  readonly pulled?: readonly string[];
  /** Names of containers that this command has started already; they are not started again for having ended. */
  readonly started?: readonly string[];
  /** Names of containers that this command has made already; they are not made anew for being asked to. */
  readonly created?: readonly string[];
  /** What to call ourselves in labels. */
  readonly toolVersion?: string;
}

/** What `down` is asked to do. */
export interface DownOptions {
  /** Only these services; networks and volumes stay then. */
  readonly services?: readonly string[];
  /** Also the containers of services that the file does not have. Without a project file all go. Default: false. */
  readonly removeOrphans?: boolean;
  /** Also the volumes that the file declares, and anonymous ones. Default: false. */
  readonly removeVolumes?: boolean;
  /** Also images: `local`, those that services without an `image` were built as; `all`. Default: none. */
  readonly removeImages?: "local" | "all";
  readonly timeout?: number;
}

/** What `stop`, `start` and `restart` are asked to do. */
export interface LifecycleOptions {
  /** Absent: all. */
  readonly services?: readonly string[];
  readonly timeout?: number;
  /** Leaves other services alone. Default: false. */
  readonly noDeps?: boolean;
  /** `start` ends with waits for the services to be ready. Default: false. */
  readonly wait?: boolean;
  /** Seconds after which each wait fails. */
  readonly waitTimeout?: number;
}

/** A plan can be asked for more than the user has agreed to yet. */
export interface ConsentRequest {
  /** The key in the file; to be given as `recreateVolumes`. */
  readonly volume: string;
  /** The engine's name. */
  readonly name: string;
  readonly cause: string;
}

/** A plan with what there is to say about it. With an error among the diagnostics nothing may be carried out. */
export interface PlanResult {
  readonly plan: Plan;
  readonly diagnostics: readonly Diagnostic[];
  /** What was left out of the plan because data would be lost. */
  readonly consent: readonly ConsentRequest[];
}
