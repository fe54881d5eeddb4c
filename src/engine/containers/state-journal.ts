// The changing part of a container on disk: one JSON line per change, the last whole one counts. Appending costs a fraction of replacing
// a file and is as safe from an engine that is killed; it is not forced through to the disk, because what it tells (that a process runs)
// does not outlive the machine.
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";

const LONGEST = 64 * 1024;

/** What `lastState` gives for a journal that cannot be used. */
export const DAMAGED = Symbol("damaged");

/** Adds a state; throws when the disk does not take all of it. A journal that has grown long is begun anew. */
export function appendState(path: string, state: unknown): void {
  const line = `${JSON.stringify(state)}\n`;
  const file = openSync(path, "a", 0o600);
  const { size } = fstatSync(file);
  try {
    // After a line that was torn, the newline keeps this one whole.
    writeWhole(file, Buffer.from(size === 0 ? line : `\n${line}`));
  } catch (error) {
    ftruncateSync(file, size);
    if (size === 0) rmSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
  if (size < LONGEST) return;
  try {
    writeFileSync(`${path}.new`, line, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    rmSync(`${path}.new`, { force: true }); // the state is noted; there is time to begin anew at the next one
  }
}

/** A disk that is almost full takes a part and says nothing until it is asked for more. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

/**
 * The last state that is whole; undefined when there is no journal. DAMAGED when there is one and no
 * line of it can be used, which a write that was cut short does not do to it.
 */
export function lastState(path: string, isWhole: (state: unknown) => boolean): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  for (const line of text.split("\n").toReversed()) {
    const state = parse(line);
    if (isWhole(state)) return state;
  }
  return DAMAGED;
}

/** Undefined for what is torn: the line before it counts. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
