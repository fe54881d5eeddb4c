// EngineClient over one connection. Each method is one API call; what fails is translated once, here.
import type { Duplex, Readable } from "node:stream";
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
} from "./engine-client.ts";
import { DockerExecSession, startDetached } from "./docker-exec.ts";
import type { EngineConnection } from "./engine-connection.ts";
import type { Question } from "./engine-request.ts";
import { filtersOf, guard, imagePath, splitReference, translated, unlessUnchanged } from "./engine-calls.ts";
import { readJsonLines } from "./json-lines.ts";
import { readOutput } from "./output-frames.ts";
import { translateReported, type EngineOperation } from "./translate-error.ts";

/** Gives the value of the X-Registry-Auth header's object for an image reference; undefined: none is known. */
export type RegistryCredentials = (ref: string) => Promise<object | undefined>;

/** The engine behind a connection. */
export class DockerEngineClient implements EngineClient {
  readonly #connection: EngineConnection;
  readonly #credentials: RegistryCredentials;

  constructor(connection: EngineConnection, credentials: RegistryCredentials) {
    this.#connection = connection;
    this.#credentials = credentials;
  }

  async version(): Promise<EngineVersion> {
    return guard("engine", () => this.#connection.version());
  }

  async info(): Promise<ApiObject> {
    return (await this.#get("engine", "/info")) as ApiObject;
  }

  async listContainers(filter: { labels: readonly string[] }): Promise<readonly ContainerListItem[]> {
    const query = { all: true, filters: JSON.stringify({ label: filter.labels }) };
    return (await this.#get("containers", "/containers/json", query)) as ContainerListItem[];
  }

  async inspectContainer(id: string): Promise<ContainerDetails> {
    return (await this.#get(`container ${id}`, `${containerPath(id)}/json`)) as ContainerDetails;
  }

  async createContainer(
    name: string,
    body: ApiObject,
    options: { platform?: string } = {},
  ): Promise<{ id: string; warnings: readonly string[] }> {
    const answer = (await this.#ask(`container ${name}`, {
      method: "POST",
      path: "/containers/create",
      query: { name, ...options },
      body,
    })) as { Id: string; Warnings?: string[] | null };
    return { id: answer.Id, warnings: answer.Warnings ?? [] };
  }

  async startContainer(id: string): Promise<void> {
    const question = { method: "POST", path: `${containerPath(id)}/start` } as const;
    await unlessUnchanged(() => this.#ask(`container ${id}`, question, "start"));
  }

  async stopContainer(id: string, options: { timeout?: number }): Promise<void> {
    const question = {
      method: "POST",
      path: `${containerPath(id)}/stop`,
      query: { t: options.timeout },
    } as const;
    await unlessUnchanged(() => this.#ask(`container ${id}`, question));
  }

  async restartContainer(id: string, options: { timeout?: number }): Promise<void> {
    const question = {
      method: "POST",
      path: `${containerPath(id)}/restart`,
      query: { t: options.timeout },
    } as const;
    await this.#ask(`container ${id}`, question, "start");
  }

  async killContainer(id: string, signal: string): Promise<void> {
    await this.#post(`container ${id}`, `${containerPath(id)}/kill`, { signal });
  }

  async removeContainer(id: string, options: { force: boolean; volumes: boolean }): Promise<void> {
    const query = { force: options.force, v: options.volumes };
    await this.#ask(`container ${id}`, { method: "DELETE", path: containerPath(id), query });
  }

  async renameContainer(id: string, name: string): Promise<void> {
    await this.#post(`container ${id}`, `${containerPath(id)}/rename`, { name });
  }

  async waitContainer(id: string, signal: AbortSignal): Promise<number> {
    const answer = await this.#ask(`container ${id}`, {
      method: "POST",
      path: `${containerPath(id)}/wait`,
      query: { condition: "not-running" },
      signal,
    });
    return (answer as { StatusCode: number }).StatusCode;
  }

  async putArchive(id: string, path: string, tar: Buffer): Promise<void> {
    const question = {
      method: "PUT",
      path: `${containerPath(id)}/archive`,
      query: { path },
      body: tar,
    } as const;
    await this.#ask(`container ${id}`, question);
  }

  async *containerLogs(
    id: string,
    request: LogRequest,
    signal: AbortSignal,
  ): AsyncGenerator<OutputChunk, void, void> {
    const { tty, ...query } = request;
    const question = {
      method: "GET",
      path: `${containerPath(id)}/logs`,
      query: { stdout: true, stderr: true, ...query },
      signal,
    } as const;
    const stream = await guard(`container ${id}`, () => this.#connection.stream(question));
    yield* translated(`container ${id}`, readOutput(stream, { tty, signal }));
  }

  async attachContainer(
    id: string,
    options: { tty: boolean },
    signal: AbortSignal,
  ): Promise<AsyncIterable<OutputChunk>> {
    const request = { stream: true, stdout: true, stderr: true, hijack: true, abortSignal: signal } as const;
    const stream = await guard(`container ${id}`, async () =>
      (await this.#connection.docker()).getContainer(id).attach(request),
    );
    return translated(`container ${id}`, readOutput(stream as Duplex, { tty: options.tty, signal }));
  }

  async exec(id: string, request: ExecRequest): Promise<ExecSession> {
    const resource = `container ${id}`;
    const exec = await guard(resource, async () =>
      (await this.#connection.docker()).getContainer(id).exec({
        Cmd: [...request.command],
        AttachStdin: request.stdin,
        AttachStdout: request.detach !== true,
        AttachStderr: request.detach !== true,
        Tty: request.tty,
        ...(request.env === undefined ? {} : { Env: [...request.env] }),
        ...(request.user === undefined ? {} : { User: request.user }),
        ...(request.workingDir === undefined ? {} : { WorkingDir: request.workingDir }),
        ...(request.size === undefined ? {} : { ConsoleSize: [request.size.rows, request.size.columns] }),
        ...(request.privileged === undefined ? {} : { Privileged: request.privileged }),
      }),
    );
    if (request.detach === true) return guard(resource, () => startDetached(exec), "start");
    return guard(resource, () => DockerExecSession.start(exec, request), "start");
  }

  async listNetworks(filter: { labels?: readonly string[]; name?: string }): Promise<readonly NetworkItem[]> {
    const query = { filters: JSON.stringify(filtersOf(filter)) };
    return (await this.#get("networks", "/networks", query)) as NetworkItem[];
  }

  async inspectNetwork(idOrName: string): Promise<NetworkItem> {
    return (await this.#get(`network ${idOrName}`, networkPath(idOrName))) as NetworkItem;
  }

  async createNetwork(body: ApiObject & { readonly Name: string }): Promise<{ id: string }> {
    const question = { method: "POST", path: "/networks/create", body } as const;
    const { Id } = (await this.#ask(`network ${body.Name}`, question)) as { Id: string };
    return { id: Id };
  }

  async removeNetwork(id: string): Promise<void> {
    await this.#ask(`network ${id}`, { method: "DELETE", path: networkPath(id) });
  }

  async connectNetwork(id: string, containerId: string, endpoint: ApiObject): Promise<void> {
    const body = { Container: containerId, EndpointConfig: endpoint };
    await this.#ask(`network ${id}`, { method: "POST", path: `${networkPath(id)}/connect`, body });
  }

  async disconnectNetwork(id: string, containerId: string): Promise<void> {
    const body = { Container: containerId };
    await this.#ask(`network ${id}`, { method: "POST", path: `${networkPath(id)}/disconnect`, body });
  }

  async listVolumes(filter: { labels?: readonly string[]; name?: string }): Promise<readonly VolumeItem[]> {
    const query = { filters: JSON.stringify(filtersOf(filter)) };
    const answer = (await this.#get("volumes", "/volumes", query)) as { Volumes: VolumeItem[] | null };
    return answer.Volumes ?? [];
  }

  async inspectVolume(name: string): Promise<VolumeItem> {
    return (await this.#get(`volume ${name}`, volumePath(name))) as VolumeItem;
  }

  async createVolume(body: ApiObject & { readonly Name: string }): Promise<void> {
    await this.#ask(`volume ${body.Name}`, { method: "POST", path: "/volumes/create", body });
  }

  async removeVolume(name: string): Promise<void> {
    await this.#ask(`volume ${name}`, { method: "DELETE", path: volumePath(name) });
  }

  async inspectImage(ref: string): Promise<ImageDetails | undefined> {
    try {
      const question = { method: "GET", path: `${imagePath(ref)}/json` } as const;
      return (await this.#ask(`image ${ref}`, question, "image")) as ImageDetails;
    } catch (error) {
      if (error instanceof EngineClientError && error.code === "image-not-found") return undefined;
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
      async () => {
        const docker = await this.#connection.docker();
        return credentials === undefined ? docker.createImage(query) : docker.createImage(credentials, query);
      },
      "image",
    );
    const lines = readJsonLines<ApiObject>(stream as Readable, signal);
    for await (const line of translated(resource, lines)) {
      const reported = line["error"];
      if (typeof reported === "string") throw translateReported(reported, resource, "image");
      yield line;
    }
  }

  async removeImage(ref: string, { force }: { force: boolean }): Promise<readonly ApiObject[]> {
    const question = { method: "DELETE", path: imagePath(ref), query: { force } } as const;
    return (await this.#ask(`image ${ref}`, question, "image")) as readonly ApiObject[];
  }

  async events(
    filter: { labels: readonly string[] },
    signal: AbortSignal,
  ): Promise<AsyncIterable<ContainerEvent>> {
    const filters = JSON.stringify({ label: filter.labels, type: ["container"] });
    const question = { method: "GET", path: "/events", query: { filters }, signal } as const;
    const stream = await guard("events", () => this.#connection.stream(question));
    return translated("events", readJsonLines<ContainerEvent>(stream, signal));
  }

  async #get(resource: string, path: string, query: Question["query"] = {}): Promise<unknown> {
    return this.#ask(resource, { method: "GET", path, query });
  }

  async #post(resource: string, path: string, query: Question["query"]): Promise<void> {
    await this.#ask(resource, { method: "POST", path, ...(query === undefined ? {} : { query }) });
  }

  #ask(resource: string, question: Question, operation?: EngineOperation): Promise<unknown> {
    return guard(resource, () => this.#connection.ask(question), operation);
  }
}

function containerPath(id: string): string {
  return `/containers/${encodeURIComponent(id)}`;
}

function networkPath(id: string): string {
  return `/networks/${encodeURIComponent(id)}`;
}

function volumePath(name: string): string {
  return `/volumes/${encodeURIComponent(name)}`;
}
