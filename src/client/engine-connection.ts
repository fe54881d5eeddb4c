// The way to one engine. Most calls are plain requests; the client library, which takes longer to load than most commands
// take, is there for what takes the connection over or sends archives and logins, and for ssh, which only it can open.
import type Docker from "dockerode";
import type { Readable } from "node:stream";
import type { Endpoint } from "./endpoint.ts";
import type { EngineVersion } from "./engine-client.ts";
import { askEngine, streamFromEngine, versionOf, type Question } from "./engine-request.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What docker-modem's `dial` takes; its own types leave it out. */
interface Dialer {
  dial(request: object, callback: (error: unknown, answer: unknown) => void): void;
}

/** A request through the client library; its path ends with `?`, or with `&` after a query. */
interface StreamRequest {
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly options?: object;
  readonly file?: Readable;
  readonly abortSignal?: AbortSignal;
}

/** One engine's address, and what has been opened to it. */
export class EngineConnection {
  readonly #endpoint: Endpoint;
  readonly #env: Environment;
  #version: EngineVersion | undefined;
  #docker: Promise<Docker> | undefined;

  /** `version`: what the engine has said already; otherwise it is asked when somebody wants to know. */
  constructor(endpoint: Endpoint, env: Environment, version?: EngineVersion) {
    this.#endpoint = endpoint;
    this.#env = env;
    this.#version = version;
  }

  /** Rejects with what `translateError` reads. */
  async version(): Promise<EngineVersion> {
    this.#version ??= await this.#askVersion();
    return this.#version;
  }

  async #askVersion(): Promise<EngineVersion> {
    if (this.#endpoint.kind !== "ssh") {
      return versionOf((await askEngine(this.#endpoint, { method: "GET", path: "/_ping" })).headers);
    }
    const { ApiVersion } = await (await this.docker()).version();
    return { apiVersion: ApiVersion, server: "" };
  }

  /** The answer's JSON; undefined where it has no body. Rejects with what `translateError` reads. */
  async ask(question: Question): Promise<unknown> {
    if (this.#endpoint.kind === "ssh") return dialWhole(await this.docker(), question);
    const { body } = await askEngine(this.#endpoint, question);
    return body === "" ? undefined : JSON.parse(body);
  }

  /** An answer that comes bit by bit; ends with an abort of the question's signal. Rejects like `ask`. */
  async stream(question: Question): Promise<Readable> {
    if (this.#endpoint.kind !== "ssh") return streamFromEngine(this.#endpoint, question);
    const { path, query = {}, signal } = question;
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const request = { path: `${path}?`, method: "GET", options: Object.fromEntries(given) } as const;
    return this.dialStream({ ...request, ...(signal === undefined ? {} : { abortSignal: signal }) });
  }

  /** An answer that streams, where the client library has no call of its own that does. Rejects like `ask`. */
  async dialStream(request: StreamRequest): Promise<Readable> {
    const answer = await dial(await this.docker(), {
      ...request,
      isStream: true,
      statusCodes: { 200: true },
    });
    return answer as Readable;
  }

  /** The client library, loaded when it is first asked for. */
  docker(): Promise<Docker> {
    this.#docker ??= this.#loadDocker();
    return this.#docker;
  }

  async #loadDocker(): Promise<Docker> {
    const { default: DockerClient } = await import("dockerode");
    return new DockerClient(await connectionOptions(this.#endpoint, this.#env));
  }
}

/** The same request through the client library. */
function dialWhole(docker: Docker, { method, path, query, body, signal }: Question): Promise<unknown> {
  const statusCodes = { 200: true, 201: true, 204: true };
  const content = Buffer.isBuffer(body) ? { file: body } : {};
  const request = {
    ...content,
    // It takes the last character off where it has nothing to add.
    path: `${path}?`,
    method,
    statusCodes,
    options: { _query: query ?? {}, _body: Buffer.isBuffer(body) ? {} : (body ?? {}) },
    ...(signal === undefined ? {} : { abortSignal: signal }),
  };
  return dial(docker, request);
}

function dial({ modem }: Docker, request: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    (modem as unknown as Dialer).dial(request, (error, answer) =>
      error ? reject(error as Error) : resolve(answer),
    );
  });
}

/**
 * What dockerode is told. Every way of connecting is stated, also what is not used: it would otherwise read DOCKER_HOST
 * and prefer that to the address given here.
 */
async function connectionOptions(endpoint: Endpoint, env: Environment): Promise<Record<string, unknown>> {
  const nothing = {
    host: undefined,
    port: undefined,
    protocol: "http",
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  switch (endpoint.kind) {
    case "unix":
    case "npipe":
      return { ...nothing, socketPath: endpoint.path };
    case "ssh": {
      const sshOptions = { agent: env["SSH_AUTH_SOCK"] };
      return {
        ...nothing,
        protocol: "ssh",
        host: endpoint.host,
        port: endpoint.port,
        username: endpoint.user,
        sshOptions,
      };
    }
    case "tcp": {
      const address = { ...nothing, host: endpoint.host, port: endpoint.port, pathPrefix: "/" };
      if (endpoint.tls === undefined) return address;
      const { verify, ...material } = endpoint.tls;
      if (verify) return { ...address, ...material, protocol: "https" };
      const { Agent } = await import("node:https");
      const agent = new Agent({ rejectUnauthorized: false });
      return { ...address, ...material, protocol: "https", agent };
    }
  }
}
