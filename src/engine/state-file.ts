// State on disk: one JSON value per file, replaced whole or not at all, whatever moment the engine is killed at.
import { open, readFile, rename, rm } from "node:fs/promises";
import { EngineError } from "./errors.ts";

let sequence = 0;

/**
 * Writes a value so that a reader finds the old or the new one, never a part; it is on the disk when this resolves. Throws EngineError (failed)
 * when the disk does not take it; the old one is still there then.
 */
export async function writeStateFile(path: string, value: unknown): Promise<void> {
  sequence += 1;
  const temporary = `${path}.${process.pid}-${sequence}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(JSON.stringify(value));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new EngineError("failed", `${path} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Reads a value back; undefined when there is no such file. One that is not whole JSON is moved aside to `<path>.quarantined`, told to
 * `onQuarantine`, and counts as absent: it must neither stop the engine nor be lost to whoever wants to look at it.
 */
export async function readStateFile(
  path: string,
  onQuarantine?: (quarantined: string, reason: string) => void,
): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const quarantined = `${path}.quarantined`;
    await rename(path, quarantined);
    onQuarantine?.(quarantined, (error as Error).message);
    return undefined;
  }
}
