// What a killed shim leaves: processes that the kernel did not end with it (those that have changed their user or have a profile of AppArmor),
// its socket and its cgroups.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { identify, isAlive } from "../native/process-identity.ts";
import type { ProcessIdentity } from "../native/process-identity.ts";
import type { Container } from "./container.ts";
import { layoutOf, removeCgroups } from "./container-cgroups.ts";
import { thaw } from "./freezer.ts";
import type { Parts } from "./parts.ts";
import { logOf } from "./parts.ts";
import { FILES } from "./record.ts";

const PAUSE = 5;

/** By id of the container: living processes whose root is its own. */
type Orphans = ReadonlyMap<string, readonly ProcessIdentity[]>;

/** What `State.Error` says of a run that ended so. */
export const SHIM_KILLED = "the process that kept the container was killed";

/**
 * Ends whatever still runs on the container's writable layer, and clears away what belonged to its shim; for a shim that is known to be
 * dead. False when the kernel holds one of them for longer than `seconds`: it ends when it is let go. `found`: from `findOrphans`, where
 * that has just been asked for many.
 */
export async function endOrphans(
  parts: Parts,
  container: Container,
  { seconds, found = findOrphans() }: { seconds: number; found?: Orphans },
): Promise<boolean> {
  const { cgroups } = parts.context;
  thaw(layoutOf(cgroups, container.saved), container.id); // what is held still cannot die
  const end = Date.now() + seconds * 1000;
  const mine = (all: Orphans): readonly ProcessIdentity[] => all.get(container.id) ?? [];
  // Again until there is none: what is killed may have started another.
  for (let orphans = mine(found); orphans.length > 0; orphans = mine(findOrphans())) {
    logOf(parts, container, `${SHIM_KILLED}; ending ${orphans.length} processes of it`);
    for (const orphan of orphans) kill(orphan);
    while (orphans.some(isAlive)) {
      if (Date.now() > end) {
        const pids = orphans.map(({ pid }) => pid).join(", ");
        logOf(parts, container, `its processes do not end, and it counts as running until they do: ${pids}`);
        return false;
      }
      await after(PAUSE);
    }
  }
  rmSync(join(container.folder, FILES.control), { force: true });
  removeCgroups(cgroups, container.saved);
  return true;
}

/**
 * A process belongs to the container whose writable layer its root is mounted from, which no other mount has: numbers of processes and of
 * namespaces are given again to others.
 */
export function findOrphans(): Orphans {
  const layer = new RegExp(`/containers/([0-9a-f]{64})/${FILES.writable}/`, "g");
  const found = new Map<string, ProcessIdentity[]>();
  for (const name of readdirSync("/proc")) {
    const identity = /^\d+$/.test(name) ? identify(Number(name)) : undefined;
    if (identity === undefined) continue;
    const ids = new Set(Array.from(mountsOf(identity.pid).matchAll(layer), ([, id = ""]) => id));
    if (!isAlive(identity)) continue; // then another's mounts may have been read
    for (const id of ids) found.set(id, [...(found.get(id) ?? []), identity]);
  }
  return found;
}

/** Empty for one that has ended, or belongs to somebody else. */
function mountsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, "utf8");
  } catch (error) {
    if (
      ["ENOENT", "ESRCH", "EINVAL", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")
    )
      return "";
    throw error;
  }
}

function kill({ pid }: ProcessIdentity): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
