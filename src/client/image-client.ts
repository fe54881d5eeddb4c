// What people do with images themselves: calls that the orchestrator does not need.
import type { Readable } from "node:stream";
import type { EngineConnection } from "./engine-connection.ts";
import { guard, imagePath, splitReference, translated } from "./engine-calls.ts";
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

/** Every call throws EngineClientError; progress objects are the API's. */
export class ImageClient {
  readonly #connection: EngineConnection;
  readonly #credentials: (ref: string) => Promise<object | undefined>;
  readonly #engine: Pick<EngineClient, "pullImage" | "removeImage">;

  constructor(
    connection: EngineConnection,
    engine: Pick<EngineClient, "pullImage" | "removeImage">,
    credentials: (ref: string) => Promise<object | undefined>,
  ) {
    this.#connection = connection;
    this.#engine = engine;
    this.#credentials = credentials;
  }

  async list(): Promise<readonly ImageListItem[]> {
    const question = { method: "GET", path: "/images/json" } as const;
    return (await guard("images", () => this.#connection.ask(question))) as readonly ImageListItem[];
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
      async () => {
        const image = (await this.#connection.docker()).getImage(name);
        return image.push({ tag, authconfig, abortSignal: signal });
      },
      "image",
    );
    yield* this.#progress(resource, stream as Readable, signal);
  }

  /** The digest that a name stands for at its registry, which the engine asks; nothing is pulled. */
  async digestInRegistry(ref: string): Promise<string> {
    const authconfig = await this.#credentials(ref);
    const answer: unknown = await guard(
      `image ${ref}`,
      async () => {
        const image = (await this.#connection.docker()).getImage(ref);
        return image.distribution(authconfig === undefined ? {} : { authconfig });
      },
      "image",
    );
    const { digest } = (answer as { Descriptor: { digest: string } }).Descriptor;
    return digest;
  }

  async *load(archive: Readable, signal: AbortSignal): AsyncGenerator<ApiObject, void, void> {
    const stream = await guard("images", async () =>
      (await this.#connection.docker()).loadImage(archive, { abortSignal: signal }),
    );
    yield* this.#progress("images", stream as Readable, signal);
  }

  /** One archive with all of them. */
  async save(refs: readonly string[]): Promise<Readable> {
    for (const ref of refs) {
      const question = { method: "GET", path: `${imagePath(ref)}/json` } as const;
      await guard(`image ${ref}`, () => this.#connection.ask(question), "image");
    }
    const names = refs.map((ref): [string, string] => ["names", ref]);
    const path = streamPath("/images/get", names);
    return guard("images", () => this.#connection.dialStream({ path, method: "GET" }));
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
      this.#connection.dialStream({
        path: streamPath("/images/create", query),
        method: "POST",
        file: archive,
        abortSignal: signal,
      }),
    );
    yield* this.#progress("images", stream, signal);
  }

  /** The lines of the API: what was untagged, what deleted. */
  remove(ref: string, options: { force: boolean }): Promise<readonly ApiObject[]> {
    return this.#engine.removeImage(ref, options);
  }

  /** Removes images without a name, or with `all` every image that no container uses. */
  async prune(options: { all: boolean }): Promise<{ deleted: readonly ApiObject[]; reclaimed: number }> {
    const filters = { dangling: { [options.all ? "false" : "true"]: true } };
    const query = { filters: JSON.stringify(filters) };
    const answer = await guard("images", () =>
      this.#connection.ask({ method: "POST", path: "/images/prune", query }),
    );
    const { ImagesDeleted, SpaceReclaimed } = answer as {
      ImagesDeleted?: readonly ApiObject[] | null;
      SpaceReclaimed?: number;
    };
    return { deleted: ImagesDeleted ?? [], reclaimed: SpaceReclaimed ?? 0 };
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

/** The client library would write a list as JSON, where the API wants the parameter repeated. */
function streamPath(path: string, query: readonly [string, string][]): string {
  // It takes the last character off where it has nothing to add.
  return `${path}?${new URLSearchParams([...query]).toString()}&`;
}
