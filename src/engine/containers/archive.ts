// Files in and out of a container, running or at rest: the native binary works inside its root, which no path or link can leave.
import type { Readable } from "node:stream";
import type { PathStat } from "../backend.ts";
import { EngineError } from "../errors.ts";
import { findAccount } from "./accounts.ts";
import type { Container } from "./container.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";
import { byDepth } from "./mounts.ts";
import { HAS_ENDED, withRoot } from "./inner-root.ts";

export async function statPath(parts: Parts, container: Container, path: string): Promise<PathStat> {
  requirePath(path);
  return await withRoot(parts, container, (root) => stat(parts, container, { root, path }));
}

/** The stream is to be read or destroyed: a container at rest is not started, nor read a second time, before it has ended. */
export async function readArchive(
  parts: Parts,
  container: Container,
  path: string,
): Promise<{ stat: PathStat; tar: Readable }> {
  requirePath(path);
  const opened = await new Promise<{ stat: PathStat; tar: Readable }>((resolve, reject) => {
    withRoot(parts, container, async (root) => {
      const found = await stat(parts, container, { root, path });
      const { output, done } = await parts.context.native.stream(["tar", ...root, absolute(path)]);
      resolve({ stat: found, tar: output });
      await done.catch((error: Error) => output.destroy(error));
    }).catch(reject);
  });
  emitContainer(parts, container, "archive-path");
  return opened;
}

export interface WriteArchiveOptions {
  readonly noOverwriteDirNonDir: boolean;
  readonly copyUIDGID: boolean;
}

export async function writeArchive(
  parts: Parts,
  container: Container,
  request: { path: string; tar: Readable; options: WriteArchiveOptions },
): Promise<void> {
  const { path, tar, options } = request;
  requirePath(path);
  refuseReadOnly(container, path);
  const user = container.saved.config.User ?? "";
  const owner = options.copyUIDGID && user !== "" ? await findAccount(parts, container, user) : undefined;
  await withRoot(
    parts,
    container,
    async (root) => {
      const args = [
        "untar",
        ...root,
        ...(options.noOverwriteDirNonDir ? ["--no-overwrite-dir-non-dir"] : []),
        ...(owner === undefined ? [] : ["--owner", `${owner.uid}:${owner.gid}`]),
        absolute(path),
      ];
      await missingIsNotFound(container, path, () => parts.context.native.call(args, { input: tar }));
    },
    false,
  ); // what was read of the archive cannot be read again
  emitContainer(parts, container, "extract-to-dir");
}

async function stat(
  parts: Parts,
  container: Container,
  place: { root: readonly string[]; path: string },
): Promise<PathStat> {
  const printed = await missingIsNotFound(container, place.path, () =>
    parts.context.native.call(["stat", ...place.root, absolute(place.path)]),
  );
  return JSON.parse(printed.toString("utf8")) as PathStat;
}

async function missingIsNotFound<T>(container: Container, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    if (HAS_ENDED.test(message)) throw error;
    if (message.includes("No such file or directory")) {
      throw new EngineError(
        "not-found",
        `Could not find the file ${path} in container ${container.saved.name}`,
        { cause: error },
      );
    }
    if (message.includes("Not a directory")) {
      throw new EngineError("invalid", `extraction point is not a directory: ${path}`, { cause: error });
    }
    if (message.includes("Read-only file system")) {
      throw new EngineError("invalid", `container rootfs is marked read-only: ${path}`, { cause: error });
    }
    throw error;
  }
}

function refuseReadOnly(container: Container, path: string): void {
  const { mounts, hostConfig } = container.saved;
  const target = absolute(path);
  const over = byDepth(mounts).findLast(
    (mount) => target === mount.target || target.startsWith(`${mount.target}/`),
  );
  if (over === undefined) {
    if (hostConfig.ReadonlyRootfs) throw new EngineError("invalid", "container rootfs is marked read-only");
  } else if (over.readOnly) throw new EngineError("invalid", "mounted volume is marked read-only");
}

function requirePath(path: string): void {
  if (path === "") throw new EngineError("invalid", "bad parameter: path cannot be empty");
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}
