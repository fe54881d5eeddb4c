// Reads a log file that grows: whole lines only, from the beginning or from the n-th line before the end.
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

const BLOCK = 64 * 1024;
const NEWLINE = 0x0a;

/** An open log. It stays readable when the file is removed. */
export class LogFile {
  readonly #handle: FileHandle;
  #position: number;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(handle: FileHandle, position: number) {
    this.#handle = handle;
    this.#position = position;
  }

  /** `tail`: only so many last lines; undefined for all. Undefined when there is no such file. */
  static async open(path: string, tail: number | undefined): Promise<LogFile | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(path, "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      return new LogFile(handle, tail === undefined ? 0 : await tailPosition(handle, tail));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The next whole lines; undefined when there are none yet. The last line without newline waits until it has one. */
  async next(): Promise<Buffer[] | undefined> {
    for (;;) {
      const block = Buffer.allocUnsafe(BLOCK);
      const { bytesRead } = await this.#handle.read(block, 0, BLOCK, this.#position);
      if (bytesRead === 0) return undefined;
      this.#position += bytesRead;
      const lines = this.#cut(block.subarray(0, bytesRead));
      if (lines.length > 0) return lines;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #cut(bytes: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      const piece = bytes.subarray(from, end);
      lines.push(this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]));
      this.#rest = Buffer.alloc(0);
      from = end + 1;
    }
    if (from < bytes.length) this.#rest = Buffer.concat([this.#rest, bytes.subarray(from)]);
    return lines;
  }
}

/** Where the last `lines` whole lines begin; read backwards, so that it costs no more than they are long. */
async function tailPosition(handle: FileHandle, lines: number): Promise<number> {
  const { size } = await handle.stat();
  const block = Buffer.allocUnsafe(BLOCK);
  let missing = lines + 1; // the newline before the first line wanted
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - BLOCK);
    const length = await readFully(handle, block, { start, length: end - start });
    for (let at = length - 1; at >= 0; at--) {
      if (block[at] !== NEWLINE) continue;
      missing--;
      if (missing === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}

async function readFully(
  handle: FileHandle,
  block: Buffer,
  range: { start: number; length: number },
): Promise<number> {
  let done = 0;
  while (done < range.length) {
    const { bytesRead } = await handle.read(block, done, range.length - done, range.start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
