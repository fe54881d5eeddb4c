// Removes a container's folder. What the engine put there goes at once; what the container wrote may be large, and must not hold up others.
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Native } from "../collaborators.ts";
import { FILES } from "./record.ts";

/** Missing is fine. Files of other ids of the engine's user namespace are removed from inside it. */
export async function removeFolder(native: Native, folder: string): Promise<void> {
  try {
    if (holdsOnlyOurs(join(folder, FILES.writable))) rmSync(folder, { recursive: true, force: true });
    else await rm(folder, { recursive: true, force: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (!native.rootless || (code !== "EACCES" && code !== "EPERM")) throw error;
    await native.call(["rm", folder]);
  }
}

/** No upper folder of an overlay has anything in it. The kernel's own folders in the work folders are opened to their owner on the way. */
function holdsOnlyOurs(writable: string): boolean {
  for (const name of foldersIn(writable)) {
    const inside = foldersIn(join(writable, name));
    if (name.endsWith("upper") && inside.length > 0) return false;
    if (name.endsWith("work") && inside.includes("work")) chmodSync(join(writable, name, "work"), 0o700);
  }
  return true;
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
