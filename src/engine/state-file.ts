// State on disk: one JSON value per file, replaced whole or not at all, whatever moment the engine is killed or the power fails at. Only the
// disk is waited for: what the kernel does in memory takes less time than having it done by another thread.
import { closeSync, fdatasync, fsync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { EngineError } from "./errors.ts";

/** What a file's name gets when it cannot be used. */
export const QUARANTINED = ".quarantined";

const synced = promisify(fsync);
const dataSynced = promisify(fdatasync);
let sequence = 0;

/** Makes a folder's entries survive a power failure: what was renamed into it has its new name then. */
export async function syncFolder(folder: string): Promise<void> {
  const file = openSync(folder, "r");
  try {
    await synced(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a value so that a reader finds the old or the new one, never a part; it is on the disk when this resolves. Throws EngineError (failed)
 * when the disk does not take it; the old one is still there then.
 */
export async function writeStateFile(path: string, value: unknown): Promise<void> {
  sequence += 1;
  const temporary = `${path}.${process.pid}-${sequence}.tmp`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(file, JSON.stringify(value));
      await dataSynced(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new EngineError("failed", `${path} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
  await syncFolder(dirname(path));
}

/** Moves a file that is damaged out of the way and says so. It must neither stop the engine nor be lost to whoever wants to look at it. */
export function quarantine(path: string, reason: string, log: (message: string) => void): void {
  renameSync(path, `${path}${QUARANTINED}`);
  log(`${path} is damaged and was set aside as ${path}${QUARANTINED}: ${reason}`);
}

/** How a value is read back. */
export interface StateReading {
  /** Told of a file that was set aside. */
  readonly log: (message: string) => void;
  /** Whether a value has what every one of its kind has; JSON that was written over by something else has not. */
  readonly isWhole: (value: unknown) => boolean;
}

/** Whether a value is an object whose fields have these types, as `typeof` names them. */
export function hasFields(value: unknown, fields: Readonly<Record<string, string>>): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(fields).every(([name, type]) => {
    const field = (value as Record<string, unknown>)[name];
    return typeof field === type && field !== null;
  });
}

/** Reads a value back; undefined when there is no such file, or it had to be set aside as `<path>.quarantined`. */
export async function readStateFile(path: string, { log, isWhole }: StateReading): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    quarantine(path, (error as Error).message, log);
    return undefined;
  }
  if (isWhole(value)) return value;
  quarantine(path, "it is not what belongs there", log);
  return undefined;
}
