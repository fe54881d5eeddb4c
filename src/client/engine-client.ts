// The narrow interface that the orchestrator has to an engine. Values keep the Docker Engine API's casing.
// `docker-engine-client.ts` implements it over dockerode; tests have a fake that behaves like the API.

/** Why an engine call failed; one closed list, whatever the engine's wording. */
export type EngineFailure =
  | "unreachable"
  | "not-found"
  | "conflict"
  | "invalid"
  | "port-in-use"
  | "command-not-found"
  | "image-not-found"
  | "unauthorized"
  | "not-supported"
  | "aborted"
  | "failed";

/** An engine call that failed, translated once. `resource` names what it was about: "container guestbook-web-1". */
export class EngineClientError extends Error {
  readonly code: EngineFailure;
  readonly resource: string;
  readonly status: number | undefined;
  /** What the user can do about it, where that is known. */
  readonly hint: string | undefined;

  constructor(
    code: EngineFailure,
    message: string,
    options: { resource: string; status?: number; hint?: string; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = "EngineClientError";
    this.code = code;
    this.resource = options.resource;
    this.status = options.status;
    this.hint = options.hint;
  }
}

/** An API object as it came; the fields used are read with care by whoever reads them. */
export type ApiObject = { readonly [key: string]: unknown };

export interface ContainerListItem {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly Command: string;
  readonly Created: number;
  readonly Labels: Readonly<Record<string, string>>;
  readonly State: string;
  readonly Status: string;
  readonly Ports: readonly {
    readonly IP?: string;
    readonly PrivatePort: number;
    readonly PublicPort?: number;
    readonly Type: string;
  }[];
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly NetworkSettings?: {
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string; readonly IPAddress?: string }>>;
  };
  readonly Mounts?: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source?: string;
    readonly Destination: string;
  }[];
}

export interface ContainerDetails {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Restarting: boolean;
    readonly OOMKilled: boolean;
    readonly ExitCode: number;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly FailingStreak: number;
      readonly Log: readonly { readonly ExitCode: number; readonly Output: string }[] | null;
    };
  };
  readonly Config: {
    readonly Tty?: boolean;
    readonly Image?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly [key: string]: unknown;
  };
  readonly HostConfig: ApiObject;
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<string, { readonly NetworkID: string; readonly [key: string]: unknown }>
    >;
    readonly Ports?: unknown;
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
  }[];
  readonly [key: string]: unknown;
}

export interface NetworkItem {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Containers?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface VolumeItem {
  readonly Name: string;
  readonly Driver: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly [key: string]: unknown;
}

export interface ImageDetails {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly Config: ApiObject | null;
  readonly [key: string]: unknown;
}

export interface ContainerEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano: number;
}

/** One piece of output; `bytes` is whole as the engine framed it. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Buffer;
}

export interface LogRequest {
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly tail?: number | "all";
  /** What the API takes: seconds since 1970, with fraction. */
  readonly since?: string;
  readonly until?: string;
  /** From the container's Config.Tty: such output is not framed. */
  readonly tty: boolean;
}

export interface ExecRequest {
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly env?: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly privileged?: boolean;
  /** The terminal's size before the process looks at it. */
  readonly size?: TerminalSize;
  /** Starts it and lets go: the session has no output and its exit code is 0 at once. Default: false. */
  readonly detach?: boolean;
}

/** In characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** A running exec with its streams. */
export interface ExecSession {
  readonly id: string;
  readonly output: AsyncIterable<OutputChunk>;
  /** Resolves when more can be taken, so that a fast writer does not fill the memory. */
  write(bytes: Buffer): void | Promise<void>;
  closeInput(): void;
  resize(size: TerminalSize): Promise<void>;
  /** Resolves after the output has ended. */
  exitCode(): Promise<number>;
}

/** What an engine says about itself with every answer. */
export interface EngineVersion {
  readonly apiVersion: string;
  /** Its name and version: "Docker/28.3.0 (linux)", "Slipway/…", "Libpod/…"; empty where it does not say. */
  readonly server: string;
}

/** Every call throws EngineClientError; calls that can take long take an AbortSignal. */
export interface EngineClient {
  version(): Promise<EngineVersion>;
  /** What the engine says of itself and its machine, in the API's words. */
  info(): Promise<ApiObject>;

  /** `labels`: each `key=value` or bare `key`; stopped ones included. */
  listContainers(filter: { labels: readonly string[] }): Promise<readonly ContainerListItem[]>;
  inspectContainer(id: string): Promise<ContainerDetails>;
  createContainer(
    name: string,
    body: ApiObject,
    options?: { platform?: string },
  ): Promise<{ id: string; warnings: readonly string[] }>;
  startContainer(id: string): Promise<void>;
  stopContainer(id: string, options: { timeout?: number }): Promise<void>;
  restartContainer(id: string, options: { timeout?: number }): Promise<void>;
  killContainer(id: string, signal: string): Promise<void>;
  removeContainer(id: string, options: { force: boolean; volumes: boolean }): Promise<void>;
  renameContainer(id: string, name: string): Promise<void>;
  /** Resolves with the exit code when it is not running. */
  waitContainer(id: string, signal: AbortSignal): Promise<number>;
  /** Unpacks a tar archive at `path` inside the container, which need not run. */
  putArchive(id: string, path: string, tar: Buffer): Promise<void>;
  /** One record a chunk when following or not; ends with the log. */
  containerLogs(id: string, request: LogRequest, signal: AbortSignal): AsyncIterable<OutputChunk>;
  /** Live output from now on; resolves once attached, so that nothing after a start is missed. */
  attachContainer(
    id: string,
    options: { tty: boolean },
    signal: AbortSignal,
  ): Promise<AsyncIterable<OutputChunk>>;
  exec(id: string, request: ExecRequest): Promise<ExecSession>;

  listNetworks(filter: { labels?: readonly string[]; name?: string }): Promise<readonly NetworkItem[]>;
  inspectNetwork(idOrName: string): Promise<NetworkItem>;
  createNetwork(body: ApiObject & { readonly Name: string }): Promise<{ id: string }>;
  removeNetwork(id: string): Promise<void>;
  connectNetwork(id: string, containerId: string, endpoint: ApiObject): Promise<void>;
  disconnectNetwork(id: string, containerId: string): Promise<void>;

  listVolumes(filter: { labels?: readonly string[]; name?: string }): Promise<readonly VolumeItem[]>;
  inspectVolume(name: string): Promise<VolumeItem>;
  createVolume(body: ApiObject & { readonly Name: string }): Promise<void>;
  removeVolume(name: string): Promise<void>;

  /** Undefined: the engine does not have it. */
  inspectImage(ref: string): Promise<ImageDetails | undefined>;
  /** Progress objects as the API sends them; throws EngineClientError for what they report as an error. */
  pullImage(ref: string, options: { platform?: string }, signal: AbortSignal): AsyncIterable<ApiObject>;
  /** Takes the name away, and the image with its last name; says what was untagged and deleted, as the API does. */
  removeImage(ref: string, options: { force: boolean }): Promise<readonly ApiObject[]>;

  /** Resolves once subscribed; the stream ends on abort. */
  events(filter: { labels: readonly string[] }, signal: AbortSignal): Promise<AsyncIterable<ContainerEvent>>;
}
