// Loads the program together with the code that V8 made of it the last time. Reading that back takes a fraction of the
// time that parsing and compiling takes, which would otherwise be most of what a short command does.
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/** Code that no run has made again for so long belongs to a version of Slipway or Node that is no longer used. */
const KEPT_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/** Looking for more to keep takes a few milliseconds, so only one run in so many does. */
const RUNS_BETWEEN_LOOKS = 16;
/** Writing the code again is worth it from so much more on. */
const WORTHWHILE_GROWTH = 1.02;

/** A program that has been loaded. */
export interface LoadedProgram<Exports> {
  readonly exports: Exports;
  /**
   * Keeps the code for the next time. Which functions that are depends on what has run, so now and then a run that had code
   * keeps what it has needed besides. To be called when the program has done its work.
   */
  readonly keepCode: () => void;
}

/**
 * Loads a program from a file that holds one function of `(exports, require, module, __filename, __dirname)` in ASCII.
 * `kept`: the file for its code; its name has to change with the program's text, since V8 compares only the length. `random`
 * gives numbers from 0 up to 1.
 */
export function loadCompiled<Exports>(
  file: string,
  kept: string | undefined,
  random: () => number = Math.random,
): LoadedProgram<Exports> {
  const cachedData = kept === undefined ? undefined : readKept(kept);
  const script = new Script(readFileSync(file, "latin1"), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const program = script.runInThisContext() as (...parts: unknown[]) => void;
  const module = { exports: {} };
  program(module.exports, createRequire(file), module, file, dirname(file));
  return {
    exports: module.exports as Exports,
    keepCode: () => {
      if (kept === undefined) return;
      const known = cachedData === undefined || script.cachedDataRejected === true ? 0 : cachedData.length;
      if (known > 0 && random() * RUNS_BETWEEN_LOOKS >= 1) return;
      // Functions that have run are compiled by now, and become part of it.
      const code = script.createCachedData();
      if (code.length > known * WORTHWHILE_GROWTH) keep(kept, code);
    },
  };
}

/** Where a user's compiled code is kept; undefined where there is no folder that belongs to the user. */
export function codeFolder(around: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly uid: number | undefined;
}): string | undefined {
  const { env, home, uid } = around;
  const base = env["XDG_CACHE_HOME"] || home;
  try {
    // Code that somebody else could have put there is not run, and nobody gets files of another user's.
    if (uid !== undefined && statSync(base).uid !== uid) return undefined;
  } catch {
    return undefined;
  }
  return env["XDG_CACHE_HOME"] ? join(base, "slipway") : join(base, ".cache", "slipway");
}

function readKept(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Writes the code under its name, whole or not at all. Where that cannot be done the next run compiles again. */
function keep(path: string, code: Buffer): void {
  const folder = dirname(path);
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeDurably(draft, code);
    renameSync(draft, path);
    removeUnused(folder);
  } catch {
    return;
  }
}

function writeDurably(path: string, bytes: Buffer): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeFileSync(file, bytes);
    // V8 checks what code belongs to, not that it is unharmed.
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function removeUnused(folder: string): void {
  const limit = Date.now() - KEPT_FOR_MS;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).mtimeMs < limit) rmSync(path, { force: true });
  }
}
