// One file of a container's log: the one that grows, or an older one, which may be compressed.
import type { FileHandle } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Gunzip } from "node:zlib";

const BLOCK = 64 * 1024;
const NEWLINE = 0x0a;

/** An open file of a log. It stays readable when it is removed, or replaced by its compressed form. */
export interface LogPart {
  /** Counts the files of a log up. */
  readonly number: number;
  /** Of the file that the shim writes to, or did when it was opened; undefined for an older one. */
  readonly inode: number | undefined;
  /** What has been read or skipped, in bytes of the log. */
  readonly position: number;
  /** The next bytes, at most so many; undefined when there are none, or none yet. */
  read(limit: number): Promise<Buffer | undefined>;
  /** Goes on to the last so many whole lines, from the beginning; gives how many more there would have to be. */
  skipToTail(lines: number): Promise<number>;
  close(): Promise<void>;
}

/** A file as the shim wrote it, which may still grow. */
export class PlainPart implements LogPart {
  readonly number: number;
  readonly inode: number | undefined;
  position = 0;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, place: { number: number; inode: number | undefined }) {
    this.#handle = handle;
    this.number = place.number;
    this.inode = place.inode;
  }

  async read(limit: number): Promise<Buffer | undefined> {
    const block = Buffer.allocUnsafe(Math.min(BLOCK, limit));
    const { bytesRead } = await this.#handle.read(block, 0, block.length, this.position);
    this.position += bytesRead;
    return bytesRead === 0 ? undefined : block.subarray(0, bytesRead);
  }

  /** Read backwards, so that it costs no more than the lines are long. */
  async skipToTail(lines: number): Promise<number> {
    const { size } = await this.#handle.stat();
    const block = Buffer.allocUnsafe(BLOCK);
    let missing = lines + 1; // the newline before the first line wanted
    let end = size;
    while (end > 0) {
      const start = Math.max(0, end - BLOCK);
      const length = await this.#readFully(block, { start, length: end - start });
      for (let at = length - 1; at >= 0; at--) {
        if (block[at] !== NEWLINE) continue;
        missing--;
        if (missing > 0) continue;
        this.position = start + at + 1;
        return 0;
      }
      end = start;
    }
    // The first line of a file has no newline before it.
    return missing - 1;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #readFully(block: Buffer, range: { start: number; length: number }): Promise<number> {
    let done = 0;
    while (done < range.length) {
      const { bytesRead } = await this.#handle.read(block, done, range.length - done, range.start + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }
}

/** Never held in memory as a whole: what comes before the last lines is passed over, once to count and once to skip. */
export class CompressedPart implements LogPart {
  readonly number: number;
  readonly inode = undefined;
  position = 0;
  readonly #handle: FileHandle;
  #gunzip: Gunzip | undefined;
  #chunks: AsyncIterator<Buffer> | undefined;
  #rest: Buffer | undefined;

  constructor(handle: FileHandle, number: number) {
    this.#handle = handle;
    this.number = number;
  }

  async read(limit: number): Promise<Buffer | undefined> {
    const chunk = await this.#next();
    if (chunk === undefined) return undefined;
    const taken = chunk.subarray(0, limit);
    if (taken.length < chunk.length) this.#rest = chunk.subarray(taken.length);
    this.position += taken.length;
    return taken;
  }

  async skipToTail(lines: number): Promise<number> {
    let count = 0;
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
    }
    this.#rewind();
    let skipped = Math.max(0, count - lines);
    while (skipped > 0) {
      const chunk = await this.#next();
      if (chunk === undefined) break;
      let start = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0 && skipped > 0; at = chunk.indexOf(NEWLINE, start)) {
        start = at + 1;
        skipped--;
      }
      const used = skipped > 0 ? chunk.length : start;
      this.position += used;
      if (used < chunk.length) this.#rest = chunk.subarray(used);
    }
    return Math.max(0, lines - count);
  }

  async close(): Promise<void> {
    this.#rewind();
    await this.#handle.close();
  }

  async #next(): Promise<Buffer | undefined> {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) return rest;
    this.#chunks ??= this.#open()[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const { done, value } = await this.#chunks.next();
    return done === true ? undefined : value;
  }

  #open(): Gunzip {
    const gunzip = createGunzip({ chunkSize: BLOCK });
    this.#gunzip = gunzip;
    // An error comes out of whoever reads.
    pipeline(Readable.from(blocksOf(this.#handle)), gunzip, () => undefined);
    return gunzip;
  }

  #rewind(): void {
    this.#gunzip?.destroy();
    this.#gunzip = undefined;
    this.#chunks = undefined;
    this.#rest = undefined;
    this.position = 0;
  }
}

/** All bytes of a file. */
export async function* blocksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
