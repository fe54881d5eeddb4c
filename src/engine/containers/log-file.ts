// Reads a log that grows and is begun anew in further files: whole lines only, from the beginning or from the n-th line before the end.
//
//     log.2   log.1   log      oldest first; the shim renames them, so what is open is known by its inode
import { open, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

const BLOCK = 64 * 1024;
const NEWLINE = 0x0a;

/** A place in one of a log's files. */
export interface LogPlace {
  /** 0 where there is no log. */
  readonly inode: number;
  readonly offset: number;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
}

/** An open log. It stays readable when its files are removed. */
export class LogFile {
  readonly #path: string;
  readonly #end: LogPlace | undefined;
  /** The first is being read. */
  readonly #files: OpenFile[];
  #position: number;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(
    path: string,
    files: OpenFile[],
    from: { position: number; end: LogPlace | undefined },
  ) {
    this.#path = path;
    this.#files = files;
    this.#position = from.position;
    this.#end = from.end;
  }

  /**
   * `tail`: only so many last lines; undefined for all. `end`: where to stop for good. Undefined when there is
   * no such file, or nothing before the end any more.
   */
  static async open(
    path: string,
    options: { tail?: number | undefined; end?: LogPlace } = {},
  ): Promise<LogFile | undefined> {
    const files = await openFiles(path);
    const { end } = options;
    if (files.length === 0 || (end !== undefined && !files.some(({ inode }) => inode === end.inode))) {
      await closeAll(files);
      return undefined;
    }
    try {
      const position = options.tail === undefined ? 0 : await seekTail(files, options.tail);
      return new LogFile(path, files, { position, end });
    } catch (error) {
      await closeAll(files);
      throw error;
    }
  }

  /** The next whole lines; undefined when there are none yet. The last line without newline waits until it has one. */
  async next(): Promise<Buffer[] | undefined> {
    for (;;) {
      const lines = await this.#read();
      if (lines !== undefined) return lines;
      if (this.#isAtEnd() || !(await this.#hasSuccessor())) return undefined;
      // Nothing is added to a file that has a successor: what it got between the two looks is read now.
      const last = await this.#read();
      if (last !== undefined) return last;
      if (!(await this.#advance())) return undefined;
    }
  }

  close(): Promise<void> {
    return closeAll(this.#files);
  }

  async #read(): Promise<Buffer[] | undefined> {
    const file = this.#files[0];
    for (;;) {
      const room = this.#room();
      if (file === undefined || room <= 0) return undefined;
      const block = Buffer.allocUnsafe(Math.min(BLOCK, room));
      const { bytesRead } = await file.handle.read(block, 0, block.length, this.#position);
      if (bytesRead === 0) return undefined;
      this.#position += bytesRead;
      const lines = this.#cut(block.subarray(0, bytesRead));
      if (lines.length > 0) return lines;
    }
  }

  #room(): number {
    if (this.#end === undefined || this.#files[0]?.inode !== this.#end.inode) return BLOCK;
    return this.#end.offset - this.#position;
  }

  #isAtEnd(): boolean {
    return this.#end !== undefined && this.#files[0]?.inode === this.#end.inode;
  }

  async #hasSuccessor(): Promise<boolean> {
    if (this.#files.length > 1) return true;
    const newest = await stat(this.#path).catch(ignoreMissing);
    return newest !== undefined && newest.ino !== this.#files[0]?.inode;
  }

  /** On to the next file. One that was removed before it was read is lost, as its owner asked for. */
  async #advance(): Promise<boolean> {
    if (this.#files.length === 1) {
      const [current] = this.#files;
      const found = await openFiles(this.#path);
      const at = found.findIndex((file) => file.inode === current?.inode);
      await closeAll(found.slice(0, at + 1));
      this.#files.push(...found.slice(at + 1));
      if (this.#files.length === 1) return false;
    }
    const [read] = this.#files.splice(0, 1);
    this.#position = 0;
    this.#rest = Buffer.alloc(0);
    await read?.handle.close();
    return true;
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

/** All files of the log, oldest first. Opened newest first: one that is renamed meanwhile is met twice, and none is missed. */
async function openFiles(path: string): Promise<OpenFile[]> {
  const files: OpenFile[] = [];
  try {
    for (let index = 0; ; index++) {
      const handle = await open(index === 0 ? path : `${path}.${index}`, "r").catch(ignoreMissing);
      if (handle === undefined) return files.toReversed();
      const { ino } = await handle.stat();
      if (files.some((file) => file.inode === ino)) await handle.close();
      else files.push({ handle, inode: ino });
    }
  } catch (error) {
    await closeAll(files);
    throw error;
  }
}

async function closeAll(files: readonly OpenFile[]): Promise<void> {
  await Promise.all(files.map((file) => file.handle.close()));
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** Closes the files that hold none of the last `lines` lines; gives where these begin in the first that is left. */
async function seekTail(files: OpenFile[], lines: number): Promise<number> {
  let missing = lines;
  for (let index = files.length - 1; index >= 0; index--) {
    const file = files[index];
    if (file === undefined) break;
    const found = await tailPosition(file.handle, missing);
    if (found.position > 0 || found.missing === 0) {
      await closeAll(files.splice(0, index));
      return found.position;
    }
    missing = found.missing;
  }
  return 0;
}

/** Where the last `lines` whole lines begin, and how many more there would have to be; read backwards, so that it costs no more than they are long. */
async function tailPosition(
  handle: FileHandle,
  lines: number,
): Promise<{ position: number; missing: number }> {
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
      if (missing === 0) return { position: start + at + 1, missing: 0 };
    }
    end = start;
  }
  // The first line of a file has no newline before it.
  return { position: 0, missing: missing - 1 };
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
