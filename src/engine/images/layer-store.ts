// Unpacked layers, `<root>/layers/<digits of the diff id>/`, shared between images, and their blobs. A layer has its name only when it is
// complete and its contents have been found to have the digest that it is called by.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { EngineContext, Native } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { syncFolder } from "../state-file.ts";
import { digestHex } from "./image-record.ts";
import { LayerBlobs } from "./layer-blobs.ts";
import type { LayerBlob } from "./layer-blobs.ts";
import { unpackingFailure } from "./layer-failure.ts";
import { unpackLayer } from "./layer-unpacking.ts";
import type { LayerContents, UnpackTarget } from "./layer-unpacking.ts";

/** A layer on disk that has no name yet: to be adopted or discarded. */
export interface UnpackedLayer extends LayerContents {
  readonly folder: string;
}

const DEVICES = "only root makes them, and containers get their own /dev";

export class LayerStore {
  readonly blobs: LayerBlobs;
  readonly #folder: string;
  readonly #native: Native;
  readonly #log: (message: string) => void;
  /** Diff id to how many want it to stay, although no image has it yet. */
  readonly #pins = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    folder: string,
    { native, log }: Pick<EngineContext, "native" | "log">,
    blobs: LayerBlobs,
  ) {
    this.#folder = folder;
    this.#native = native;
    this.#log = log;
    this.blobs = blobs;
  }

  /** Opens the store and removes what was never finished, and layers that are not `isUsed`: what a killed engine left. */
  static async open(
    context: Pick<EngineContext, "root" | "native" | "log">,
    isUsed: (diffId: string) => boolean,
  ): Promise<LayerStore> {
    const { root, native, log } = context;
    const folders = { layers: join(root, "layers"), blobs: join(root, "blobs") };
    mkdirSync(folders.layers, { recursive: true });
    const store = new LayerStore(folders.layers, context, await LayerBlobs.open(folders.blobs, isUsed, log));
    const isLeftover = (name: string): boolean => name.startsWith(".") || !isUsed(`sha256:${name}`);
    const leftovers = readdirSync(folders.layers).filter(isLeftover);
    if (leftovers.length > 0) {
      await native.call(["rm", ...leftovers.map((name) => join(folders.layers, name))]);
    }
    return store;
  }

  path(diffId: string): string {
    return join(this.#folder, digestHex(diffId));
  }

  /** What is known of a layer that is here whole; undefined when it is not. */
  get(diffId: string): LayerBlob | undefined {
    return existsSync(this.path(diffId)) ? this.blobs.get(diffId) : undefined;
  }

  /** Keeps layers, here already or yet to come, from being removed until the function that it gives is called. */
  pin(diffIds: readonly string[]): () => void {
    for (const diffId of diffIds) this.#pins.set(diffId, (this.#pins.get(diffId) ?? 0) + 1);
    return () => {
      for (const diffId of diffIds) {
        const left = (this.#pins.get(diffId) ?? 0) - 1;
        if (left > 0) this.#pins.set(diffId, left);
        else this.#pins.delete(diffId);
      }
    };
  }

  isPinned(diffId: string): boolean {
    return this.#pins.has(diffId);
  }

  /** Unpacks a layer, compressed or plain. Throws EngineError (invalid) when the archive is damaged or tries to leave its folder. */
  async unpack(
    archive: Readable,
    target: Partial<Omit<UnpackTarget, "folder">> = {},
  ): Promise<UnpackedLayer> {
    const folder = join(this.#folder, `.new-${randomBytes(8).toString("hex")}`);
    try {
      await mkdir(folder);
      await chmod(folder, 0o755);
    } catch (error) {
      archive.destroy();
      throw unpackingFailure(error);
    }
    try {
      const contents = await unpackLayer(this.#native, archive, {
        blobPath: this.blobs.newPath(),
        ...target,
        folder,
      });
      return { ...contents, folder };
    } catch (error) {
      await this.#native.call(["rm", folder]);
      throw error;
    }
  }

  /** Gives it its name, unless there is such a layer already. Throws EngineError (invalid) when it is not the one expected. */
  async adopt(layer: UnpackedLayer, expected = layer.diffId, source?: string): Promise<void> {
    if (layer.diffId !== expected) {
      await this.discard(layer);
      throw new EngineError("invalid", `the layer's digest is ${layer.diffId}, expected ${expected}`);
    }
    await this.#inTurn(async () => {
      let isTaken = false;
      try {
        if (this.get(expected) !== undefined) return;
        const { blob, compression, tarSize, size: fileSize } = layer;
        const { digest, size } = blob;
        const sources = source === undefined ? [] : [source];
        await this.blobs.adopt(expected, blob, { digest, size, compression, tarSize, fileSize, sources });
        // The folder last: a layer that has one is whole. A folder that has lost its blob stays: containers may have it mounted.
        if (existsSync(this.path(expected))) await this.#drop([layer.folder]);
        else renameSync(layer.folder, this.path(expected));
        await syncFolder(this.#folder);
        if (layer.leftOut > 0)
          this.#log(`layer ${expected}: ${layer.leftOut} devices were left out; ${DEVICES}`);
        isTaken = true;
      } catch (error) {
        await this.#drop(this.blobs.forget([expected]));
        throw error;
      } finally {
        if (!isTaken) await this.discard(layer);
      }
    });
  }

  /** Removes one that was not adopted. */
  async discard(layer: UnpackedLayer): Promise<void> {
    await this.#native.call(["rm", layer.folder]);
    await rm(layer.blob.path, { force: true });
  }

  /** Removes layers, by diff id, that nobody has pinned; gives those that were. */
  async remove(diffIds: readonly string[]): Promise<string[]> {
    const { going, trash } = await this.#inTurn(() => Promise.resolve(this.#takeAway(diffIds)));
    await this.#drop(trash);
    return going;
  }

  /** In one go: who looks for a layer finds all of it or nothing. */
  #takeAway(diffIds: readonly string[]): { going: string[]; trash: string[] } {
    const going = diffIds.filter((diffId) => !this.isPinned(diffId));
    const folders = going
      .filter((diffId) => existsSync(this.path(diffId)))
      .map((diffId) => {
        const unnamed = join(this.#folder, `.removed-${randomBytes(8).toString("hex")}`);
        renameSync(this.path(diffId), unnamed);
        return unnamed;
      });
    return { going, trash: [...folders, ...this.blobs.forget(going)] };
  }

  async #drop(trash: readonly string[]): Promise<void> {
    if (trash.length > 0) await this.#native.call(["rm", ...trash]);
  }

  /** Layers get their names and lose them one after the other. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
