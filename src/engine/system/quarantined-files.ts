// The state files that were found damaged and set aside, for whoever asks how the engine does.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { QUARANTINED } from "../state-file.ts";

/** Folders of state below the root: those that hold files, and those that hold a folder for each of their things. */
const FLAT = ["blobs", "images", "networks", "run"];
const NESTED = ["containers", "volumes"];

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there yet, gone meanwhile, or no folder
  }
}

/** Absolute paths, sorted. */
export function quarantinedFiles(root: string): string[] {
  const things = NESTED.flatMap((name) => namesIn(join(root, name)).map((thing) => join(name, thing)));
  return [...FLAT, ...things]
    .flatMap((name) => namesIn(join(root, name)).map((file) => join(root, name, file)))
    .filter((path) => path.endsWith(QUARANTINED))
    .toSorted();
}
