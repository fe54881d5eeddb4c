// An engine in memory that behaves like the API: what the reconciler's tests run against, and what the contract suite
// compares with real engines.

import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import {
  EngineClientError,
  type ApiObject,
  type ContainerDetails,
  type ContainerEvent,
  type ContainerListItem,
  type EngineClient,
  type EngineVersion,
  type ExecRequest,
  type ExecSession,
  type ImageDetails,
  type LogRequest,
  type NetworkItem,
  type OutputChunk,
  type VolumeItem,
} from "../../src/client/index.ts";
import { FakeContainer, type FakeMount } from "./fake-engine-container.ts";
import { EventFeed } from "./fake-engine-events.ts";
import { isKnownProgram } from "./fake-engine-shell.ts";

/** An image that the fake has, or can pull. */
export interface FakeImage {
  readonly id: string;
  readonly command?: readonly string[];
  readonly healthcheck?: ApiObject;
  readonly volumes?: readonly string[];
}

export interface FakeEngineOptions {
  /** Default: "1.48". */
  readonly apiVersion?: string;
  /** What it calls itself. Default: a Docker Engine. */
  readonly server?: string;
  /** By reference. Default: `app`, which runs for ever. */
  readonly images?: Readonly<Record<string, FakeImage>>;
  /** What it says of its machine. Default: nothing. */
  readonly info?: ApiObject;
  /** What a registry would give. */
  readonly registry?: Readonly<Record<string, FakeImage>>;
  /** Health is what `setHealth` says. Default: the container's own check is run. */
  readonly manualHealth?: boolean;
  /** Called before each call that changes something; may take its time, or throw. */
  readonly before?: (call: string, resource: string) => Promise<void> | void;
}

interface FakeNetwork {
  readonly item: NetworkItem;
}

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

/** Reads the end of a list of `key=value` or `key` filters. */
function matches(labels: Readonly<Record<string, string>> | null, filter: readonly string[]): boolean {
  return filter.every((entry) => {
    const equals = entry.indexOf("=");
    if (equals < 0) return labels?.[entry] !== undefined;
    return labels?.[entry.slice(0, equals)] === entry.slice(equals + 1);
  });
}

export class FakeEngine implements EngineClient {
  readonly containers = new Map<string, FakeContainer>();
  readonly networks = new Map<string, FakeNetwork>();
  readonly volumes = new Map<string, VolumeItem>();
  readonly images: Map<string, FakeImage>;
  /** Every call that changed something, in order: "createContainer demo-web-1". */
  readonly calls: string[] = [];
  readonly #feed = new EventFeed();
  readonly #options: FakeEngineOptions;

  constructor(options: FakeEngineOptions = {}) {
    this.#options = options;
    this.images = new Map(
      Object.entries(options.images ?? { app: { id: "sha256:app", command: ["sleep", "infinity"] } }),
    );
  }

  /** Ends all programs; call it after each test. */
  dispose(): void {
    for (const container of this.containers.values()) container.dispose();
    this.#feed.close();
  }

  /** Subscriptions to events that are open. */
  get subscriptions(): number {
    return this.#feed.size;
  }

  /** A container by name, for a test to look at or to act on. */
  named(name: string): FakeContainer {
    return this.#find(name);
  }

  /** Ends all event streams, as an engine does that is restarted. */
  dropEvents(): void {
    this.#feed.close();
  }

  async #change(call: string, resource: string): Promise<void> {
    await this.#options.before?.(call, resource);
    this.calls.push(`${call} ${resource}`);
  }

  #find(idOrName: string): FakeContainer {
    for (const container of this.containers.values()) {
      if (container.name === idOrName || container.id.startsWith(idOrName)) return container;
    }
    throw new EngineClientError("not-found", `No such container: ${idOrName}`, {
      resource: `container ${idOrName}`,
      status: 404,
    });
  }

  #network(idOrName: string): NetworkItem {
    for (const { item } of this.networks.values()) {
      if (item.Name === idOrName || item.Id === idOrName) return item;
    }
    throw new EngineClientError("not-found", `network ${idOrName} not found`, {
      resource: `network ${idOrName}`,
      status: 404,
    });
  }

  async version(): Promise<EngineVersion> {
    return {
      apiVersion: this.#options.apiVersion ?? "1.48",
      server: this.#options.server ?? "Docker/fake (linux)",
    };
  }

  async info(): Promise<ApiObject> {
    return this.#options.info ?? {};
  }

  async listContainers(filter: { labels: readonly string[] }): Promise<readonly ContainerListItem[]> {
    return [...this.containers.values()]
      .filter(({ labels }) => matches(labels, filter.labels))
      .map((container) => container.summary((name) => this.networks.get(name)?.item.Id ?? ""));
  }

  async inspectContainer(id: string): Promise<ContainerDetails> {
    return this.#find(id).details((name) => this.networks.get(name)?.item.Id ?? "");
  }

  async createContainer(name: string, body: ApiObject): Promise<{ id: string; warnings: readonly string[] }> {
    const fail = (code: "conflict" | "image-not-found" | "invalid", message: string, status: number) =>
      new EngineClientError(code, message, { resource: `container ${name}`, status });
    await this.#change("createContainer", name);
    if ([...this.containers.values()].some((other) => other.name === name)) {
      throw fail("conflict", `The container name "/${name}" is already in use`, 409);
    }
    const reference = String(body["Image"]);
    const image = this.images.get(reference);
    if (image === undefined) throw fail("image-not-found", `No such image: ${reference}`, 404);
    const networking = body["NetworkingConfig"] as
      { EndpointsConfig?: Record<string, ApiObject> } | undefined;
    const endpoints = networking?.EndpointsConfig ?? {};
    const minor = Number((await this.version()).apiVersion.split(".")[1]);
    if (Object.keys(endpoints).length > 1 && minor < 44) {
      throw fail("invalid", "Container cannot be connected to network endpoints: more than one", 400);
    }
    const id = hex(32);
    const entrypoint = (body["Entrypoint"] ?? []) as readonly string[];
    const command = (body["Cmd"] ?? image.command ?? []) as readonly string[];
    const container = new FakeContainer({
      id,
      name,
      imageId: image.id,
      body,
      command: [...entrypoint, ...command],
      healthcheck: (body["Healthcheck"] ?? image.healthcheck) as { Test?: readonly string[] } | undefined,
      mounts: this.#mounts(body, image),
      networks: new Map(Object.entries(endpoints)),
      manualHealth: this.#options.manualHealth ?? false,
      onEvent: (action, from) => this.#emit(action, from),
    });
    this.containers.set(id, container);
    this.#emit("create", container);
    return { id, warnings: [] };
  }

  #mounts(body: ApiObject, image: FakeImage): readonly FakeMount[] {
    const host = (body["HostConfig"] ?? {}) as {
      Binds?: readonly string[];
      Mounts?: readonly { Type: string; Source?: string; Target: string }[];
    };
    const mounts: FakeMount[] = [];
    const add = (type: string, source: string, target: string): void => {
      if (type !== "volume") {
        mounts.push({ Type: type, Source: source, Destination: target });
        return;
      }
      const name = source === "" ? hex(32) : source;
      if (!this.volumes.has(name)) {
        this.volumes.set(name, { Name: name, Driver: "local", Labels: source === "" ? {} : null });
      }
      mounts.push({ Type: type, Name: name, Source: `/volumes/${name}`, Destination: target });
    };
    for (const bind of host.Binds ?? []) {
      const [source = "", target = ""] = bind.split(":");
      add(source.startsWith("/") ? "bind" : "volume", source, target);
    }
    for (const mount of host.Mounts ?? []) add(mount.Type, mount.Source ?? "", mount.Target);
    const taken = new Set(mounts.map(({ Destination }) => Destination));
    const declared = [...Object.keys(body["Volumes"] ?? {}), ...(image.volumes ?? [])];
    for (const target of new Set(declared)) if (!taken.has(target)) add("volume", "", target);
    return mounts;
  }

  #emit(action: string, container: FakeContainer): void {
    this.#feed.emit({
      Type: "container",
      Action: action,
      Actor: { ID: container.id, Attributes: { ...container.labels, name: container.name } },
      timeNano: 0,
    });
  }

  async startContainer(id: string): Promise<void> {
    const container = this.#find(id);
    await this.#change("startContainer", container.name);
    const program = container.source.command[0] ?? "";
    if (!isKnownProgram(container.source.command)) {
      const message = `exec: "${program}": executable file not found in $PATH`;
      throw new EngineClientError("command-not-found", message, {
        resource: `container ${container.name}`,
        status: 400,
      });
    }
    for (const network of container.source.networks.keys()) this.#network(network);
    if (!container.isRunning) container.start();
  }

  async stopContainer(id: string, options: { timeout?: number }): Promise<void> {
    const container = this.#find(id);
    await this.#change("stopContainer", container.name);
    container.stop(options.timeout === 0 ? 137 : 143);
  }

  async restartContainer(id: string): Promise<void> {
    const container = this.#find(id);
    await this.#change("restartContainer", container.name);
    container.stop(143);
    container.start();
  }

  async killContainer(id: string, signal: string): Promise<void> {
    const container = this.#find(id);
    await this.#change("killContainer", container.name);
    if (!container.isRunning) {
      const message = `Container ${container.name} is not running`;
      throw new EngineClientError("conflict", message, {
        resource: `container ${container.name}`,
        status: 409,
      });
    }
    container.stop(signal === "SIGKILL" || signal === "KILL" ? 137 : 143);
  }

  async removeContainer(id: string, options: { force: boolean; volumes: boolean }): Promise<void> {
    const container = this.#find(id);
    await this.#change("removeContainer", container.name);
    if (container.isRunning && !options.force) {
      const message = `cannot remove container "/${container.name}": container is running`;
      throw new EngineClientError("conflict", message, {
        resource: `container ${container.name}`,
        status: 409,
      });
    }
    container.stop(137);
    this.containers.delete(container.id);
    if (options.volumes) {
      for (const { Name } of container.source.mounts) {
        if (Name !== undefined && /^[0-9a-f]{64}$/.test(Name) && !this.#isMounted(Name))
          this.volumes.delete(Name);
      }
    }
    this.#emit("destroy", container);
  }

  async renameContainer(id: string, name: string): Promise<void> {
    const container = this.#find(id);
    await this.#change("renameContainer", name);
    if ([...this.containers.values()].some((other) => other !== container && other.name === name)) {
      const message = `The container name "/${name}" is already in use`;
      throw new EngineClientError("conflict", message, { resource: `container ${name}`, status: 409 });
    }
    container.name = name;
    this.#emit("rename", container);
  }

  async waitContainer(id: string, signal: AbortSignal): Promise<number> {
    const container = this.#find(id);
    while (container.isRunning || container.status === "restarting") {
      signal.throwIfAborted();
      await container.change(signal);
    }
    return container.exitCode;
  }

  async putArchive(id: string, path: string, tar: Buffer): Promise<void> {
    const container = this.#find(id);
    await this.#change("putArchive", container.name);
    const unpack = extract();
    Readable.from([tar]).pipe(unpack);
    for await (const entry of unpack) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      const target = `${path.replace(/\/$/, "")}/${entry.header.name}`;
      container.files.set(target, Buffer.concat(chunks).toString("utf8"));
    }
  }

  async *containerLogs(id: string, request: LogRequest, signal: AbortSignal): AsyncIterable<OutputChunk> {
    const container = this.#find(id);
    const { tail = "all" } = request;
    let index = tail === "all" ? 0 : Math.max(0, container.log.length - tail);
    for (;;) {
      for (; index < container.log.length; index += 1) {
        const chunk = container.log[index];
        if (chunk !== undefined) yield chunk;
      }
      if (request.follow !== true || signal.aborted || !container.isRunning) return;
      await container.change(signal);
    }
  }

  async attachContainer(
    id: string,
    _options: { tty: boolean },
    signal: AbortSignal,
  ): Promise<AsyncIterable<OutputChunk>> {
    const container = this.#find(id);
    async function* output(): AsyncIterable<OutputChunk> {
      let index = container.log.length;
      while (!signal.aborted) {
        for (; index < container.log.length; index += 1) {
          const chunk = container.log[index];
          if (chunk !== undefined) yield chunk;
        }
        if (container.status === "exited") return;
        await container.change(signal);
      }
    }
    return output();
  }

  async exec(id: string, request: ExecRequest): Promise<ExecSession> {
    const container = this.#find(id);
    await this.#change("exec", container.name);
    if (!container.isRunning) {
      const message = `container ${container.name} is not running`;
      throw new EngineClientError("conflict", message, {
        resource: `container ${container.name}`,
        status: 409,
      });
    }
    const chunks: OutputChunk[] = [];
    const ended = container.exec(request.command, (stream, text) =>
      chunks.push({ stream, bytes: Buffer.from(text) }),
    );
    async function* output(): AsyncIterable<OutputChunk> {
      await ended;
      yield* chunks;
    }
    return {
      id: hex(32),
      output: output(),
      write: () => undefined,
      closeInput: () => undefined,
      resize: async () => undefined,
      exitCode: async () => (await ended) ?? 137,
    };
  }

  async listNetworks(filter: { labels?: readonly string[]; name?: string }): Promise<readonly NetworkItem[]> {
    return [...this.networks.values()]
      .map(({ item }) => item)
      .filter((item) => matches(item.Labels, filter.labels ?? []))
      .filter((item) => filter.name === undefined || item.Name.includes(filter.name));
  }

  async inspectNetwork(idOrName: string): Promise<NetworkItem> {
    const item = this.#network(idOrName);
    const attached = [...this.containers.values()].filter(
      (container) => container.isRunning && container.source.networks.has(item.Name),
    );
    return { ...item, Containers: Object.fromEntries(attached.map(({ id, name }) => [id, { Name: name }])) };
  }

  async createNetwork(body: ApiObject & { readonly Name: string }): Promise<{ id: string }> {
    await this.#change("createNetwork", body.Name);
    if (this.networks.has(body.Name)) {
      const message = `network with name ${body.Name} already exists`;
      throw new EngineClientError("conflict", message, { resource: `network ${body.Name}`, status: 409 });
    }
    const item: NetworkItem = {
      Id: hex(32),
      Name: body.Name,
      Driver: String(body["Driver"] ?? "bridge"),
      Labels: (body["Labels"] ?? {}) as Record<string, string>,
      Internal: body["Internal"] === true,
    };
    this.networks.set(body.Name, { item });
    return { id: item.Id };
  }

  async removeNetwork(id: string): Promise<void> {
    const item = this.#network(id);
    await this.#change("removeNetwork", item.Name);
    const { Containers } = await this.inspectNetwork(id);
    if (Object.keys(Containers ?? {}).length > 0) {
      const message = `network ${item.Name} has active endpoints`;
      throw new EngineClientError("conflict", message, { resource: `network ${item.Name}`, status: 403 });
    }
    this.networks.delete(item.Name);
  }

  async connectNetwork(id: string, containerId: string, endpoint: ApiObject): Promise<void> {
    const item = this.#network(id);
    const container = this.#find(containerId);
    await this.#change("connectNetwork", `${item.Name} ${container.name}`);
    container.source.networks.set(item.Name, endpoint);
  }

  async disconnectNetwork(id: string, containerId: string): Promise<void> {
    const item = this.#network(id);
    const container = this.#find(containerId);
    await this.#change("disconnectNetwork", `${item.Name} ${container.name}`);
    container.source.networks.delete(item.Name);
  }

  #isMounted(volume: string): boolean {
    return [...this.containers.values()].some((container) =>
      container.source.mounts.some(({ Name }) => Name === volume),
    );
  }

  async listVolumes(filter: { labels?: readonly string[]; name?: string }): Promise<readonly VolumeItem[]> {
    return [...this.volumes.values()]
      .filter((volume) => matches(volume.Labels, filter.labels ?? []))
      .filter((volume) => filter.name === undefined || volume.Name.includes(filter.name));
  }

  async inspectVolume(name: string): Promise<VolumeItem> {
    const volume = this.volumes.get(name);
    if (volume !== undefined) return volume;
    throw new EngineClientError("not-found", `get ${name}: no such volume`, {
      resource: `volume ${name}`,
      status: 404,
    });
  }

  async createVolume(body: ApiObject & { readonly Name: string }): Promise<void> {
    await this.#change("createVolume", body.Name);
    if (this.volumes.has(body.Name)) return;
    this.volumes.set(body.Name, {
      Name: body.Name,
      Driver: String(body["Driver"] ?? "local"),
      Labels: (body["Labels"] ?? {}) as Record<string, string>,
    });
  }

  async removeVolume(name: string): Promise<void> {
    await this.inspectVolume(name);
    await this.#change("removeVolume", name);
    if (this.#isMounted(name)) {
      const message = `remove ${name}: volume is in use`;
      throw new EngineClientError("conflict", message, { resource: `volume ${name}`, status: 409 });
    }
    this.volumes.delete(name);
  }

  async inspectImage(ref: string): Promise<ImageDetails | undefined> {
    const image = this.images.get(ref);
    if (image === undefined) return undefined;
    return {
      Id: image.id,
      RepoTags: [ref],
      Config: {
        Cmd: image.command ?? null,
        Healthcheck: image.healthcheck,
        Volumes: Object.fromEntries((image.volumes ?? []).map((path) => [path, {}])),
      },
    };
  }

  async *pullImage(ref: string): AsyncIterable<ApiObject> {
    await this.#change("pullImage", ref);
    yield { status: "Pulling from library", id: "latest" };
    const image = this.#options.registry?.[ref];
    if (image === undefined) {
      const message = `pull access denied for ${ref}, repository does not exist`;
      throw new EngineClientError("image-not-found", message, { resource: `image ${ref}`, status: 404 });
    }
    yield { status: "Downloading", id: "layer", progressDetail: { current: 1, total: 2 } };
    this.images.set(ref, image);
  }

  async removeImage(ref: string): Promise<readonly ApiObject[]> {
    const fail = (code: "conflict" | "image-not-found", message: string, status: number) =>
      new EngineClientError(code, message, { resource: `image ${ref}`, status });
    const image = this.images.get(ref);
    if (image === undefined) throw fail("image-not-found", `No such image: ${ref}`, 404);
    await this.#change("removeImage", ref);
    if ([...this.containers.values()].some(({ source }) => source.imageId === image.id)) {
      throw fail("conflict", `unable to remove repository reference "${ref}": a container uses it`, 409);
    }
    this.images.delete(ref);
    return [{ Untagged: ref }];
  }

  async events(
    filter: { labels: readonly string[] },
    signal: AbortSignal,
  ): Promise<AsyncIterable<ContainerEvent>> {
    return this.#feed.subscribe((event) => matches(event.Actor.Attributes, filter.labels), signal);
  }
}
