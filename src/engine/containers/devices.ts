// The machine's devices that a container is given.
import { lstatSync, readdirSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { join, posix } from "node:path";
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";
import type { AllowedDevice } from "./cgroup.ts";
import type { DeviceNode } from "./specification.ts";

export interface HostDevices {
  readonly nodes: readonly DeviceNode[];
  readonly allowed: readonly AllowedDevice[];
}

/** Folders of /dev that are file systems of the container's own. */
const OWN_FOLDERS = ["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/fd"];
/** Nodes that every container has. */
const USUAL = ["null", "zero", "full", "random", "urandom", "tty", "console", "ptmx"].map(
  (name) => `/dev/${name}`,
);

/** The devices asked for; every one of the machine for a privileged container of a privileged engine. */
export function hostDevices(host: HostConfig, rootless: boolean): HostDevices {
  if (host.Privileged && !rootless) return { nodes: allNodes("/dev"), allowed: [] };
  const nodes: DeviceNode[] = [];
  const allowed: AllowedDevice[] = [];
  for (const device of host.Devices ?? []) {
    const node = nodeOf(device.PathOnHost, device.PathInContainer || device.PathOnHost);
    nodes.push(node);
    allowed.push({ ...node, access: device.CgroupPermissions || "rwm" });
  }
  return { nodes, allowed };
}

function nodeOf(source: string, path: string): DeviceNode {
  let stats: Stats;
  try {
    stats = statSync(source);
  } catch (error) {
    throw new EngineError(
      "invalid",
      `error gathering device information while adding custom device "${source}": no such file or directory`,
      { cause: error },
    );
  }
  const node = deviceNode(stats, posix.normalize(path));
  if (node === undefined) {
    throw new EngineError(
      "invalid",
      `error gathering device information while adding custom device "${source}": not a device node`,
    );
  }
  return node;
}

function allNodes(folder: string): DeviceNode[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return OWN_FOLDERS.includes(path) ? [] : allNodes(path);
    if (USUAL.includes(path)) return [];
    const node = deviceNode(lstatSync(path), path);
    return node === undefined ? [] : [node];
  });
}

function deviceNode(stats: Stats, path: string): DeviceNode | undefined {
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return undefined;
  return { path, type: stats.isBlockDevice() ? "b" : "c", ...numbersOf(stats), mode: stats.mode & 0o777 };
}

/** The kernel's device number: minor's low byte, twelve bits of major, the rest of both above. */
export function numbersOf(stats: Stats): { major: number; minor: number } {
  const number = BigInt(stats.rdev);
  return {
    major: Number(((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n)),
    minor: Number((number & 0xffn) | ((number >> 12n) & 0xffffff00n)),
  };
}
