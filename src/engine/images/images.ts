// The images of one engine, as its API has them.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Filters, ImagesBackend } from "../backend.ts";
import type { CommittedImage, EngineContext, ImageRoots } from "../collaborators.ts";
import { pruned } from "../events.ts";
import { bootId } from "../native/process-identity.ts";
import { hostImageConfig, hostImageName, imageArchitecture } from "./host-image.ts";
import type { HostMachine } from "./host-skeleton.ts";
import { pruneFilter } from "./image-filters.ts";
import { importImage } from "./image-importing.ts";
import type { ImportOptions, ImportSource } from "./image-importing.ts";
import { keepTopLayer, loadArchive, loadedLines, spoolArchive } from "./image-loading.ts";
import type { LoadingContext, NamedImage } from "./image-loading.ts";
import type { ImageParts } from "./container-images.ts";
import { ImageCatalogue } from "./image-catalogue.ts";
import { unpackCommit } from "./image-committing.ts";
import { findImage } from "./image-lookup.ts";
import { checkName, keepImages, tagImage } from "./image-naming.ts";
import { parseImageConfig } from "./image-record.ts";
import type { ImageRecord } from "./image-record.ts";
import type { PullingContext, PullOptions } from "./image-pulling.ts";
import type { PushOptions } from "./image-pushing.ts";
import { saveImages } from "./image-saving.ts";
import { pruneImages, removeImage, removeUnusedLayers } from "./image-removal.ts";
import type { RemovalContext, RemovalLine } from "./image-removal.ts";
import { ImageStore } from "./image-store.ts";
import { ProgressLines } from "./registry/progress.ts";
import { LayerStore } from "./layer-store.ts";
import { familiarName, parseReference, taggedName, withTag } from "./reference.ts";

const spoolPrefix = ".load-";

/** Reads what is there, puts `slipway/host` among it, and removes what a killed engine left half done. */
export async function openImages(
  context: EngineContext,
  machine: HostMachine = { rootPath: "/", nodePath: process.execPath, bootId: bootId() },
): Promise<ImagesBackend & ImageRoots> {
  const folder = join(context.root, "images");
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(spoolPrefix))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  const store = await ImageStore.open(folder, context.log);
  const { id, json } = hostImageConfig();
  if (store.get(id) === undefined) {
    await store.put({ id, json, config: parseImageConfig(json), layerSizes: [], host: true });
  }
  if (store.byName(hostImageName)?.id !== id) await store.tag([hostImageName], id);
  const used = new Set(store.all().flatMap((image) => image.config.rootfs.diff_ids));
  const layers = await LayerStore.open(context, (diffId) => store.hasDamagedImages || used.has(diffId));
  return new Images(context, { store, layers, machine, hostId: id });
}

class Images extends ImageCatalogue implements ImagesBackend, ImageRoots {
  readonly #removal: RemovalContext;
  readonly #loading: LoadingContext;
  readonly #downloads = new Map<string, Promise<unknown>>();
  /** Whatever adds or removes layers goes one after the other: a layer found must still be there when its image is saved. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: EngineContext, parts: ImageParts & { readonly hostId: string }) {
    super(context, parts);
    this.#loading = {
      layers: parts.layers,
      spool: join(context.root, "images"),
      architecture: imageArchitecture,
      idOf: (name) => parts.store.byName(name)?.id,
      checkName: (name) => this.#checkName(name),
      keep: (images) => this.#keep(images),
      clear: (diffIds) => this.#clear(diffIds),
    };
    this.#removal = {
      store: parts.store,
      layers: parts.layers,
      users: (id) => this.users(id),
      builtIn: { id: parts.hostId, name: hostImageName },
      emit: (action, id, name) => this.#emit(action, id, name),
    };
  }

  async commit(
    imageId: string,
    layer: Readable,
    options: CommittedImage,
  ): Promise<{ id: string; name: string }> {
    const { repo = "", tag = "" } = options;
    const base = findImage(this.store, imageId).image;
    const below = base.config.rootfs.diff_ids;
    const unpin = this.layers.pin(below);
    try {
      const name = repo === "" ? undefined : this.#checkName(withTag(repo, tag));
      const made = await unpackCommit(this.#loading, { base, layer, options });
      const image = await keepTopLayer(this.#loading, {
        ...made,
        names: name === undefined ? [] : [name],
        parent: base.id,
      });
      if (name !== undefined) this.#emit("tag", image.id, familiarName(name));
      this.#emit("create", image.id, name === undefined ? image.id : familiarName(name));
      const asked = name === undefined ? "" : familiarName(name);
      return { id: image.id, name: tag === "" ? asked.replace(/:latest$/, "") : asked };
    } finally {
      layer.destroy();
      unpin();
      await this.#clear(below);
    }
  }

  async tag(ref: string, repo: string, tag: string): Promise<void> {
    const { store } = this;
    const { image } = findImage(store, ref);
    const name = this.#checkName(withTag(repo, tag), image.id);
    await tagImage(store, image.id, [name]);
    this.#emit("tag", image.id, familiarName(name));
  }

  remove(ref: string, options: { force: boolean; noprune: boolean }): Promise<RemovalLine[]> {
    return this.#inTurn(() => removeImage(this.#removal, findImage(this.store, ref), options));
  }

  async prune(filters: Filters): Promise<{ ImagesDeleted: object[]; SpaceReclaimed: number }> {
    const matches = pruneFilter(filters, this.store);
    const { lines, reclaimed } = await this.#inTurn(() => pruneImages(this.#removal, matches));
    const SpaceReclaimed = reclaimed + this.layers.blobs.partial.sweep("all");
    this.context.emit(pruned("image", SpaceReclaimed));
    return { ImagesDeleted: lines, SpaceReclaimed };
  }

  async *load(archive: Readable, options: { platform?: string } = {}): AsyncGenerator<object> {
    const spooled = await spoolArchive(this.#loading, archive);
    const lines = new ProgressLines();
    const work = loadArchive(this.#loading, spooled, { ...options, lines }).then((all) => {
      // Others hear of it even when nobody listens any more to what this call says.
      for (const { image, names } of all) this.#emit("load", image.id, familiarName(names[0] ?? image.id));
      return all;
    });
    try {
      yield* lines.until(work.then(() => undefined));
    } finally {
      await work.catch(() => undefined); // whoever stops listening leaves nothing half done
    }
    for (const loaded of await work) yield* loadedLines(loaded);
  }

  async *import(
    archive: ImportSource,
    options: ImportOptions & { repo?: string; tag?: string },
    signal?: AbortSignal,
  ): AsyncGenerator<object> {
    const { repo = "", tag = "" } = options;
    const name = repo === "" ? undefined : this.#checkName(withTag(repo, tag));
    const image = yield* importImage(this.#loading, archive, {
      ...options,
      names: name === undefined ? [] : [name],
      ...(signal === undefined ? {} : { signal }),
    });
    if (name !== undefined) this.#emit("tag", image.id, familiarName(name));
    this.#emit("import", image.id, name === undefined ? image.id : familiarName(name));
    yield { status: image.id };
  }

  // What is refused is so before the first line: clients are told by the status of the answer.
  async *pull(ref: string, options: PullOptions, signal?: AbortSignal): AsyncGenerator<object> {
    const reference = parseReference(ref);
    if (reference.digest === undefined && taggedName(reference) === hostImageName) {
      yield { status: `Status: Image is up to date for ${familiarName(hostImageName)}` };
      return;
    }
    // The way to registries takes memory that an engine which pulls nothing does without.
    const { pullImage } = await import("./image-pulling.ts");
    this.layers.blobs.partial.sweep("stale");
    yield* pullImage(this.#pulling(), reference, signal === undefined ? options : { ...options, signal });
  }

  async *push(ref: string, options: PushOptions, signal?: AbortSignal): AsyncGenerator<object> {
    const { pushReference } = await import("./image-pushing.ts");
    const { engine, store, layers, clear } = this.#pulling();
    const pushed = (image: ImageRecord, name: string): void => this.#emit("push", image.id, name);
    const context = { engine, store, layers, clear, pushed };
    yield* pushReference(context, ref, signal === undefined ? options : { ...options, signal });
  }

  save(refs: readonly string[], options: { platform?: string } = {}): Readable {
    if (options.platform !== undefined) for (const ref of refs) this.find(ref, options.platform);
    const context = { store: this.store, layers: this.layers };
    const { tar, images, diffIds, release } = saveImages(context, refs);
    for (const { image, names } of images) this.#emit("save", image.id, familiarName(names[0] ?? image.id));
    tar.once("close", () => {
      release();
      // Told in the log, since whoever asked for the archive has it.
      this.#clear(diffIds).catch((error: Error) => this.context.log(`images: ${error.message}`));
    });
    return tar;
  }

  async checkLogin(
    login: { username?: string; password?: string; serveraddress?: string; identitytoken?: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { checkLogin } = await import("./registry-queries.ts");
    await checkLogin(this.context.root, login, signal);
  }

  async describeRemote(ref: string, options: { auth?: string }, signal: AbortSignal): Promise<object> {
    const { describeRemote } = await import("./registry-queries.ts");
    return describeRemote(this.context, ref, { ...options, signal });
  }

  /** Removes those of the layers that no image has. */
  #clear(diffIds: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      await removeUnusedLayers(this.store, this.layers, diffIds);
    });
  }

  #pulling(): PullingContext {
    return {
      engine: this.context,
      store: this.store,
      layers: this.layers,
      underWay: this.#downloads,
      keep: (images) => this.#keep(images),
      clear: (diffIds) => this.#clear(diffIds),
      pulled: (image, name) => this.#emit("pull", image.id, name),
    };
  }

  /** Saves images and gives them names: all, or none when the disk refuses. */
  #keep(images: readonly NamedImage[]): Promise<void> {
    return this.#inTurn(() => keepImages(this.store, images));
  }

  #checkName(reference: string, id?: string): string {
    return checkName(this.#removal.builtIn, reference, id);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #emit(
    action: "tag" | "untag" | "delete" | "load" | "import" | "pull" | "push" | "save" | "create",
    id: string,
    name: string,
  ): void {
    // Those of an image that has just gone are not known any more.
    const labels = this.store.get(id)?.config.config?.Labels ?? {};
    this.context.emit({ Type: "image", Action: action, Actor: { ID: id, Attributes: { ...labels, name } } });
  }
}
