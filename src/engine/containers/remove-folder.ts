// Removes a container's folder. What the engine put there goes at once; what the container wrote may be large, must not hold up others, and
// may belong to other ids of the engine's user namespace: it is removed from inside that.
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Native } from "../collaborators.ts";
import { FILES } from "./record.ts";

/** Missing is fine. */
export async function removeFolder(native: Native, folder: string): Promise<void> {
  if (holdsOnlyOurs(join(folder, FILES.writable))) rmSync(folder, { recursive: true, force: true });
  else await native.call(["rm", folder]);
}

/** No upper folder of an overlay has anything in it. The kernel's own folders in the work folders are opened to their owner on the way. */
function holdsOnlyOurs(writable: string): boolean {
  for (const name of foldersIn(writable) ?? []) {
    const inside = foldersIn(join(writable, name));
    if (inside === undefined || (name.endsWith("upper") && inside.length > 0)) return false;
    if (name.endsWith("work") && inside.includes("work")) chmodSync(join(writable, name, "work"), 0o700);
  }
  return true;
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
