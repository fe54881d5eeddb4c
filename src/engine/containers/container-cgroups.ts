// The cgroups of one container: planned from what is saved, and taken away when nothing of it lives any more.
import { readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { CgroupLayout } from "../collaborators.ts";
import { layoutBelow } from "./cgroup-parent.ts";
import type { AllowedDevice, CgroupPlan } from "./cgroup.ts";
import { planCgroups } from "./cgroup.ts";
import type { BlockRequest } from "./cgroup-values.ts";
import { thaw } from "./freezer.ts";
import type { SavedContainer } from "./record.ts";

const NO_DEVICES = { devices: [], block: { throttles: [], weights: [] } };

/** The layout with the parents of this container's groups. */
export function layoutOf(layout: CgroupLayout, saved: SavedContainer): CgroupLayout {
  return layoutBelow(layout, saved.hostConfig.CgroupParent ?? "");
}

/** `own`: what its devices need, where it is about to start. */
export function planContainerCgroups(
  layout: CgroupLayout,
  saved: SavedContainer,
  own: { readonly devices: readonly AllowedDevice[]; readonly block: BlockRequest } = NO_DEVICES,
): CgroupPlan {
  return planCgroups(layoutOf(layout, saved), { id: saved.id, hostConfig: saved.hostConfig, ...own });
}

/** Removes what a killed shim left behind. A group that still has processes stays: the kernel empties it soon, or it is not ours to end. */
export function removeCgroups(layout: CgroupLayout, saved: SavedContainer): void {
  thaw(layoutOf(layout, saved), saved.id); // what is held still cannot die
  for (const directory of planContainerCgroups(layout, saved).directories) removeGroup(directory);
}

/** With the groups that a privileged container made in its own. */
function removeGroup(directory: string): void {
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) removeGroup(join(directory, entry.name));
    }
    rmdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "EBUSY") throw error;
  }
}
