// How much folders hold: counted by the native binary, which may look wherever the engine's containers may.
import type { Native } from "../collaborators.ts";

/** Bytes in each of the folders, hard links once; a missing one holds nothing. */
export async function folderSizes(native: Native, folders: readonly string[]): Promise<number[]> {
  if (folders.length === 0) return [];
  const printed = await native.call(["size", ...folders]);
  return printed.toString("latin1").trim().split("\n").map(Number);
}
