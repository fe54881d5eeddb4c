// Where this engine's own cgroups live: one folder below each writable parent, named after the state directory, so that engines
// side by side never share one.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CgroupLayout } from "./collaborators.ts";
import type { Probe } from "./native/probe.ts";

type Directories = CgroupLayout["directories"];

const CONTROLLERS = ["memory", "cpu", "cpuacct", "cpuset", "pids", "freezer", "blkio", "devices"] as const;

/** What version 2 calls the controllers that have to be handed down; the others are part of every group. */
const HANDED_DOWN = [
  ["memory", "memory"],
  ["cpu", "cpu"],
  ["cpuset", "cpuset"],
  ["pids", "pids"],
  ["blkio", "io"],
] as const;

/** The first eight hexadecimal digits of the state directory's hash; it names what must be unique per engine on one machine. */
export function rootHash(root: string): string {
  return createHash("sha256").update(root).digest("hex").slice(0, 8);
}

/** Makes the directories below which the engine makes one cgroup per container. What the kernel refuses is logged, and left out. */
export function openCgroups(probe: Probe, root: string, log: (message: string) => void): CgroupLayout {
  const version = probe.cgroup.version === 1 ? 1 : 2;
  const tops: Partial<Record<keyof Directories, string>> = {};
  const directories: Partial<Record<keyof Directories, string>> = {};
  for (const controller of CONTROLLERS) {
    const top = probe.cgroup[controller];
    if (typeof top !== "string") continue;
    tops[controller] = probe.uid === 0 ? hierarchyOf(top) : top;
    directories[controller] = join(top, "slipway", rootHash(root));
  }
  const layout = { version, tops, directories, files: new Set<string>() } as const;
  for (const directory of new Set(Object.values(directories))) {
    try {
      for (const level of [join(directory, ".."), directory]) makeGroup(layout, level);
      for (const name of readdirSync(directory)) layout.files.add(name);
    } catch (error) {
      log(`cgroup ${directory}: ${(error as Error).message}`);
    }
  }
  return layout;
}

/** The folder that the hierarchy with this directory is mounted on. */
function hierarchyOf(directory: string): string {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").matchAll(
    /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2? /gm,
  );
  const holding = Array.from(mounts, ([, mountpoint = ""]) => mountpoint).filter((mountpoint) =>
    `${directory}/`.startsWith(`${mountpoint}/`),
  );
  return holding.reduce((longest, each) => (each.length > longest.length ? each : longest), "") || directory;
}

/** Makes a group below which there are to be others. True when it was not there. */
export function makeGroup(layout: CgroupLayout, directory: string): boolean {
  const isNew = mkdirSync(directory, { recursive: true }) !== undefined;
  if (layout.version === 2) delegate(directory, layout.directories);
  else inheritCpuset(directory);
  return isNew;
}

/** A new cpuset of version 1 has no processors and no memory nodes, and neither can anything below it. */
function inheritCpuset(directory: string): void {
  for (const name of ["cpuset.cpus", "cpuset.mems"]) {
    const file = join(directory, name);
    if (!existsSync(file) || readFileSync(file, "utf8").trim() !== "") continue;
    writeFileSync(file, readFileSync(join(directory, "..", name)));
  }
}

/** Version 2: the files of a controller appear only below groups that hand it down. */
function delegate(directory: string, directories: Directories): void {
  for (const [controller, name] of HANDED_DOWN) {
    if (directories[controller] !== undefined) {
      writeFileSync(join(directory, "cgroup.subtree_control"), `+${name}`);
    }
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
