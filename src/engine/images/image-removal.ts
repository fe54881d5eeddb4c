// Removing images: first their names, then, when nothing needs them any more, themselves and the layers only they had.
import { EngineError } from "../errors.ts";
import type { FoundImage } from "./image-lookup.ts";
import { hasChildren, isNameless, parentOf } from "./image-parents.ts";
import type { ImageRecord } from "./image-record.ts";
import type { ImageStore } from "./image-store.ts";
import type { LayerStore } from "./layer-store.ts";
import { madeAt } from "./image-views.ts";
import { familiarName } from "./reference.ts";

export type RemovalLine = { Untagged: string } | { Deleted: string };

/** Containers of an image. */
export type ImageUsers = (imageId: string) => readonly { id: string; running: boolean }[];

export interface RemovalContext {
  readonly store: ImageStore;
  readonly layers: LayerStore;
  readonly users: ImageUsers;
  /** The built-in image, which stays. */
  readonly builtIn: { readonly id: string; readonly name: string };
  readonly emit: (action: "tag" | "untag" | "delete", id: string, name: string) => void;
}

/** The lines of the API's answer. Throws EngineError (conflict) while containers or other names need the image. */
export async function removeImage(
  context: RemovalContext,
  { image, name }: FoundImage,
  options: { readonly force: boolean; readonly noprune: boolean },
): Promise<RemovalLine[]> {
  const { store } = context;
  const names = [...store.namesOf(image.id), ...store.digestsOf(image.id)];
  const going = name === undefined ? names : leaving(names, name);
  check(context, { image, name, isLast: going.length === names.length, force: options.force });
  const isWanted =
    going.length < names.length || image.id === context.builtIn.id || hasChildren(store, image.id);
  // Forced: its names go, but what a container is made of stays until the container has gone.
  if (isWanted || context.users(image.id).length > 0) return untag(context, image.id, going);
  return options.noprune ? deleteImage(context, image) : deleteWithParents(context, image);
}

/** What goes with a name: with the last tag of a repository also the digests that it is known by there. */
function leaving(names: readonly string[], name: string): string[] {
  const repository = repositoryOf(name);
  const others = names.filter((other) => other !== name && repositoryOf(other) === repository);
  return others.some((other) => !other.includes("@")) || name.includes("@") ? [name] : [name, ...others];
}

function repositoryOf(name: string): string {
  const at = name.indexOf("@");
  return at === -1 ? name.slice(0, name.lastIndexOf(":")) : name.slice(0, at);
}

/** Deletes what nobody uses. */
export async function pruneImages(
  context: RemovalContext,
  matches: (image: ImageRecord) => boolean,
): Promise<{ lines: RemovalLine[]; reclaimed: number }> {
  const lines: RemovalLine[] = [];
  let reclaimed = 0;
  // Children come before their parents, which may then go as well.
  for (const image of context.store
    .all()
    .filter(matches)
    .toSorted((a, b) => madeAt(b) - madeAt(a))) {
    if (context.store.get(image.id) === undefined || !isFree(context, image.id)) continue;
    const deleted = await deleteWithParents(context, image);
    const gone = new Set(deleted.map((line) => ("Deleted" in line ? line.Deleted : "")));
    image.config.rootfs.diff_ids.forEach((diffId, index) => {
      if (gone.delete(diffId)) reclaimed += image.layerSizes[index] ?? 0;
    });
    lines.push(...deleted);
  }
  return { lines, reclaimed };
}

/** Removes layers of these that no image has any more and nobody is just bringing in; gives those. */
export async function removeUnusedLayers(
  store: ImageStore,
  layers: LayerStore,
  diffIds: readonly string[],
): Promise<string[]> {
  const used = new Set(store.all().flatMap((image) => image.config.rootfs.diff_ids));
  const unused = [...new Set(diffIds)].filter((diffId) => !used.has(diffId));
  return layers.remove(unused);
}

function check(
  { store, builtIn, users }: RemovalContext,
  going: { image: ImageRecord; name: string | undefined; isLast: boolean; force: boolean },
): void {
  const { image, name, isLast, force } = going;
  const short = shortId(image.id);
  if (name === undefined && hasChildren(store, image.id)) {
    const message = `conflict: unable to delete ${short} (cannot be forced) - image has dependent child images`;
    throw new EngineError("conflict", message);
  }
  if (name === builtIn.name || (name === undefined && image.id === builtIn.id)) {
    const message = `conflict: unable to remove ${familiarName(builtIn.name)} (cannot be forced) - it is built into the engine`;
    throw new EngineError("conflict", message);
  }
  if (name === undefined && repositoriesOf(store, image.id) > 1 && !force) {
    const message = `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`;
    throw new EngineError("conflict", message);
  }
  const running = users(image.id).find((user) => user.running);
  if (name === undefined && running !== undefined) {
    const message = `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container ${running.id.slice(0, 12)}`;
    throw new EngineError("conflict", message);
  }
  const user = users(image.id)[0];
  if (!isLast || force || user === undefined) return;
  const container = user.id.slice(0, 12);
  throw new EngineError(
    "conflict",
    name === undefined
      ? `conflict: unable to delete ${short} (must be forced) - image is being used by stopped container ${container}`
      : `conflict: unable to remove repository reference "${familiarName(name)}" (must force) - ` +
          `container ${container} is using its referenced image ${short}`,
  );
}

/** Several tags in one repository are one thing to the one who removes it by its id. */
function repositoriesOf(store: ImageStore, id: string): number {
  return new Set(store.namesOf(id).map(repositoryOf)).size;
}

async function untag(context: RemovalContext, id: string, names: readonly string[]): Promise<RemovalLine[]> {
  if (names.length === 0) return [];
  await context.store.untag(names);
  return tellUntagged(context, id, names);
}

function tellUntagged({ emit }: RemovalContext, id: string, names: readonly string[]): RemovalLine[] {
  for (const name of names) emit("untag", id, familiarName(name));
  return names.map((name) => ({ Untagged: familiarName(name) }));
}

function isFree({ store, builtIn, users }: RemovalContext, id: string): boolean {
  return id !== builtIn.id && users(id).length === 0 && !hasChildren(store, id);
}

/** And those that it was made of, as far as they were there for it alone. */
async function deleteWithParents(context: RemovalContext, image: ImageRecord): Promise<RemovalLine[]> {
  const lines: RemovalLine[] = [];
  for (let next: ImageRecord | undefined = image; next !== undefined;) {
    const parent = parentOf(context.store, next);
    lines.push(...(await deleteImage(context, next)));
    const goesToo =
      parent !== undefined && isNameless(context.store, parent.id) && isFree(context, parent.id);
    next = goesToo ? parent : undefined;
  }
  return lines;
}

/** Names and all. That nobody uses it must have been asked in the same moment: from the call on nobody finds it any more. */
async function deleteImage(context: RemovalContext, image: ImageRecord): Promise<RemovalLine[]> {
  const names = [...context.store.namesOf(image.id), ...context.store.digestsOf(image.id)];
  await context.store.delete(image.id);
  const untagged = tellUntagged(context, image.id, names);
  context.emit("delete", image.id, image.id);
  const layers = await removeUnusedLayers(context.store, context.layers, image.config.rootfs.diff_ids);
  return [...untagged, { Deleted: image.id }, ...layers.toReversed().map((diffId) => ({ Deleted: diffId }))];
}

function shortId(id: string): string {
  return id.slice("sha256:".length, "sha256:".length + 12);
}
