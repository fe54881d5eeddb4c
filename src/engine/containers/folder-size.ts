// How much a container has written.
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FILES } from "./record.ts";

/** Bytes in the writable layer. What belongs to other ids of a user namespace and is closed to the engine's user counts nothing. */
export function folderSize(folder: string): { SizeRw: number; SizeRootFs: number } {
  const writable = join(folder, FILES.writable);
  const layers = existsSync(writable) ? readdirSync(writable).filter((name) => name.endsWith("upper")) : [];
  const size = layers.reduce((sum, name) => sum + bytesBelow(join(writable, name)), 0);
  return { SizeRw: size, SizeRootFs: size };
}

function bytesBelow(path: string): number {
  let total = 0;
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) total += bytesBelow(child);
      else total += lstatSync(child).size;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "EACCES") throw error;
  }
  return total;
}
