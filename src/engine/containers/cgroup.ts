// Resource limits as cgroup directives, for both layouts of the kernel's. Pure.
import { join } from "node:path";
import type { HostConfig } from "../api-types.ts";
import type { CgroupLayout, Directive } from "../collaborators.ts";

type Controller = keyof CgroupLayout["directories"];

const PERIOD = 100_000;

export interface CgroupPlan {
  /** Folders of the container, one per hierarchy. */
  readonly directories: readonly string[];
  readonly directives: readonly Directive[];
  /** True where the kernel itself keeps the container from devices it was not given. */
  readonly devicesGuarded: boolean;
}

/** A device the container may use beyond the usual ones. */
export interface AllowedDevice {
  readonly type: "c" | "b" | "a";
  /** Undefined: all. */
  readonly major: number | undefined;
  readonly minor: number | undefined;
  /** Some of `rwm`. */
  readonly access: string;
}

/** A bound for one block device. */
export interface Throttle {
  readonly major: number;
  readonly minor: number;
  readonly direction: "read" | "write";
  readonly unit: "bps" | "iops";
  /** Per second. */
  readonly rate: number;
}

export interface CgroupRequest {
  readonly id: string;
  readonly hostConfig: HostConfig;
  readonly devices: readonly AllowedDevice[];
  /** Bounds of what goes to and from block devices. */
  readonly throttles: readonly Throttle[];
  /** The engine's own memory nodes, for containers that only choose processors. */
  readonly memoryNodes: string;
}

/** Groups to make and values to write. A controller that is missing leaves its limits out. */
export function planCgroups(layout: CgroupLayout, request: CgroupRequest): CgroupPlan {
  return layout.version === 1 ? planVersion1(layout, request) : planVersion2(layout, request);
}

/** One sentence per limit that was asked for and cannot be had. */
export function cgroupWarnings(layout: CgroupLayout, host: HostConfig): string[] {
  const checks: [asked: boolean, controller: Controller, what: string][] = [
    [positive(host.Memory) || positive(host.MemoryReservation), "memory", "memory limit capabilities"],
    [positive(host.NanoCpus) || positive(host.CpuQuota) || positive(host.CpuPeriod), "cpu", "CPU CFS quota"],
    [positive(host.CpuShares), "cpu", "CPU shares"],
    [Boolean(host.CpusetCpus) || Boolean(host.CpusetMems), "cpuset", "cpuset"],
    [positive(host.PidsLimit ?? 0), "pids", "PIDs limit capabilities"],
  ];
  return checks
    .filter(([asked, controller]) => asked && layout.directories[controller] === undefined)
    .map(
      ([, controller, what]) =>
        `Your kernel does not support ${what} here (no writable ${controller} cgroup). Limitation discarded.`,
    );
}

function planVersion1(layout: CgroupLayout, request: CgroupRequest): CgroupPlan {
  const host = request.hostConfig;
  const values: Partial<Record<Controller, [file: string, value: string][]>> = {
    memory: memoryValues1(host),
    cpu: cpuValues1(host),
    cpuacct: [],
    freezer: [],
    blkio: blkioValues1(host, request.throttles),
    pids: [["pids.max", pidsLimit(host)]],
    devices: host.Privileged ? [] : deviceValues(request.devices),
  };
  if (host.CpusetCpus || host.CpusetMems) {
    values.cpuset = [
      ["cpuset.mems", host.CpusetMems || request.memoryNodes],
      ...(host.CpusetCpus ? [["cpuset.cpus", host.CpusetCpus] as [string, string]] : []),
    ];
  }
  const directories = new Set<string>();
  const settings: Directive[] = [];
  for (const [controller, pairs] of Object.entries(values) as [Controller, [string, string][]][]) {
    const parent = layout.directories[controller];
    if (parent === undefined) continue;
    const directory = join(parent, request.id);
    directories.add(directory);
    for (const [file, value] of pairs) settings.push(["cgroup-set", join(directory, file), value]);
  }
  return {
    directories: [...directories],
    directives: [...[...directories].map((directory): Directive => ["cgroup", directory]), ...settings],
    devicesGuarded: layout.directories.devices !== undefined,
  };
}

function memoryValues1(host: HostConfig): [string, string][] {
  const values: [string, string][] = [];
  const swap = swapTotal(host);
  if (positive(host.Memory)) values.push(["memory.limit_in_bytes", String(host.Memory)]);
  if (swap !== undefined) values.push(["memory.memsw.limit_in_bytes", String(swap)]);
  if (positive(host.MemoryReservation)) {
    values.push(["memory.soft_limit_in_bytes", String(host.MemoryReservation)]);
  }
  if (host.OomKillDisable) values.push(["memory.oom_control", "1"]);
  return values;
}

function cpuValues1(host: HostConfig): [string, string][] {
  const { period, quota } = cpuQuota(host);
  const values: [string, string][] = [];
  if (period !== undefined) values.push(["cpu.cfs_period_us", String(period)]);
  if (quota !== undefined) values.push(["cpu.cfs_quota_us", String(quota)]);
  if (positive(host.CpuShares)) values.push(["cpu.shares", String(host.CpuShares)]);
  return values;
}

function blkioValues1(host: HostConfig, throttles: readonly Throttle[]): [string, string][] {
  const weight = Number(host["BlkioWeight"] ?? 0);
  return [
    ...(positive(weight) ? [["blkio.bfq.weight", String(weight)] as [string, string]] : []),
    ...throttles.map(({ major, minor, direction, unit, rate }): [string, string] => [
      `blkio.throttle.${direction}_${unit}_device`,
      `${major}:${minor} ${rate}`,
    ]),
  ];
}

/** Everything is denied but making nodes, which is harmless alone, and the nodes that every container has. */
function deviceValues(extra: readonly AllowedDevice[]): [string, string][] {
  const usual = ["c 1:3", "c 1:5", "c 1:7", "c 1:8", "c 1:9", "c 5:0", "c 5:1", "c 5:2", "c 136:*"];
  return [
    ["devices.deny", "a"],
    ["devices.allow", "c *:* m"],
    ["devices.allow", "b *:* m"],
    ...usual.map((device): [string, string] => ["devices.allow", `${device} rwm`]),
    ...extra.map((device): [string, string] => [
      "devices.allow",
      `${device.type} ${device.major ?? "*"}:${device.minor ?? "*"} ${device.access}`,
    ]),
  ];
}

function planVersion2(layout: CgroupLayout, request: CgroupRequest): CgroupPlan {
  const parent = Object.values(layout.directories)[0];
  if (parent === undefined) return { directories: [], directives: [], devicesGuarded: false };
  const directory = join(parent, request.id);
  const settings = [...valuesOfVersion2(request.hostConfig), ...ioValues(request)]
    .filter(([controller]) => layout.directories[controller] !== undefined)
    .map(([, file, value]): Directive => ["cgroup-set", join(directory, file), value]);
  return {
    directories: [directory],
    directives: [["cgroup", directory], ...settings],
    devicesGuarded: false,
  };
}

function valuesOfVersion2(host: HostConfig): [Controller, string, string][] {
  const values: [Controller, string, string][] = [];
  const swap = swapTotal(host);
  const { period, quota } = cpuQuota(host);
  if (positive(host.Memory)) values.push(["memory", "memory.max", String(host.Memory)]);
  if (swap !== undefined) {
    values.push(["memory", "memory.swap.max", swap < 0 ? "max" : String(swap - (host.Memory ?? 0))]);
  }
  if (positive(host.MemoryReservation)) values.push(["memory", "memory.low", String(host.MemoryReservation)]);
  if (period !== undefined || quota !== undefined) {
    const limit = quota === undefined || quota < 0 ? "max" : String(quota);
    values.push(["cpu", "cpu.max", `${limit} ${period ?? PERIOD}`]);
  }
  if (positive(host.CpuShares)) values.push(["cpu", "cpu.weight", String(weightOfShares(host.CpuShares))]);
  if (host.CpusetMems) values.push(["cpuset", "cpuset.mems", host.CpusetMems]);
  if (host.CpusetCpus) values.push(["cpuset", "cpuset.cpus", host.CpusetCpus]);
  if (positive(host.PidsLimit ?? 0)) values.push(["pids", "pids.max", pidsLimit(host)]);
  return values;
}

function ioValues({ hostConfig, throttles }: CgroupRequest): [Controller, string, string][] {
  const weight = Number(hostConfig["BlkioWeight"] ?? 0);
  return [
    ...(positive(weight) ? [["blkio", "io.bfq.weight", String(weight)] as [Controller, string, string]] : []),
    ...throttles.map(({ major, minor, direction, unit, rate }): [Controller, string, string] => [
      "blkio",
      "io.max",
      `${major}:${minor} ${direction === "read" ? "r" : "w"}${unit}=${rate}`,
    ]),
  ];
}

/** Shares run from 2 to 262144, weights from 1 to 10000. */
function weightOfShares(shares: number): number {
  const clamped = Math.min(Math.max(shares, 2), 262_144);
  return 1 + Math.floor(((clamped - 2) * 9999) / 262_142);
}

/** Memory and swap together in bytes, -1 for no bound; twice the memory when only that was given. */
function swapTotal(host: HostConfig): number | undefined {
  if (!positive(host.Memory)) return undefined;
  if (host.MemorySwap === undefined || host.MemorySwap === 0) return host.Memory * 2;
  return host.MemorySwap;
}

function cpuQuota(host: HostConfig): { period?: number; quota?: number } {
  if (positive(host.NanoCpus)) {
    return { period: PERIOD, quota: Math.max(1000, Math.round((host.NanoCpus * PERIOD) / 1e9)) };
  }
  return {
    ...(positive(host.CpuPeriod) ? { period: host.CpuPeriod } : {}),
    ...(host.CpuQuota ? { quota: host.CpuQuota } : {}),
  };
}

function pidsLimit(host: HostConfig): string {
  return positive(host.PidsLimit ?? 0) ? String(host.PidsLimit) : "max";
}

function positive(value: number | undefined): value is number {
  return value !== undefined && value > 0;
}
