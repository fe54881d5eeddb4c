// What a container has written: as an image, as a list of changes, and together with its image as one archive.
import { join } from "node:path";
import { PassThrough, pipeline } from "node:stream";
import type { Readable } from "node:stream";
import type { CommitOptions } from "../backend.ts";
import { EngineError } from "../errors.ts";
import type { Container } from "./container.ts";
import { commandLine, committedConfig } from "./image-merge.ts";
import { emitContainer } from "./parts.ts";
import type { Parts } from "./parts.ts";
import { FILES } from "./record.ts";

/** Covered by the engine's own mounts in every container, or made by it: what is seen there is not the container's. */
const USUAL_TARGETS = [
  "/proc",
  "/dev",
  "/sys",
  "/etc/hosts",
  "/etc/hostname",
  "/etc/resolv.conf",
  "/etc/mtab",
  "/.dockerenv",
];

/** Makes an image of what the container has become; gives its id. */
export function commitContainer(parts: Parts, container: Container, options: CommitOptions): Promise<string> {
  return inPeace(container, () => commit(parts, container, options));
}

async function commit(parts: Parts, container: Container, options: CommitOptions): Promise<string> {
  const { saved } = container;
  const layers = await parts.images.rootLayers(saved.imageId, writable(container));
  const upper = layers.find(({ target }) => target === "/")?.upper ?? "";
  const args = ["tar", "--root", upper, "--layer", ...without(container)];
  const { tar: layer } = await archive(parts, args);
  const { config, pause: _pause, ...rest } = options;
  const { id, name } = await parts.images.commit(saved.imageId, layer, {
    ...rest,
    config: config === undefined ? saved.config : committedConfig(config, saved.config),
    command: commandLine(saved.config).join(" "),
  });
  const comment = options.comment ?? "";
  emitContainer(parts, container, "commit", { comment, imageID: id, imageRef: name });
  return id;
}

/**
 * Its root as a tar archive, without what is mounted on it; to be read or destroyed: one at rest is neither started nor removed before the
 * stream has ended.
 */
export function exportContainer(parts: Parts, container: Container): Promise<Readable> {
  return new Promise((resolve, reject) => {
    inPeace(container, async () => {
      const root = await parts.images.readRoot(container.saved.imageId, writable(container));
      const mounts = root.flatMap(([, ...fields]) => ["--mount", ...fields]);
      const { tar, done } = await archive(parts, ["tar", ...mounts, "--whole"]);
      emitContainer(parts, container, "export");
      resolve(tar);
      await done;
    }).catch(reject);
  });
}

/** Keeps a container that does not run from being started or removed meanwhile; one that runs goes on. */
async function inPeace<T>(container: Container, work: () => Promise<T>): Promise<T> {
  if (container.shim !== undefined) return await work();
  return await container.exclusive(async () => {
    if (container.gone) throw new EngineError("not-found", `No such container: ${container.id}`);
    return await work();
  });
}

/** What the call writes; its failure is the stream's. `done` settles with the call's end, and never rejects. */
async function archive(
  parts: Parts,
  args: readonly string[],
): Promise<{ tar: Readable; done: Promise<void> }> {
  const { output, done } = await parts.context.native.stream(args);
  // Read at once: Node throws away what nobody has begun to read of a process when it ends.
  const tar = new PassThrough();
  pipeline(output, tar, () => undefined);
  return { tar, done: done.catch((error: Error) => void tar.destroy(error)) };
}

interface Change {
  readonly Path: string;
  readonly Kind: 0 | 1 | 2;
}

const KINDS = { C: 0, A: 1, D: 2 } as const;

/** What differs from the image, by path. */
export function containerChanges(parts: Parts, container: Container): Promise<Change[]> {
  return inPeace(container, () => changes(parts, container));
}

async function changes(parts: Parts, container: Container): Promise<Change[]> {
  const layers = await parts.images.rootLayers(container.saved.imageId, writable(container));
  const found = await Promise.all(
    layers.map(async ({ target, upper, lower }) => {
      const inside = target === "/" ? "" : target;
      const covered = targets(container)
        .filter((path) => path.startsWith(`${inside}/`))
        .flatMap((path) => ["--without", path.slice(inside.length)]);
      const printed = await parts.context.native.call(["changes", ...covered, upper, ...lower]);
      return printed
        .toString("utf8")
        .split("\0")
        .filter((record) => record !== "")
        .map((record) => ({
          Path: `${inside}${record.slice(1)}`,
          Kind: KINDS[record.charAt(0) as keyof typeof KINDS],
        }));
    }),
  );
  return found.flat().toSorted((a, b) => (a.Path < b.Path ? -1 : 1));
}

function writable({ folder }: Container): string {
  return join(folder, FILES.writable);
}

function without(container: Container): string[] {
  return targets(container).flatMap((path) => ["--without", path]);
}

function targets({ saved }: Container): string[] {
  return [...USUAL_TARGETS, ...saved.mounts.map(({ target }) => target)];
}
