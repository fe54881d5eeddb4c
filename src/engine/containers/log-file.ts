// Reads a log that grows and is begun anew in further files: whole lines only, from the beginning or from the n-th line before the end.
import { readdirSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { LogPart } from "./log-part.ts";
import { ignoringMissing, olderNumbers, openParts } from "./log-parts.ts";

const NEWLINE = 0x0a;

/** A place in one of a log's files. */
export interface LogPlace {
  /** Of the file, once another is begun. */
  readonly number: number;
  /** Of the file as long as it is written to; 0 where there is no log. */
  readonly inode: number;
  readonly offset: number;
}

/** Where the log ends now. */
export function presentEnd(path: string): LogPlace {
  const older = olderNumbers(basename(path), readdirSync(dirname(path)));
  const newest = statSync(path, { throwIfNoEntry: false });
  return { number: Math.max(0, ...older) + 1, inode: newest?.ino ?? 0, offset: newest?.size ?? 0 };
}

/** An open log. It stays readable when its files are removed. */
export class LogFile {
  readonly #path: string;
  readonly #end: LogPlace | undefined;
  /** The first is being read. */
  readonly #parts: LogPart[];
  #rest: Buffer = Buffer.alloc(0);

  private constructor(path: string, parts: LogPart[], end: LogPlace | undefined) {
    this.#path = path;
    this.#parts = parts;
    this.#end = end;
  }

  /**
   * `tail`: only so many last lines; undefined for all. `end`: where to stop for good. Undefined when there is
   * no such file, or nothing before the end any more.
   */
  static async open(
    path: string,
    options: { tail?: number | undefined; end?: LogPlace } = {},
  ): Promise<LogFile | undefined> {
    const parts = await openParts(path);
    const { end } = options;
    if (parts.length === 0 || (end !== undefined && !parts.some((part) => isAt(part, end)))) {
      await closeAll(parts);
      return undefined;
    }
    try {
      if (options.tail !== undefined) await skipToTail(parts, options.tail);
      return new LogFile(path, parts, end);
    } catch (error) {
      await closeAll(parts);
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
    return closeAll(this.#parts);
  }

  async #read(): Promise<Buffer[] | undefined> {
    const part = this.#parts[0];
    for (;;) {
      const room = this.#room();
      if (part === undefined || room <= 0) return undefined;
      const block = await part.read(room);
      if (block === undefined) return undefined;
      const lines = this.#cut(block);
      if (lines.length > 0) return lines;
    }
  }

  #room(): number {
    const [part] = this.#parts;
    if (this.#end === undefined || part === undefined || !isAt(part, this.#end)) return Infinity;
    return this.#end.offset - part.position;
  }

  #isAtEnd(): boolean {
    const [part] = this.#parts;
    return this.#end !== undefined && part !== undefined && isAt(part, this.#end);
  }

  async #hasSuccessor(): Promise<boolean> {
    if (this.#parts.length > 1) return true;
    const newest = await ignoringMissing(stat(this.#path));
    return newest !== undefined && newest.ino !== this.#parts[0]?.inode;
  }

  /** On to the next file. One that was removed before it was read is lost, as its owner asked for. */
  async #advance(): Promise<boolean> {
    const [current] = this.#parts;
    if (current !== undefined && this.#parts.length === 1) {
      const found = await openParts(this.#path, current.number);
      const isNext = (part: LogPart): boolean => part.inode === undefined || part.inode !== current.inode;
      await closeAll(found.filter((part) => !isNext(part)));
      this.#parts.push(...found.filter(isNext));
      if (this.#parts.length === 1) return false;
    }
    const [read] = this.#parts.splice(0, 1);
    this.#rest = Buffer.alloc(0);
    await read?.close();
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

/** The file that is written to has its number only from when the next is begun. */
function isAt(part: LogPart, place: LogPlace): boolean {
  return part.inode === undefined ? part.number === place.number : part.inode === place.inode;
}

async function closeAll(parts: readonly LogPart[]): Promise<void> {
  await Promise.all(parts.map((part) => part.close()));
}

/** Closes the files that hold none of the last `lines` lines, and goes to where these begin in the first that is left. */
async function skipToTail(parts: LogPart[], lines: number): Promise<void> {
  let missing = lines;
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = parts[index];
    if (part === undefined) break;
    missing = await part.skipToTail(missing);
    if (missing > 0) continue;
    await closeAll(parts.splice(0, index));
    return;
  }
}
