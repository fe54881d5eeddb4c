// The file systems that make up a container's root, in the order in which they are mounted. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import type { Directive } from "../collaborators.ts";
import type { ContainerMount } from "./container-mount.ts";
import { byDepth } from "./mounts.ts";

/** A directive and the path inside the container that it covers. */
export interface PlacedMount {
  readonly target: string;
  readonly directives: readonly Directive[];
}

export interface RootMountsRequest {
  readonly hostConfig: HostConfig;
  readonly tty: boolean;
  readonly rootless: boolean;
  /** Process whose /dev/shm is shared, for an ipc namespace that is another container's. */
  readonly ipcDonor: number | undefined;
  /** The container's own mounts, hosts files included. */
  readonly mounts: readonly PlacedMount[];
}

const DEVICES = [
  ["null", 1, 3],
  ["zero", 1, 5],
  ["full", 1, 7],
  ["random", 1, 8],
  ["urandom", 1, 9],
  ["tty", 5, 0],
] as const;

const LINKS = [
  ["/proc/self/fd", "/dev/fd"],
  ["/proc/self/fd/0", "/dev/stdin"],
  ["/proc/self/fd/1", "/dev/stdout"],
  ["/proc/self/fd/2", "/dev/stderr"],
  ["pts/ptmx", "/dev/ptmx"],
] as const;

/** What Docker has in every root, and programs look for: Java finds file systems by the one, scripts tell by the other where they run. */
export const USUAL_FILES: readonly PlacedMount[] = [
  { target: "/etc/mtab", directives: [["symlink", "/proc/mounts", "/etc/mtab"]] },
  { target: "/.dockerenv", directives: [["file", "/.dockerenv"]] },
];

/** Everything below the root but the root itself. A mount of the container's own replaces the usual one at its target. */
export function rootMounts(request: RootMountsRequest): Directive[] {
  const own = new Set(request.mounts.map((mount) => mount.target));
  const usual = usualMounts(request).filter((mount) => !own.has(mount.target));
  const devices: PlacedMount = { target: "/dev/.", directives: own.has("/dev") ? [] : deviceNodes() };
  const [dev, rest] = partition(usual, (mount) => mount.target === "/dev");
  const usualFiles = USUAL_FILES.filter(({ target }) => !own.has(target));
  const later = byDepth(request.mounts);
  return [...dev, devices, ...rest, ...usualFiles, ...later].flatMap((mount) => mount.directives);
}

function usualMounts(request: RootMountsRequest): PlacedMount[] {
  const host = request.hostConfig;
  const sysOptions = host.Privileged ? "nosuid,noexec,nodev" : "nosuid,noexec,nodev,ro";
  const bindsProc = request.rootless && host.PidMode === "host";
  const bindsSys = request.rootless && host.NetworkMode === "host";
  return [
    bindsProc
      ? mount("/proc", "rbind", "/proc", "rslave,nosuid,noexec,nodev")
      : mount("/proc", "proc", "proc", "nosuid,noexec,nodev"),
    mount("/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"),
    mount("/dev/pts", "devpts", "devpts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"),
    bindsSys
      ? mount("/sys", "rbind", "/sys", "rslave,nosuid,noexec,nodev,ro")
      : mount("/sys", "sysfs", "sysfs", sysOptions),
    ...(bindsSys ? [] : [mount("/sys/fs/cgroup", "cgroup", "cgroup", sysOptions)]),
    mount("/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev"),
    ...sharedMemory(request),
  ];
}

function sharedMemory(request: RootMountsRequest): PlacedMount[] {
  const host = request.hostConfig;
  if (host.IpcMode === "none") return [];
  if (host.IpcMode === "host") return [mount("/dev/shm", "bind", "/dev/shm", "nosuid,noexec,nodev")];
  if (request.ipcDonor !== undefined) {
    return [
      mount("/dev/shm", "tmpfs", "shm", `nosuid,noexec,nodev,shared-with=${request.ipcDonor}:/dev/shm`),
    ];
  }
  return [
    mount("/dev/shm", "tmpfs", "shm", `nosuid,noexec,nodev,mode=1777,size=${host.ShmSize ?? 67_108_864}`),
  ];
}

/** The binds and tmpfs of the container; volumes are mounted as volumes/ says. */
export function ownMount(mount: ContainerMount): PlacedMount {
  if (mount.type === "tmpfs") {
    return {
      target: mount.target,
      directives: [["mount", "tmpfs", "tmpfs", mount.target, mount.options ?? ""]],
    };
  }
  const readOnly = mount.readOnlyHere === true ? "ro-here" : "ro";
  const options = [mount.propagation || "rprivate", ...(mount.readOnly ? [readOnly] : [])].join(",");
  return {
    target: mount.target,
    directives: [["mount", mount.recursive ? "rbind" : "bind", mount.source, mount.target, options]],
  };
}

function mount(target: string, type: string, source: string, options: string): PlacedMount {
  return { target, directives: [["mount", type, source, target, options]] };
}

function deviceNodes(): Directive[] {
  return [
    ...DEVICES.map(([name, major, minor]): Directive => [
      "device",
      `/dev/${name}`,
      "c",
      String(major),
      String(minor),
      "666",
    ]),
    ...LINKS.map(([target, path]): Directive => ["symlink", target, path]),
  ];
}

function partition<T>(items: readonly T[], first: (item: T) => boolean): [T[], T[]] {
  return [items.filter(first), items.filter((item) => !first(item))];
}
