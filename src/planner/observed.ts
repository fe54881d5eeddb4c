// What an engine was seen to hold of a project at one moment. Types only: `observeProject` of the reconciler fills
// them in, the planner reads them. Every plan is made from one such observation.

/** As the Engine API says it. */
export type ContainerState =
  "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead" | "stopping";

export interface ObservedMount {
  readonly type: string;
  /** The volume's name, for a volume. */
  readonly name?: string;
  readonly source: string;
  readonly destination: string;
}

/** A container that carries the project's label, whoever made it. */
export interface ObservedContainer {
  readonly id: string;
  /** Without the API's leading slash. */
  readonly name: string;
  readonly service: string;
  /** Its number among the replicas, from 1; 0 where the label is missing. */
  readonly number: number;
  readonly oneOff: boolean;
  readonly state: ContainerState;
  /** Of the last run; 0 as long as there was none. */
  readonly exitCode: number;
  /** Absent: the container has no health check. */
  readonly health?: "starting" | "healthy" | "unhealthy";
  /** The reference it was made with; the engine may say the digest where the reference means another image now. */
  readonly image: string;
  /** The digest of the image it was made from. */
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Names of the networks it is attached to. */
  readonly networks: readonly string[];
  readonly mounts: readonly ObservedMount[];
  /** `HostConfig.NetworkMode`, `PidMode` and `IpcMode`; the last two may be empty for services that share neither. */
  readonly networkMode: string;
  readonly pidMode: string;
  readonly ipcMode: string;
}

export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ObservedVolume {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ObservedImage {
  readonly id: string;
  /** The image brings a health check of its own. */
  readonly hasHealthcheck: boolean;
  /** Paths that the image declares as volumes. */
  readonly volumes: readonly string[];
}

export interface ObservedEngine {
  readonly apiVersion: string;
  /** Name and version, as it calls itself: "Slipway/0.1.0 (linux)", "Docker/28.3.0 (linux)". */
  readonly server: string;
  /** What its machine cannot do, by the names of `/info`; looked up only where the project asks for what not every machine can. */
  readonly lacks?: readonly string[];
}

export interface ObservedState {
  readonly engine: ObservedEngine;
  /** All containers of the project: stopped ones, one-off ones and those of unknown services too. */
  readonly containers: readonly ObservedContainer[];
  /** The project's networks and those it names, by name. */
  readonly networks: Readonly<Record<string, ObservedNetwork>>;
  readonly volumes: Readonly<Record<string, ObservedVolume>>;
  /** By reference as the project writes it; a reference that is missing here is not on the engine. */
  readonly images: Readonly<Record<string, ObservedImage>>;
}

/** What to look up on the engine besides what carries the project's label. */
export interface WantedResources {
  /** Whether services ask for limits that not every machine can keep. Default: false. */
  readonly limits?: boolean;
  /** The project's name. */
  readonly project: string;
  readonly images: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  /** Services that share a process or IPC namespace, which an engine's lists do not tell. */
  readonly inspected: readonly string[];
}
