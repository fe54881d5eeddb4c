// How a volume gets what the image has at its place, whole or not at all: it is copied aside, and moved into the volume when it is complete and
// on the disk. What a killed engine left half copied is removed; half moved, it is moved to the end. Nothing is removed but the copy: what
// somebody else writes into the volume meanwhile stays.
import { existsSync, lstatSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Directive, Native } from "../collaborators.ts";

/** Where the copy is made; called so once it is whole. On the volume's own file system: only there can it be moved. */
interface Aside {
  readonly path: string;
  /** Others may write beside it. */
  readonly isShared: boolean;
}

/** What the native side calls a copy that is not whole yet. */
function partOf({ path, isShared }: Aside): Aside {
  return { path: `${path}.part`, isShared };
}

/** The place for a folder that is not the engine's own. */
function within(folder: string): Aside {
  return { path: join(folder, ".slipway-filled"), isShared: true };
}

/** The place for the data folder of a volume. Somebody may have put that on another disk. */
function besideData(data: string): Aside {
  const parent = dirname(data);
  const isElsewhere = existsSync(data) && statSync(data).dev !== statSync(parent).dev;
  return isElsewhere ? within(data) : { path: join(parent, "filled"), isShared: false };
}

/** Ends what a killed engine had begun for the volume with this data folder. Takes no name that is in the volume by now. */
export async function finishFilling(native: Native, data: string): Promise<void> {
  await finish(native, data, besideData(data));
}

async function finish(native: Native, folder: string, aside: Aside): Promise<void> {
  const part = partOf(aside);
  if (isOwnFolder(part)) await native.call(["rm", part.path]);
  if (!isOwnFolder(aside)) return;
  await native.call(["settle", aside.path, folder]);
  await removeRest(native, aside);
}

/** Names that somebody else took in the volume meanwhile stay behind. */
async function removeRest(native: Native, aside: Aside): Promise<void> {
  if (isOwnFolder(aside)) await native.call(["rm", aside.path]);
}

/**
 * What else has the name of a copy is none: a container may have put a link there that leads to a folder of the machine, and whoever else may
 * write there a folder of theirs. Root of a user namespace is the engine's own user as well.
 */
function isOwnFolder({ path, isShared }: Aside): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isDirectory() === true && (!isShared || status.uid === process.geteuid?.());
}

/** What a volume is filled with: what is at `target` in the root that the directives mount. */
export interface Filling {
  readonly target: string;
  readonly rootMounts: readonly Directive[];
}

/** Fills the volume with this data folder, if it is empty. */
export function fillVolume(native: Native, data: string, filling: Filling): Promise<void> {
  return fill(native, data, besideData(data), filling);
}

/** Fills a folder that is not the engine's own, if it is empty. */
export function fillFolder(native: Native, folder: string, filling: Filling): Promise<void> {
  return fill(native, folder, within(folder), filling);
}

async function fill(
  native: Native,
  folder: string,
  aside: Aside,
  { target, rootMounts }: Filling,
): Promise<void> {
  await finish(native, folder, aside);
  if (!(await isEmpty(folder))) return;
  try {
    await native.call(["populate", ...rootOptions(rootMounts), target, folder, aside.path]);
  } catch (error) {
    await native.call(["rm", partOf(aside).path]);
    throw error;
  }
  await removeRest(native, aside);
}

function rootOptions(rootMounts: readonly Directive[]): string[] {
  return rootMounts.flatMap(([kind, ...fields]) => [`--${kind}`, ...fields]);
}

async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    // A folder that the image gave to another user of the namespace: it was populated.
    if ((error as NodeJS.ErrnoException).code === "EACCES") return false;
    throw error;
  }
}
