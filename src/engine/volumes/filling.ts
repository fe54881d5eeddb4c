// How a volume gets what the image has at its place, whole or not at all: it is copied aside, next to the volume's data, and moved there
// when it is complete and on the disk. What a killed engine left half copied is removed; half moved, it is moved to the end.
import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Directive, Native } from "../collaborators.ts";

/** Beside the data: a whole copy whose entries are being moved into it. */
const FILLED = "filled";
/** The same, not whole yet: made by the native side. */
const PART = `${FILLED}.part`;

/** Ends what a killed engine had begun for the volume with this data folder. Takes no name that is in the volume by now. */
export async function finishFilling(native: Native, data: string): Promise<void> {
  const [filled, part] = [beside(data, FILLED), beside(data, PART)];
  if (existsSync(part)) await native.call(["rm", part]);
  if (!existsSync(filled)) return;
  await native.call(["settle", filled, data]);
  await removeRest(native, data);
}

/** Names that somebody else took in the volume meanwhile stay behind. */
async function removeRest(native: Native, data: string): Promise<void> {
  const filled = beside(data, FILLED);
  if (existsSync(filled)) await native.call(["rm", filled]);
}

/** Fills the volume with this data folder from `target` in the root that the directives mount, if it is empty. */
export async function fill(
  native: Native,
  data: string,
  target: string,
  rootMounts: readonly Directive[],
): Promise<void> {
  await finishFilling(native, data);
  if (!(await isEmpty(data))) return;
  // Somebody may have put the data on another disk, where nothing of the volume's own folder can be moved to.
  if (statSync(data).dev !== statSync(dirname(data)).dev) {
    await fillInPlace(native, data, target, rootMounts);
    return;
  }
  try {
    await native.call(["populate", ...rootOptions(rootMounts), target, data, beside(data, FILLED)]);
  } catch (error) {
    await native.call(["rm", beside(data, PART)]);
    throw error;
  }
  await removeRest(native, data);
}

/** Fills a folder that is not the engine's own, if it is empty: there is no place beside it. An engine that is killed meanwhile leaves a part. */
export async function fillInPlace(
  native: Native,
  folder: string,
  target: string,
  rootMounts: readonly Directive[],
): Promise<void> {
  if (!(await isEmpty(folder))) return;
  try {
    await native.call(["populate", ...rootOptions(rootMounts), target, folder]);
  } catch (error) {
    // Half of it would pass for the whole: only an empty volume is filled.
    const part = (await readdir(folder)).map((entry) => join(folder, entry));
    await native.call(["rm", ...part]);
    throw error;
  }
}

function beside(data: string, name: string): string {
  return join(dirname(data), name);
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
