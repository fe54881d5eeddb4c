// The cgroups of one container: planned from what is saved, and taken away when nothing of it lives any more.
import { readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { CgroupLayout } from "../collaborators.ts";
import type { AllowedDevice, CgroupPlan, Throttle } from "./cgroup.ts";
import { planCgroups } from "./cgroup.ts";
import { thaw } from "./freezer.ts";
import type { SavedContainer } from "./record.ts";

const NO_DEVICES = { devices: [], throttles: [] };

/** `own`: what its devices need, where it is about to start. */
export function planContainerCgroups(
  layout: CgroupLayout,
  saved: SavedContainer,
  own: { readonly devices: readonly AllowedDevice[]; readonly throttles: readonly Throttle[] } = NO_DEVICES,
): CgroupPlan {
  return planCgroups(layout, {
    id: saved.id,
    hostConfig: saved.hostConfig,
    ...own,
    memoryNodes: saved.hostConfig.CpusetCpus ? memoryNodes(layout) : "",
  });
}

/** Removes what a killed shim left behind. A group that still has processes stays: the kernel empties it soon, or it is not ours to end. */
export function removeCgroups(layout: CgroupLayout, saved: SavedContainer): void {
  thaw(layout, saved.id); // what is held still cannot die
  for (const directory of planContainerCgroups(layout, saved).directories) {
    try {
      rmdirSync(directory);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "ENOENT" && code !== "EBUSY") throw error;
    }
  }
}

/** A new group of version 1 has no memory nodes, and can have no processes without. */
function memoryNodes(layout: CgroupLayout): string {
  const parent = layout.directories.cpuset;
  if (parent === undefined || layout.version !== 1) return "";
  for (const directory of [parent, join(parent, ".."), join(parent, "../..")]) {
    const nodes = readFileSync(join(directory, "cpuset.mems"), "utf8").trim();
    if (nodes !== "") return nodes;
  }
  return "0";
}
