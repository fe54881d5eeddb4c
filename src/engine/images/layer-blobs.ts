// The compressed form of each layer, as it came or as it was made, so that an image can be saved and pushed again byte for byte:
// `<root>/blobs/<digits of the diff id>` and, beside it, `….json` with what is known of it.
import { createHash, randomBytes } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import type { WriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { hasFields, QUARANTINED, readStateFile, writeStateFile } from "../state-file.ts";
import { decompress } from "../decompress.ts";
import type { Compression } from "../decompress.ts";
import { GzipMembers } from "./gzip-members.ts";
import { digestHex } from "./image-record.ts";
import { isPartialDownload, PartialDownloads } from "./partial-downloads.ts";

/** What is kept of a layer beside its folder. */
export interface LayerBlob {
  /** Of the compressed bytes, which is how registries call it. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly compression: Compression;
  /** Bytes of the plain archive. */
  readonly tarSize: number;
  /** Bytes of the files in it. */
  readonly fileSize: number;
  /** Repositories, in full, that are known to have it: a registry can take it over from there. */
  readonly sources: readonly string[];
}

/** A blob on disk that belongs to no layer yet. */
export interface WrittenBlob {
  readonly path: string;
  readonly digest: string;
  readonly size: number;
}

const STREAM_CHUNK = 256 * 1024;

/** Takes a layer's bytes one after the other, and keeps them compressed. */
export class BlobWriter {
  readonly #path: string;
  readonly #file: WriteStream;
  readonly #gzip: GzipMembers | undefined;
  readonly #hash = createHash("sha256");
  readonly #kept: number;
  #size = 0;

  /** `kept`: so many bytes of what is to come are in the file already; what is compressed here begins anew. */
  constructor(path: string, options: { readonly compress: boolean; readonly kept?: number }) {
    this.#path = path;
    this.#kept = options.compress ? 0 : (options.kept ?? 0);
    const mode = this.#kept > 0 ? { flags: "r+", start: this.#kept } : { flags: "w" };
    this.#file = createWriteStream(path, {
      mode: 0o600,
      flush: true,
      ...mode,
      highWaterMark: 4 * STREAM_CHUNK,
    });
    // The next write or the end tells; without a listener it would end the engine.
    this.#file.on("error", () => undefined);
    if (options.compress) this.#gzip = new GzipMembers((bytes) => this.#keep(bytes));
  }

  /** Resolves when more can be taken. Rejects when the disk does not take it. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#gzip === undefined) this.#keep(bytes);
    else await this.#gzip.write(bytes);
    if (this.#file.errored !== null) throw this.#file.errored;
    if (this.#file.writableNeedDrain) await drained(this.#file);
  }

  async finish(): Promise<WrittenBlob> {
    await this.#gzip?.finish();
    this.#file.end();
    await finished(this.#file);
    return { path: this.#path, digest: `sha256:${this.#hash.digest("hex")}`, size: this.#size };
  }

  /** Lets go of the file as it is, for a download to go on with. Nothing of it is left when it is compressed here. */
  async leave(): Promise<void> {
    if (this.#gzip !== undefined || this.#file.errored !== null) return this.discard();
    this.#file.end();
    await finished(this.#file);
  }

  /** Nothing of it is left. */
  async discard(): Promise<void> {
    this.#file.destroy();
    if (!this.#file.closed) await new Promise<void>((resolve) => this.#file.once("close", () => resolve()));
    await rm(this.#path, { force: true });
  }

  #keep(bytes: Buffer): void {
    this.#hash.update(bytes);
    const fresh = bytes.subarray(Math.min(bytes.length, Math.max(0, this.#kept - this.#size)));
    this.#size += bytes.length;
    if (fresh.length > 0) this.#file.write(fresh);
  }
}

function drained(stream: WriteStream): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      stream.off("drain", done).off("close", done);
      if (stream.errored === null) resolve();
      else reject(stream.errored);
    };
    stream.on("drain", done).on("close", done);
  });
}

function isBlob(value: unknown): boolean {
  return hasFields(value, { digest: "string", size: "number", tarSize: "number", sources: "object" });
}

/** Blobs of all layers, by diff id. */
export class LayerBlobs {
  readonly partial: PartialDownloads;
  readonly #folder: string;
  readonly #known = new Map<string, LayerBlob>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.partial = new PartialDownloads(folder);
  }

  /** Reads what is there and removes what belongs to no layer that `isUsed`. */
  static async open(
    folder: string,
    isUsed: (diffId: string) => boolean,
    log: (message: string) => void,
  ): Promise<LayerBlobs> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const blobs = new LayerBlobs(folder);
    blobs.partial.sweep("stale");
    const present = new Set(readdirSync(folder).filter((name) => !isPartialDownload(name)));
    for (const name of present) {
      if (name.endsWith(QUARANTINED)) continue;
      const diffId = `sha256:${name.replace(/\.json$/, "")}`;
      const isNamed = /^[0-9a-f]{64}(\.json)?$/.test(name);
      const isWhole = isNamed && isUsed(diffId) && present.has(name.replace(/\.json$/, ""));
      if (!isWhole) rmSync(join(folder, name), { force: true });
      else if (name.endsWith(".json")) {
        const known = (await readStateFile(join(folder, name), { log, isWhole: isBlob })) as
          LayerBlob | undefined;
        if (known !== undefined) blobs.#known.set(diffId, known);
      }
    }
    return blobs;
  }

  get(diffId: string): LayerBlob | undefined {
    return this.#known.get(diffId);
  }

  /** Where a new blob is to be written; what a killed engine leaves of it is swept. */
  newPath(): string {
    return join(this.#folder, `.new-${randomBytes(8).toString("hex")}`);
  }

  async adopt(diffId: string, written: WrittenBlob, blob: LayerBlob): Promise<void> {
    renameSync(written.path, this.#path(diffId));
    await this.#save(diffId, blob);
  }

  /** Notes that a repository has the layer's blob. */
  async addSource(diffId: string, repository: string): Promise<void> {
    const blob = this.#known.get(diffId);
    if (blob === undefined || blob.sources.includes(repository)) return;
    await this.#save(diffId, { ...blob, sources: [...blob.sources, repository] });
  }

  /** Forgets them at once; gives the files that are left to be removed. */
  forget(diffIds: readonly string[]): string[] {
    return diffIds
      .filter((diffId) => this.#known.delete(diffId) || existsSync(this.#path(diffId)))
      .flatMap((diffId) => {
        rmSync(`${this.#path(diffId)}.json`, { force: true });
        if (!existsSync(this.#path(diffId))) return [];
        // Big files take a while to be removed, which nobody needs to wait for who brings in the same layer.
        const unnamed = this.newPath();
        renameSync(this.#path(diffId), unnamed);
        return [unnamed];
      });
  }

  /** The bytes as they are kept. */
  compressed(diffId: string): Readable {
    return createReadStream(this.#path(diffId), { highWaterMark: STREAM_CHUNK });
  }

  /** The layer's plain archive, whose digest is the diff id. */
  async plain(diffId: string): Promise<Readable> {
    return decompress(this.compressed(diffId));
  }

  async #save(diffId: string, blob: LayerBlob): Promise<void> {
    await writeStateFile(`${this.#path(diffId)}.json`, blob);
    this.#known.set(diffId, blob);
  }

  #path(diffId: string): string {
    return join(this.#folder, digestHex(diffId));
  }
}
