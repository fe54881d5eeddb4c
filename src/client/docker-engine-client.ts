// EngineClient over dockerode. Each method is one API call; what fails is translated once, here.
import type Docker from "dockerode";
import type { Duplex, Readable } from "node:stream";
import type {
  ApiObject,
  ContainerDetails,
  ContainerEvent,
  ContainerListItem,
  EngineClient,
  EngineVersion,
  ExecRequest,
  ExecSession,
  ImageDetails,
  LogRequest,
  NetworkItem,
  OutputChunk,
  VolumeItem,
} from "./engine-client.ts";
import { DockerExecSession, startDetached } from "./docker-exec.ts";
import { filtersOf, guard, splitReference, translated, unlessUnchanged } from "./engine-calls.ts";
import { readJsonLines } from "./json-lines.ts";
import { readOutput } from "./output-frames.ts";
import { translateError, translateReported } from "./translate-error.ts";

/** What docker-modem's `dial` takes; its own types leave it out. */
interface DialRequest {
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly options: object;
  readonly isStream?: boolean;
  readonly abortSignal?: AbortSignal;
  readonly statusCodes: Readonly<Record<number, true | string>>;
}

interface Dialer {
  dial(request: DialRequest, callback: (error: unknown, answer: unknown) => void): void;
}

/** Gives the value of the X-Registry-Auth header's object for an image reference; undefined: none is known. */
export type RegistryCredentials = (ref: string) => Promise<object | undefined>;

/** The engine behind a dockerode connection. */
export class DockerEngineClient implements EngineClient {
  readonly #docker: Docker;
  readonly #credentials: RegistryCredentials;

  constructor(docker: Docker, credentials: RegistryCredentials) {
    this.#docker = docker;
    this.#credentials = credentials;
  }

  async version(): Promise<EngineVersion> {
    const answer = await guard("engine", () => this.#docker.version());
    const platform: unknown = answer.Platform?.Name;
    return {
      apiVersion: answer.ApiVersion,
      version: answer.Version,
      platform: typeof platform === "string" && platform !== "" ? platform : "Docker",
    };
  }

  async info(): Promise<ApiObject> {
    return (await guard("engine", () => this.#docker.info())) as ApiObject;
  }

  async listContainers(filter: { labels: readonly string[] }): Promise<readonly ContainerListItem[]> {
    const items = await guard("containers", () =>
      this.#docker.listContainers({ all: true, filters: { label: [...filter.labels] } }),
    );
    return items as unknown as ContainerListItem[];
  }

  async inspectContainer(id: string): Promise<ContainerDetails> {
    const details = await guard(`container ${id}`, () => this.#docker.getContainer(id).inspect());
    return details as unknown as ContainerDetails;
  }

  async createContainer(
    name: string,
    body: ApiObject,
    options: { platform?: string } = {},
  ): Promise<{ id: string; warnings: readonly string[] }> {
    // dockerode's createContainer drops the warnings.
    const answer = (await this.#dial(`container ${name}`, {
      path: "/containers/create?",
      method: "POST",
      options: { _query: { name, ...options }, _body: body },
      statusCodes: { 200: true, 201: true },
    })) as { Id: string; Warnings?: string[] | null };
    return { id: answer.Id, warnings: answer.Warnings ?? [] };
  }

  async startContainer(id: string): Promise<void> {
    await unlessUnchanged(() =>
      guard(`container ${id}`, () => this.#docker.getContainer(id).start(), "start"),
    );
  }

  async stopContainer(id: string, options: { timeout?: number }): Promise<void> {
    const query = options.timeout === undefined ? {} : { t: options.timeout };
    await unlessUnchanged(() => guard(`container ${id}`, () => this.#docker.getContainer(id).stop(query)));
  }

  async restartContainer(id: string, options: { timeout?: number }): Promise<void> {
    const query = options.timeout === undefined ? {} : { t: options.timeout };
    await guard(`container ${id}`, () => this.#docker.getContainer(id).restart(query), "start");
  }

  async killContainer(id: string, signal: string): Promise<void> {
    await guard(`container ${id}`, () => this.#docker.getContainer(id).kill({ signal }));
  }

  async removeContainer(id: string, options: { force: boolean; volumes: boolean }): Promise<void> {
    await guard(`container ${id}`, () =>
      this.#docker.getContainer(id).remove({ force: options.force, v: options.volumes }),
    );
  }

  async renameContainer(id: string, name: string): Promise<void> {
    await guard(`container ${id}`, () => this.#docker.getContainer(id).rename({ name }));
  }

  async waitContainer(id: string, signal: AbortSignal): Promise<number> {
    const answer = await guard(`container ${id}`, () =>
      this.#docker.getContainer(id).wait({ condition: "not-running", abortSignal: signal }),
    );
    return (answer as { StatusCode: number }).StatusCode;
  }

  async putArchive(id: string, path: string, tar: Buffer): Promise<void> {
    await guard(`container ${id}`, () => this.#docker.getContainer(id).putArchive(tar, { path }));
  }

  async *containerLogs(
    id: string,
    request: LogRequest,
    signal: AbortSignal,
  ): AsyncGenerator<OutputChunk, void, void> {
    const { tty, ...query } = request;
    // dockerode's logs() holds all of a log in memory unless it follows.
    const stream = (await this.#dial(`container ${id}`, {
      path: `/containers/${encodeURIComponent(id)}/logs?`,
      method: "GET",
      options: { stdout: true, stderr: true, ...query },
      isStream: true,
      abortSignal: signal,
      statusCodes: { 200: true },
    })) as Readable;
    yield* translated(`container ${id}`, readOutput(stream, { tty, signal }));
  }

  async attachContainer(
    id: string,
    options: { tty: boolean },
    signal: AbortSignal,
  ): Promise<AsyncIterable<OutputChunk>> {
    const stream = await guard(`container ${id}`, () =>
      this.#docker
        .getContainer(id)
        .attach({ stream: true, stdout: true, stderr: true, hijack: true, abortSignal: signal }),
    );
    return translated(`container ${id}`, readOutput(stream as Duplex, { tty: options.tty, signal }));
  }

  async exec(id: string, request: ExecRequest): Promise<ExecSession> {
    const resource = `container ${id}`;
    const exec = await guard(resource, () =>
      this.#docker.getContainer(id).exec({
        Cmd: [...request.command],
        AttachStdin: request.stdin,
        AttachStdout: request.detach !== true,
        AttachStderr: request.detach !== true,
        Tty: request.tty,
        ...(request.env === undefined ? {} : { Env: [...request.env] }),
        ...(request.user === undefined ? {} : { User: request.user }),
        ...(request.workingDir === undefined ? {} : { WorkingDir: request.workingDir }),
        ...(request.privileged === undefined ? {} : { Privileged: request.privileged }),
      }),
    );
    if (request.detach === true) return guard(resource, () => startDetached(exec), "start");
    return guard(resource, () => DockerExecSession.start(exec, request), "start");
  }

  async listNetworks(filter: { labels?: readonly string[]; name?: string }): Promise<readonly NetworkItem[]> {
    const items = await guard("networks", () => this.#docker.listNetworks({ filters: filtersOf(filter) }));
    return items as unknown as NetworkItem[];
  }

  async inspectNetwork(idOrName: string): Promise<NetworkItem> {
    const item = await guard(`network ${idOrName}`, () => this.#docker.getNetwork(idOrName).inspect());
    return item as unknown as NetworkItem;
  }

  async createNetwork(body: ApiObject & { readonly Name: string }): Promise<{ id: string }> {
    const network = await guard(`network ${body.Name}`, () => this.#docker.createNetwork({ ...body }));
    return { id: network.id };
  }

  async removeNetwork(id: string): Promise<void> {
    await guard(`network ${id}`, () => this.#docker.getNetwork(id).remove());
  }

  async connectNetwork(id: string, containerId: string, endpoint: ApiObject): Promise<void> {
    await guard(`network ${id}`, () =>
      this.#docker.getNetwork(id).connect({ Container: containerId, EndpointConfig: { ...endpoint } }),
    );
  }

  async disconnectNetwork(id: string, containerId: string): Promise<void> {
    await guard(`network ${id}`, () => this.#docker.getNetwork(id).disconnect({ Container: containerId }));
  }

  async listVolumes(filter: { labels?: readonly string[]; name?: string }): Promise<readonly VolumeItem[]> {
    const answer = await guard("volumes", () => this.#docker.listVolumes({ filters: filtersOf(filter) }));
    return ((answer as { Volumes: unknown[] | null }).Volumes ?? []) as VolumeItem[];
  }

  async inspectVolume(name: string): Promise<VolumeItem> {
    const item = await guard(`volume ${name}`, () => this.#docker.getVolume(name).inspect());
    return item as unknown as VolumeItem;
  }

  async createVolume(body: ApiObject & { readonly Name: string }): Promise<void> {
    await guard(`volume ${body.Name}`, () => this.#docker.createVolume({ ...body }));
  }

  async removeVolume(name: string): Promise<void> {
    await guard(`volume ${name}`, () => this.#docker.getVolume(name).remove());
  }

  async inspectImage(ref: string): Promise<ImageDetails | undefined> {
    try {
      const details = await this.#docker.getImage(ref).inspect();
      return details as unknown as ImageDetails;
    } catch (thrown) {
      const error = translateError(thrown, `image ${ref}`, "image");
      if (error.code === "image-not-found") return undefined;
      throw error;
    }
  }

  async *pullImage(
    ref: string,
    options: { platform?: string },
    signal: AbortSignal,
  ): AsyncGenerator<ApiObject, void, void> {
    const resource = `image ${ref}`;
    const { name, tag } = splitReference(ref);
    const credentials = await this.#credentials(ref);
    const query = { fromImage: name, tag, ...options, abortSignal: signal };
    const stream = await guard(
      resource,
      () =>
        credentials === undefined
          ? this.#docker.createImage(query)
          : this.#docker.createImage(credentials, query),
      "image",
    );
    const lines = readJsonLines<ApiObject>(stream as Readable, signal);
    for await (const line of translated(resource, lines)) {
      const reported = line["error"];
      if (typeof reported === "string") throw translateReported(reported, resource, "image");
      yield line;
    }
  }

  async events(
    filter: { labels: readonly string[] },
    signal: AbortSignal,
  ): Promise<AsyncIterable<ContainerEvent>> {
    const stream = await guard("events", () =>
      this.#docker.getEvents({
        filters: { label: [...filter.labels], type: ["container"] },
        abortSignal: signal,
      }),
    );
    return translated("events", readJsonLines<ContainerEvent>(stream as Readable, signal));
  }

  #dial(resource: string, request: DialRequest): Promise<unknown> {
    const modem = this.#docker.modem as Dialer;
    return guard(
      resource,
      () =>
        new Promise((resolve, reject) => {
          modem.dial(request, (error, answer) => (error ? reject(error as Error) : resolve(answer)));
        }),
    );
  }
}
