// The outside world for the pure rooms: files, standard input, the current folder.
import { readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import type { ReadResult, SpecHost } from "../spec/index.ts";

/** The machine that the command runs on. Relative paths start at `cwd`. */
export function createHost(cwd: string): SpecHost {
  return {
    cwd,
    homedir: homedir(),
    readFile: (path) => read(path),
    readStdin: () => read(0),
    kind: (path) => {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) return undefined;
      if (stats.isFile()) return "file";
      return stats.isDirectory() ? "directory" : "other";
    },
    realpath: (path) => {
      try {
        return realpathSync(path);
      } catch {
        return path;
      }
    },
  };
}

function read(source: string | 0): ReadResult {
  try {
    return { ok: true, text: readFileSync(source, "utf8") };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { ok: false, reason: "not-found", message };
    if (code === "EISDIR") return { ok: false, reason: "is-directory", message };
    return { ok: false, reason: "unreadable", message };
  }
}
