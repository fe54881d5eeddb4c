// Unpacked layers, `<root>/layers/<digits of the diff id>/`, shared between images. A layer has its name only when it is complete
// and its contents have been found to have the digest that it is called by.
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Native } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { digestHex } from "./image-record.ts";

/** A layer on disk that has no name yet: to be adopted or discarded. */
export interface UnpackedLayer {
  readonly diffId: string;
  /** Bytes of its files. */
  readonly size: number;
  readonly folder: string;
}

export class LayerStore {
  readonly #folder: string;
  readonly #native: Native;

  constructor(folder: string, native: Native) {
    this.#folder = folder;
    this.#native = native;
    mkdirSync(folder, { recursive: true });
  }

  path(diffId: string): string {
    return join(this.#folder, digestHex(diffId));
  }

  has(diffId: string): boolean {
    return existsSync(this.path(diffId));
  }

  /** Unpacks an uncompressed layer. Throws EngineError (invalid) when the archive is damaged or tries to leave its folder. */
  async unpack(tar: Readable): Promise<UnpackedLayer> {
    const folder = join(this.#folder, `.new-${randomBytes(8).toString("hex")}`);
    await mkdir(folder);
    await chmod(folder, 0o755);
    try {
      return { ...(await this.#extract(tar, folder)), folder };
    } catch (error) {
      await this.#native.call(["rm", folder]);
      throw error;
    }
  }

  /** Gives it its name, unless there is such a layer already. Throws EngineError (invalid) when it is not the one expected. */
  async adopt(layer: UnpackedLayer, expected = layer.diffId): Promise<void> {
    if (layer.diffId === expected && !this.has(expected)) {
      renameSync(layer.folder, this.path(expected));
      return;
    }
    await this.#native.call(["rm", layer.folder]);
    if (layer.diffId === expected) return;
    throw new EngineError("invalid", `the layer's digest is ${layer.diffId}, expected ${expected}`);
  }

  /** Removes layers, by diff id. */
  async remove(diffIds: readonly string[]): Promise<void> {
    const trash = diffIds
      .filter((diffId) => this.has(diffId))
      .map((diffId) => {
        const unnamed = join(this.#folder, `.removed-${randomBytes(8).toString("hex")}`);
        renameSync(this.path(diffId), unnamed);
        return unnamed;
      });
    if (trash.length > 0) await this.#native.call(["rm", ...trash]);
  }

  /** What a killed engine left: folders without a name, and layers that no image has. */
  async sweep(used: ReadonlySet<string>): Promise<void> {
    const isLeftover = (name: string): boolean => name.startsWith(".") || !used.has(`sha256:${name}`);
    const leftovers = readdirSync(this.#folder).filter(isLeftover);
    if (leftovers.length > 0) {
      await this.#native.call(["rm", ...leftovers.map((name) => join(this.#folder, name))]);
    }
  }

  async #extract(tar: Readable, folder: string): Promise<{ diffId: string; size: number }> {
    const hash = createHash("sha256");
    const checked = new PassThrough();
    const hashing = pipeline(
      tar,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      checked,
    );
    const [unpacked, read] = await Promise.allSettled([
      this.#native.call(["untar", "--root", folder, "--layer", "/"], { input: checked }),
      hashing,
    ]);
    // An archive that cannot be decompressed makes the unpacking fail too; the first is the reason.
    if (read.status === "rejected" && !isClosedByReader(read.reason)) throw damaged(read.reason);
    if (unpacked.status === "rejected") throw damaged(unpacked.reason);
    return { diffId: `sha256:${hash.digest("hex")}`, size: Number.parseInt(unpacked.value.toString(), 10) };
  }
}

function isClosedByReader(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE";
}

function damaged(error: unknown): EngineError {
  const message = error instanceof Error ? error.message : String(error);
  return new EngineError("invalid", `the archive cannot be unpacked: ${message}`, { cause: error });
}
