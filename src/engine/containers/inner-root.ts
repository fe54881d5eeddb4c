// The root of a container, running or at rest, for the native binary to work in: no path or link can lead out of it.
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import type { Container } from "./container.ts";
import { byDepth } from "./mounts.ts";
import type { Parts } from "./parts.ts";
import { placeMounts } from "./place-mounts.ts";
import { FILES } from "./record.ts";

/** What the binary says of a process whose root it can no longer enter. */
export const HAS_ENDED = /\/proc\/\d+\/(?:ns|root)/;

/**
 * Works on the root of the running process, or on that of a container at rest: an overlay is mounted once at a time, so in the container's
 * turn, and not while it starts. Where the process ends before its root was entered the work is done `again`, at rest.
 */
export async function withRoot<T>(
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
  const mounts = byDepth(await placeMounts(parts, saved)).flatMap((mount) => mount.directives);
  return [...root, ...mounts]
    .filter(([name]) => name === "mount")
    .flatMap(([, ...fields]) => ["--mount", ...fields]);
}

const HEADER = 512;
const SIZE_FIELD = { from: 124, to: 135 };
const TYPE_FIELD = 156;

/** The contents of a file; undefined where there is none, or something else. */
export async function readInside(
  parts: Parts,
  container: Container,
  path: string,
): Promise<Buffer | undefined> {
  try {
    const tar = await withRoot(parts, container, (root) => parts.context.native.call(["tar", ...root, path]));
    return firstFile(tar);
  } catch (error) {
    if (error instanceof EngineError && error.message.includes("No such file or directory")) return undefined;
    throw error;
  }
}

/** What comes before the first entry proper says more about it: its exact times, a long name. */
function firstFile(tar: Buffer): Buffer | undefined {
  for (let at = 0; at + HEADER <= tar.length;) {
    const type = tar.toString("latin1", at + TYPE_FIELD, at + TYPE_FIELD + 1);
    const size = Number.parseInt(tar.toString("latin1", at + SIZE_FIELD.from, at + SIZE_FIELD.to), 8);
    if (type === "0") return tar.subarray(at + HEADER, at + HEADER + size);
    if (type !== "x" && type !== "L") return undefined;
    at += HEADER + Math.ceil(size / HEADER) * HEADER;
  }
  return undefined;
}
