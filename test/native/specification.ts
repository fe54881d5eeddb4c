// The specification of a small container as the engine would write it, for tests that drive the native binary by itself.
import { join } from "node:path";
import type { Directive } from "../../src/engine/collaborators.ts";

/** Where a container of a test lives and whose it is. */
export interface ContainerPlace {
  /** The container's own folder. */
  readonly folder: string;
  /** The image: a folder. */
  readonly image: string;
  readonly anchor: number;
  readonly rootless: boolean;
}

/** What a test asks for; the rest is as Docker has it. */
export interface ContainerWish {
  readonly args: readonly string[];
  readonly more?: readonly Directive[];
  /** Kept instead of Docker's fourteen. */
  readonly capabilities?: readonly number[];
}

const DOCKER_CAPABILITIES = [0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31];

const HIDDEN = ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware", "/hidden"];
const READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

const DEVICES: readonly (readonly [string, number, number])[] = [
  ["null", 1, 3],
  ["zero", 1, 5],
  ["full", 1, 7],
  ["random", 1, 8],
  ["urandom", 1, 9],
  ["tty", 5, 0],
];

const LINKS: readonly (readonly [string, string])[] = [
  ["/proc/self/fd", "/dev/fd"],
  ["/proc/self/fd/0", "/dev/stdin"],
  ["/proc/self/fd/1", "/dev/stdout"],
  ["/proc/self/fd/2", "/dev/stderr"],
  ["pts/ptmx", "/dev/ptmx"],
];

function rootDirectives(place: ContainerPlace): Directive[] {
  const { folder, image } = place;
  const layers = `lowerdir=${image},upperdir=${folder}/upper,workdir=${folder}/work,volatile`;
  return [
    ["rootfs", join(folder, "root")],
    ["mount", "overlay", "overlay", "/", place.rootless ? `${layers},userxattr` : layers],
    ["mount", "proc", "proc", "/proc", "nosuid,noexec,nodev"],
    ["mount", "tmpfs", "tmpfs", "/dev", "nosuid,strictatime,mode=755,size=65536k"],
    ["mount", "devpts", "devpts", "/dev/pts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"],
    ["mount", "sysfs", "sysfs", "/sys", "nosuid,noexec,nodev,ro"],
    ["mount", "cgroup", "cgroup", "/sys/fs/cgroup", "ro,nosuid,noexec,nodev"],
    ["mount", "tmpfs", "shm", "/dev/shm", "nosuid,noexec,nodev,mode=1777,size=67108864"],
    ...DEVICES.map(([name, major, minor]): Directive => {
      return ["device", `/dev/${name}`, "c", String(major), String(minor), "666"];
    }),
    ...LINKS.map(([target, path]): Directive => ["symlink", target, path]),
    ...HIDDEN.map((path): Directive => ["mask", path]),
    ...READ_ONLY.map((path): Directive => ["readonly", path]),
  ];
}

function processDirectives(wish: ContainerWish): Directive[] {
  return [
    ...(wish.capabilities ?? DOCKER_CAPABILITIES).map((number): Directive => ["cap", String(number)]),
    ["env", "PATH=/bin"],
    ...wish.args.map((text): Directive => ["arg", text]),
  ];
}

function anchorDirective(place: ContainerPlace): Directive {
  return ["anchor", String(place.anchor), place.rootless ? "1" : "0"];
}

/** For `run`: overlay root, Docker's mounts, devices, masks and capabilities, a log, an exit file and a control socket. */
export function containerSpecification(place: ContainerPlace, wish: ContainerWish): Directive[] {
  return [
    ["dir", place.folder],
    anchorDirective(place),
    ["log", "log"],
    ["exit", "exit"],
    ["ctl", "ctl"],
    ["hostname", "box"],
    ...rootDirectives(place),
    ...processDirectives(wish),
    ...(wish.more ?? []),
  ];
}

/** For `exec` in the container whose first process is `target`. */
export function execSpecification(place: ContainerPlace, target: number, wish: ContainerWish): Directive[] {
  return [
    ["dir", place.folder],
    anchorDirective(place),
    ["target", String(target)],
    ...processDirectives(wish),
    ...(wish.more ?? []),
  ];
}
