// Files in and out of a container, running or at rest: the native binary works inside its root, which no path or link can leave.
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { PathStat } from "../backend.ts";
import { EngineError } from "../errors.ts";
import type { Container } from "./container.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";
import { placeMounts } from "./place-mounts.ts";
import { byDepth } from "./mounts.ts";
import { FILES } from "./record.ts";

/** What the binary says of a process whose root it can no longer enter. */
const HAS_ENDED = /\/proc\/\d+\/(?:ns|root)/;

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
  const owner = options.copyUIDGID ? numericOwner(container) : undefined;
  await withRoot(
    parts,
    container,
    async (root) => {
      const args = [
        "untar",
        ...root,
        ...(options.noOverwriteDirNonDir ? ["--no-overwrite-dir-non-dir"] : []),
        ...(owner === undefined ? [] : ["--owner", owner]),
        absolute(path),
      ];
      await missingIsNotFound(container, path, () => parts.context.native.call(args, { input: tar }));
    },
    false,
  ); // what was read of the archive cannot be read again
  emitContainer(parts, container, "extract-to-dir");
}

/**
 * Works on the root of the running process, or on that of a container at rest: an overlay is mounted once at a time, so in the container's
 * turn, and not while it starts. Where the process ends before its root was entered the work is done `again`, at rest.
 */
async function withRoot<T>(
  parts: Parts,
  container: Container,
  work: (root: readonly string[]) => Promise<T>,
  again = true,
): Promise<T> {
  for (;;) {
    const done =
      container.shim === undefined
        ? await container.exclusive(async () => whenAtRest(parts, container, work))
        : await whenRunning(container, work, again);
    if (done !== undefined) return done.result;
  }
}

/** Undefined when it has been started. */
async function whenAtRest<T>(
  parts: Parts,
  container: Container,
  work: (root: readonly string[]) => Promise<T>,
): Promise<{ result: T } | undefined> {
  if (container.shim !== undefined) return undefined;
  return { result: await work(await rootAtRest(parts, container)) };
}

/** Undefined when it has ended. */
async function whenRunning<T>(
  container: Container,
  work: (root: readonly string[]) => Promise<T>,
  again: boolean,
): Promise<{ result: T } | undefined> {
  try {
    return { result: await work(["--pid", String(container.saved.state.pid)]) };
  } catch (error) {
    if (!(error instanceof EngineError) || !HAS_ENDED.test(error.message)) throw error;
    if (!again)
      throw new EngineError("conflict", `container ${container.id} has just ended`, { cause: error });
    await container.ended;
    return undefined;
  }
}

async function rootAtRest(parts: Parts, container: Container): Promise<string[]> {
  const { saved, folder } = container;
  if (container.gone) throw new EngineError("not-found", `No such container: ${container.id}`);
  const root = await parts.images.mountRoot(saved.imageId, join(folder, FILES.writable));
  const mounts = byDepth(placeMounts(parts, saved)).flatMap((mount) => mount.directives);
  return [...root, ...mounts]
    .filter(([name]) => name === "mount")
    .flatMap(([, ...fields]) => ["--mount", ...fields]);
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

function numericOwner(container: Container): string {
  const user = container.saved.config.User || "0";
  const match = /^(\d+)(?::(\d+))?$/.exec(user);
  if (match === null) {
    throw new EngineError(
      "not-implemented",
      `copying files as the user "${user}" needs a numeric user on this engine`,
    );
  }
  return `${match[1]}:${match[2] ?? match[1]}`;
}

function requirePath(path: string): void {
  if (path === "") throw new EngineError("invalid", "bad parameter: path cannot be empty");
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}
