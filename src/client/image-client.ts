// What people do with images themselves, over dockerode: calls that the orchestrator does not need.
import type Docker from "dockerode";
import type { Readable } from "node:stream";
import { guard, splitReference, translated } from "./engine-calls.ts";
import type { ApiObject, EngineClient } from "./engine-client.ts";
import { readJsonLines } from "./json-lines.ts";
import { translateReported } from "./translate-error.ts";

/** An image as lists have it. */
export interface ImageListItem {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  /** Seconds since 1970. */
  readonly Created: number;
  /** Bytes. */
  readonly Size: number;
}

interface StreamRequest {
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly query: readonly [string, string][];
  readonly file?: Readable;
  readonly abortSignal?: AbortSignal;
}

/** What docker-modem's `dial` takes; its own types leave it out. */
interface Dialer {
  dial(request: object, callback: (error: unknown, answer: unknown) => void): void;
}

/** Every call throws EngineClientError; progress objects are the API's. */
export class ImageClient {
  readonly #docker: Docker;
  readonly #credentials: (ref: string) => Promise<object | undefined>;
  readonly #engine: Pick<EngineClient, "pullImage">;

  constructor(
    docker: Docker,
    engine: Pick<EngineClient, "pullImage">,
    credentials: (ref: string) => Promise<object | undefined>,
  ) {
    this.#docker = docker;
    this.#engine = engine;
    this.#credentials = credentials;
  }

  async list(): Promise<readonly ImageListItem[]> {
    return (await guard("images", () => this.#docker.listImages())) as readonly ImageListItem[];
  }

  pull(ref: string, options: { platform?: string }, signal: AbortSignal): AsyncIterable<ApiObject> {
    return this.#engine.pullImage(ref, options, signal);
  }

  /** Without a tag `latest`, as everywhere else. */
  async *push(ref: string, signal: AbortSignal): AsyncGenerator<ApiObject, void, void> {
    const { name, tag } = splitReference(ref);
    const resource = `image ${ref}`;
    // Registries want the header even where there is nothing to say.
    const authconfig = (await this.#credentials(ref)) ?? {};
    const stream = await guard(
      resource,
      () => this.#docker.getImage(name).push({ tag, authconfig, abortSignal: signal }),
      "image",
    );
    yield* this.#progress(resource, stream as Readable, signal);
  }

  /** The digest that a name stands for at its registry, which the engine asks; nothing is pulled. */
  async digestInRegistry(ref: string): Promise<string> {
    const authconfig = await this.#credentials(ref);
    const answer: unknown = await guard(
      `image ${ref}`,
      () => this.#docker.getImage(ref).distribution(authconfig === undefined ? {} : { authconfig }),
      "image",
    );
    const { digest } = (answer as { Descriptor: { digest: string } }).Descriptor;
    return digest;
  }

  async *load(archive: Readable, signal: AbortSignal): AsyncGenerator<ApiObject, void, void> {
    const stream = await guard("images", () => this.#docker.loadImage(archive, { abortSignal: signal }));
    yield* this.#progress("images", stream as Readable, signal);
  }

  /** One archive with all of them. */
  async save(refs: readonly string[]): Promise<Readable> {
    for (const ref of refs) await guard(`image ${ref}`, () => this.#docker.getImage(ref).inspect(), "image");
    const names = refs.map((ref): [string, string] => ["names", ref]);
    return guard("images", () => this.#dial({ path: "/images/get", method: "GET", query: names }));
  }

  async *import(
    archive: Readable,
    options: { repo?: string; message?: string; changes?: readonly string[]; platform?: string },
    signal: AbortSignal,
  ): AsyncGenerator<ApiObject, void, void> {
    const { changes = [], ...texts } = options;
    const query: [string, string][] = [
      ["fromSrc", "-"],
      ...Object.entries(texts),
      ...changes.map((change): [string, string] => ["changes", change]),
    ];
    const stream = await guard("images", () =>
      this.#dial({ path: "/images/create", method: "POST", query, file: archive, abortSignal: signal }),
    );
    yield* this.#progress("images", stream, signal);
  }

  /** The lines of the API: what was untagged, what deleted. */
  async remove(ref: string, options: { force: boolean }): Promise<readonly ApiObject[]> {
    const { force } = options;
    return (await guard(
      `image ${ref}`,
      () => this.#docker.getImage(ref).remove({ force }),
      "image",
    )) as readonly ApiObject[];
  }

  /** Removes images without a name, or with `all` every image that no container uses. */
  async prune(options: { all: boolean }): Promise<{ deleted: readonly ApiObject[]; reclaimed: number }> {
    const filters = { dangling: { [options.all ? "false" : "true"]: true } };
    const answer: unknown = await guard("images", () =>
      this.#docker.pruneImages({ filters: JSON.stringify(filters) }),
    );
    const { ImagesDeleted, SpaceReclaimed } = answer as {
      ImagesDeleted?: readonly ApiObject[] | null;
      SpaceReclaimed?: number;
    };
    return { deleted: ImagesDeleted ?? [], reclaimed: SpaceReclaimed ?? 0 };
  }

  /** The client library writes a list as JSON where the API wants the parameter repeated. */
  #dial(request: StreamRequest): Promise<Readable> {
    const { path, query, ...rest } = request;
    // It takes the last character off where it has nothing to add.
    const full = `${path}?${new URLSearchParams([...query]).toString()}&`;
    const modem = this.#docker.modem as unknown as Dialer;
    return new Promise((resolve, reject) => {
      modem.dial({ ...rest, path: full, isStream: true, statusCodes: { 200: true } }, (error, answer) =>
        error ? reject(error as Error) : resolve(answer as Readable),
      );
    });
  }

  async *#progress(
    resource: string,
    stream: Readable,
    signal: AbortSignal,
  ): AsyncGenerator<ApiObject, void, void> {
    for await (const line of translated(resource, readJsonLines<ApiObject>(stream, signal))) {
      const reported = line["error"];
      if (typeof reported === "string") throw translateReported(reported, resource, "image");
      yield line;
    }
  }
}
