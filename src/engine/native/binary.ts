// Finds the native binary: the one named by SLIPWAY_NATIVE, the one that came with the package, or one compiled here and kept
// below the state directory under a name made of its sources, so that a changed source is never run stale.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import { packageRoot } from "./package-root.ts";

const COMPILER_REMEDY =
  "install a C compiler with static libc and kernel headers (Debian, Ubuntu: gcc libc6-dev; " +
  "Fedora: gcc glibc-static kernel-headers; Alpine: build-base linux-headers), or name a binary in SLIPWAY_NATIVE";

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Sources {
  readonly files: readonly string[];
  /** What the compiler is told: as for the binary that comes with the package. */
  readonly flags: readonly string[];
  readonly hash: string;
}

function readSources(): Sources {
  const folder = join(packageRoot, "native");
  const flags = JSON.parse(readFileSync(join(folder, "compiler-flags.json"), "utf8")) as string[];
  const hash = createHash("sha256").update([process.arch, ...flags].join(" "));
  const files: string[] = [];
  for (const name of readdirSync(folder).toSorted()) {
    if (!/\.[ch]$/.test(name)) continue;
    hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
    if (name.endsWith(".c")) files.push(join(folder, name));
  }
  return { files, flags, hash: hash.digest("hex").slice(0, 16) };
}

function compile(output: string, { files, flags }: Sources): Promise<void> {
  const compiler = process.env["CC"] ?? "cc";
  return new Promise((resolve, reject) => {
    execFile(compiler, [...flags, "-o", output, ...files], (error, _stdout, stderr) => {
      if (error === null) return resolve();
      const missing = error.code === "ENOENT";
      const said = missing ? `${compiler} is not there` : stderr.trim().slice(0, 2000) || error.message;
      reject(
        new EngineError("unavailable", `the native binary cannot be compiled: ${said}; ${COMPILER_REMEDY}`, {
          cause: error,
        }),
      );
    });
  });
}

/**
 * Absolute path of the native binary for this machine. Compiles it into `<root>/native/<hash>/` when the package has none.
 * Throws EngineError (unavailable) that says what to install.
 */
export async function findBinary(root: string): Promise<string> {
  const chosen = process.env["SLIPWAY_NATIVE"];
  if (chosen !== undefined && chosen !== "") {
    if (isExecutable(chosen)) return chosen;
    throw new EngineError("unavailable", `SLIPWAY_NATIVE names "${chosen}", which is not an executable file`);
  }
  const packaged = join(packageRoot, "dist", "native", `linux-${process.arch}`, "slipway-native");
  if (isExecutable(packaged)) return packaged;

  const sources = readSources();
  const folder = join(root, "native", sources.hash);
  const binary = join(folder, "slipway-native");
  if (isExecutable(binary)) return binary;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const unfinished = `${binary}.${process.pid}`;
  try {
    await compile(unfinished, sources);
    renameSync(unfinished, binary);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return binary;
}
