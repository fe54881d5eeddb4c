// Removes a container's folder. What the engine put there goes at once; what the container wrote may be large, must not hold up others, and
// may belong to other ids of the engine's user namespace: it is removed from inside that.
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Native } from "../collaborators.ts";
import { FILES } from "./record.ts";

/** Missing is fine. */
export async function removeFolder(native: Native, folder: string): Promise<void> {
  const writable = join(folder, FILES.writable);
  if (!holdsOnlyOurs(writable)) {
    await native.call(["rm", folder]);
    return;
  }
  if (native.rootless) {
    for (const name of foldersIn(writable) ?? [])
      if (name.endsWith("work")) openToOwner(join(writable, name));
  }
  rmSync(folder, { recursive: true, force: true });
}

/** No upper folder of an overlay has anything in it. */
function holdsOnlyOurs(writable: string): boolean {
  return (foldersIn(writable) ?? []).every((name) => {
    const inside = foldersIn(join(writable, name));
    return inside !== undefined && (inside.length === 0 || name.endsWith("work"));
  });
}

/** The kernel closes its own folders inside an overlay's work folder to everybody, and root alone passes. */
function openToOwner(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openToOwner(join(folder, entry.name));
  }
}

/** Undefined where the container has closed it to the engine. */
function foldersIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return [];
    if (code === "EACCES") return undefined;
    throw error;
  }
}
