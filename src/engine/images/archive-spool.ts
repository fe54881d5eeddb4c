// An image archive laid out on disk, because its index comes last and its parts in any order. Only files are kept, under names of
// our own: nothing in the archive can choose where they go.
import { createWriteStream } from "node:fs";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { EngineError } from "../errors.ts";

/** More would not be an index or a configuration. */
const largestText = 16 * 1024 * 1024;
const mostLinks = 16;

interface SpooledFile {
  readonly path: string;
  readonly size: number;
}

/** The files of one archive, by the name they had in it. */
export class SpooledArchive {
  readonly #folder: string;
  readonly #files = new Map<string, SpooledFile>();
  readonly #links = new Map<string, string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads a tar archive to its end into a new folder below `parent`. Throws EngineError (invalid) when it is damaged. */
  static async read(tar: Readable, parent: string): Promise<SpooledArchive> {
    const archive = new SpooledArchive(await mkdtemp(join(parent, ".load-")));
    try {
      await archive.#fill(tar);
    } catch (error) {
      await archive.remove();
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError("invalid", `the archive cannot be read: ${reason}`, { cause: error });
    }
    return archive;
  }

  async #fill(tar: Readable): Promise<void> {
    const entries = extract();
    const reading = pipeline(tar, entries);
    // The loop below ends with the same error; whichever is seen first is the one to tell.
    reading.catch(() => undefined);
    let entryCount = 0;
    for await (const entry of entries) {
      entryCount += 1;
      const { name, type, linkname, size = 0 } = entry.header;
      if (type === "symlink") this.#links.set(clean(name), clean(join(posix.dirname(name), linkname ?? "")));
      if (type === "link") this.#links.set(clean(name), clean(linkname ?? ""));
      if (type === "file" || type === "contiguous-file") {
        const path = join(this.#folder, String(entryCount));
        await pipeline(entry, createWriteStream(path, { mode: 0o600 }));
        this.#files.set(clean(name), { path, size });
      } else {
        entry.resume();
      }
    }
    await reading;
    if (entryCount === 0) throw new Error("it is empty, or not a tar archive");
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** A file's text. Throws EngineError (invalid) when the archive has no such file. */
  async text(name: string): Promise<string> {
    const file = this.#require(name);
    if (file.size > largestText)
      throw new EngineError("invalid", `${name} in the archive is too large to be true`);
    return readFile(file.path, "utf8");
  }

  /** A file's JSON value. */
  async json(name: string): Promise<unknown> {
    const text = await this.text(name);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new EngineError("invalid", `${name} in the archive: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Bytes of a file. */
  size(name: string): number {
    return this.#require(name).size;
  }

  stream(name: string): Readable {
    return createReadStream(this.#require(name).path);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #require(name: string): SpooledFile {
    const file = this.#find(name);
    if (file === undefined)
      throw new EngineError("invalid", `the archive has no file ${JSON.stringify(name)}`);
    return file;
  }

  #find(name: string): SpooledFile | undefined {
    let current = clean(name);
    for (let followed = 0; followed < mostLinks; followed++) {
      const file = this.#files.get(current);
      if (file !== undefined) return file;
      const next = this.#links.get(current);
      if (next === undefined) return undefined;
      current = next;
    }
    return undefined;
  }
}

function clean(name: string): string {
  return posix.normalize(`/${name}`).slice(1);
}
