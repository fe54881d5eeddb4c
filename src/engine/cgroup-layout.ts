// Where this engine's own cgroups live: one folder below each writable parent, named after the state directory, so that engines
// side by side never share one.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CgroupLayout } from "./collaborators.ts";
import type { Probe } from "./native/probe.ts";

const CONTROLLERS = ["memory", "cpu", "cpuacct", "cpuset", "pids", "freezer", "blkio", "devices"] as const;

/** The first eight hexadecimal digits of the state directory's hash; it names what must be unique per engine on one machine. */
export function rootHash(root: string): string {
  return createHash("sha256").update(root).digest("hex").slice(0, 8);
}

/** Directories below which the engine makes one cgroup per container. Nothing is created. */
export function cgroupLayout(probe: Probe, root: string): CgroupLayout {
  const version = probe.cgroup.version === 1 ? 1 : 2;
  const directories: Partial<Record<(typeof CONTROLLERS)[number], string>> = {};
  for (const controller of CONTROLLERS) {
    const parent = probe.cgroup[controller];
    if (typeof parent === "string") directories[controller] = join(parent, "slipway", rootHash(root));
  }
  return { version, directories };
}

/**
 * Creates the layout's directories. Version 2: hands the controllers down to the children, without which their files do not appear there.
 * What the kernel refuses is logged; the controllers concerned then fail per container, as warnings.
 */
export function prepareCgroups(layout: CgroupLayout, log: (message: string) => void): void {
  for (const directory of new Set(Object.values(layout.directories))) {
    try {
      mkdirSync(directory, { recursive: true });
      for (const level of [join(directory, ".."), directory]) {
        if (layout.version === 2) delegate(level, layout);
        else if (directory === layout.directories.cpuset) inheritCpuset(level);
      }
    } catch (error) {
      log(`cgroup ${directory}: ${(error as Error).message}`);
    }
  }
}

/** A new cpuset of version 1 has no processors and no memory nodes, and neither can anything below it. */
function inheritCpuset(directory: string): void {
  for (const name of ["cpuset.cpus", "cpuset.mems"]) {
    const file = join(directory, name);
    if (readFileSync(file, "utf8").trim() !== "") continue;
    writeFileSync(file, readFileSync(join(directory, "..", name)));
  }
}

function delegate(directory: string, layout: CgroupLayout): void {
  const file = join(directory, "cgroup.subtree_control");
  if (!existsSync(file)) return;
  for (const controller of ["memory", "cpu", "pids", "cpuset"] as const) {
    if (layout.directories[controller] !== undefined) writeFileSync(file, `+${controller}`);
  }
}

function removeTree(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(directory, entry.name));
  }
  rmdirSync(directory);
}

/** Removes the layout's directories where nothing lives in them any more, and their common parent when this engine was the last. */
export function removeCgroups(layout: CgroupLayout): void {
  for (const directory of new Set(Object.values(layout.directories))) {
    for (const remove of [() => removeTree(directory), () => rmdirSync(join(directory, ".."))]) {
      try {
        remove();
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code !== "EBUSY" && code !== "ENOTEMPTY" && code !== "ENOENT" && code !== "EACCES") throw error;
        break;
      }
    }
  }
}
