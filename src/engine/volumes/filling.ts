// How a volume gets what the image has at its place, whole or not at all: it is copied aside, and moved into the volume when it is complete and
// on the disk. What a killed engine left half copied is removed; half moved, it is moved to the end. Nothing is removed but the copy: what
// somebody else writes into the volume meanwhile stays.
import { existsSync, lstatSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Directive, Native } from "../collaborators.ts";

/** Where the copy is made; called so once it is whole. On the volume's own file system: only there can it be moved. */
type Aside = string;

/** What the native side calls a copy that is not whole yet. */
function partOf(aside: Aside): string {
  return `${aside}.part`;
}

/** The place for a folder that is not the engine's own. */
function within(folder: string): Aside {
  return join(folder, ".slipway-filled");
}

/** The place for the data folder of a volume. Somebody may have put that on another disk. */
function besideData(data: string): Aside {
  const parent = dirname(data);
  const isElsewhere = existsSync(data) && statSync(data).dev !== statSync(parent).dev;
  return isElsewhere ? within(data) : join(parent, "filled");
}

/** Ends what a killed engine had begun for the volume with this data folder. Takes no name that is in the volume by now. */
export async function finishFilling(native: Native, data: string): Promise<void> {
  await finish(native, data, besideData(data));
}

async function finish(native: Native, folder: string, aside: Aside): Promise<void> {
  const part = partOf(aside);
  if (isFolder(part)) await native.call(["rm", part]);
  if (!isFolder(aside)) return;
  await native.call(["settle", aside, folder]);
  await removeRest(native, aside);
}

/** Names that somebody else took in the volume meanwhile stay behind. */
async function removeRest(native: Native, aside: Aside): Promise<void> {
  if (isFolder(aside)) await native.call(["rm", aside]);
}

/** What else has the name of a copy is none: a container may have put a link there that leads to a folder of the machine. */
function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
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
    await native.call(["populate", ...rootOptions(rootMounts), target, folder, aside]);
  } catch (error) {
    await native.call(["rm", partOf(aside)]);
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
