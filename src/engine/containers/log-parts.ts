// The files of a container's log. The shim writes to `log`; once that is long enough it becomes `log.7` (then `log.8`, and so on) and another
// is begun. An older file is never written to again. The engine may replace it by `log.7.gz`, and the shim drops the oldest.
import { open, readdir } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { CompressedPart, PlainPart } from "./log-part.ts";
import type { LogPart } from "./log-part.ts";

/** What is behind the log's name in that of an older file. */
const OLDER = /^([1-9]\d*)(\.gz)?$/;

/** An older file; for a moment it may be there in both forms, which say the same. */
export interface OlderFile {
  readonly number: number;
  readonly isPlain: boolean;
  readonly isCompressed: boolean;
}

/** The numbers of older files, in either form, among the names in the log's folder. */
export function olderNumbers(log: string, names: readonly string[]): number[] {
  return olderForms(log, names).map(({ number }) => number);
}

/** Older files of the log, oldest first; none when its folder is gone. */
export async function olderFiles(path: string): Promise<OlderFile[]> {
  const names = (await ignoringMissing(readdir(dirname(path)))) ?? [];
  const found = new Map<number, OlderFile>();
  for (const { number, isCompressed } of olderForms(basename(path), names)) {
    const known = found.get(number);
    found.set(number, {
      number,
      isPlain: !isCompressed || known?.isPlain === true,
      isCompressed: isCompressed || known?.isCompressed === true,
    });
  }
  return [...found.values()].toSorted((a, b) => a.number - b.number);
}

function olderForms(log: string, names: readonly string[]): { number: number; isCompressed: boolean }[] {
  return names.flatMap((name) => {
    const match = name.startsWith(`${log}.`) ? OLDER.exec(name.slice(log.length + 1)) : null;
    return match === null ? [] : [{ number: Number(match[1]), isCompressed: match[2] !== undefined }];
  });
}

/** The older file of a number, in its plain form. */
export function olderPath(path: string, number: number): string {
  return `${path}.${number}`;
}

/** The compressed form of a file. */
export function compressedPath(plain: string): string {
  return `${plain}.gz`;
}

/** Opens all files that come after number `after`, oldest first; those that are dropped meanwhile are left out. */
export async function openParts(path: string, after = 0): Promise<LogPart[]> {
  const parts: LogPart[] = [];
  try {
    const { numbers, newest } = await look(path);
    if (newest !== undefined) parts.push(newest);
    for (const number of numbers.filter((each) => each > after).toReversed()) {
      const part = await openOlder(path, number);
      if (part !== undefined) parts.push(part);
    }
    return parts.toReversed();
  } catch (error) {
    await Promise.all(parts.map((part) => part.close()));
    throw error;
  }
}

/** The numbers there are, and the file that is written to: it has the next number, since none was begun between two looks. */
async function look(path: string): Promise<{ numbers: number[]; newest: LogPart | undefined }> {
  for (;;) {
    const numbers = (await olderFiles(path)).map(({ number }) => number);
    const handle = await openIfThere(path);
    try {
      const now = (await olderFiles(path)).at(-1)?.number ?? 0;
      if (now === (numbers.at(-1) ?? 0)) {
        const inode = (await handle?.stat())?.ino;
        return {
          numbers,
          newest: handle === undefined ? undefined : new PlainPart(handle, { number: now + 1, inode }),
        };
      }
    } catch (error) {
      await handle?.close();
      throw error;
    }
    await handle?.close();
  }
}

/** The compressed form appears before the plain one goes. */
async function openOlder(path: string, number: number): Promise<LogPart | undefined> {
  const name = olderPath(path, number);
  const plain = await openIfThere(name);
  if (plain !== undefined) return new PlainPart(plain, { number, inode: undefined });
  const compressed = await openIfThere(compressedPath(name));
  return compressed === undefined ? undefined : new CompressedPart(compressed, number);
}

function openIfThere(path: string): Promise<FileHandle | undefined> {
  return ignoringMissing(open(path, "r"));
}

/** Undefined where there is no such file. */
export async function ignoringMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}
