// Limits that were asked for and cannot be had here, in words. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import type { CgroupLayout } from "../collaborators.ts";
import { isSwappiness } from "./cgroup-values.ts";
import type { Controller } from "./cgroup-values.ts";

interface Limit {
  readonly isAsked: (host: HostConfig) => boolean;
  readonly controller: Controller;
  /** The files, one of which it takes, in version 1 and in version 2. None: that version cannot do it. */
  readonly files: readonly [version1: readonly string[], version2: readonly string[]];
  /** Why it is not had although version 1 knows it. */
  readonly refused?: string;
  readonly what: string;
  readonly consequence: string;
}

const isPositive = (value: unknown): boolean => typeof value === "number" && value > 0;
const isListed = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

const LIMITS: readonly Limit[] = [
  {
    isAsked: (host) => isPositive(host.Memory),
    controller: "memory",
    files: [["memory.limit_in_bytes"], ["memory.max"]],
    what: "memory limit capabilities",
    consequence: "Limitation discarded.",
  },
  {
    isAsked: (host) => isPositive(host.Memory) && host.MemorySwap !== -1,
    controller: "memory",
    files: [["memory.memsw.limit_in_bytes"], ["memory.swap.max"]],
    what: "swap limit capabilities",
    consequence: "Memory limited without swap.",
  },
  {
    isAsked: (host) => isPositive(host.MemoryReservation),
    controller: "memory",
    files: [["memory.soft_limit_in_bytes"], ["memory.low"]],
    what: "memory soft limit capabilities",
    consequence: "Limitation discarded.",
  },
  {
    isAsked: (host) => isSwappiness(host["MemorySwappiness"]),
    controller: "memory",
    files: [["memory.swappiness"], []],
    what: "memory swappiness capabilities",
    consequence: "Memory swappiness discarded.",
  },
  {
    isAsked: (host) => host.OomKillDisable === true,
    controller: "memory",
    files: [["memory.oom_control"], []],
    what: "OomKillDisable",
    consequence: "OomKillDisable discarded.",
  },
  {
    isAsked: (host) => isPositive(host["KernelMemory"]),
    controller: "memory",
    files: [[], []],
    refused: "kernels since 5.16 do not enforce it",
    what: "kernel memory limit capabilities",
    consequence: "Limitation discarded.",
  },
  {
    isAsked: (host) => isPositive(host["KernelMemoryTCP"]),
    controller: "memory",
    files: [["memory.kmem.tcp.limit_in_bytes"], []],
    what: "kernel memory TCP limit capabilities",
    consequence: "Limitation discarded.",
  },
  {
    isAsked: (host) => isPositive(host.NanoCpus) || Boolean(host.CpuQuota) || isPositive(host.CpuPeriod),
    controller: "cpu",
    files: [["cpu.cfs_quota_us"], ["cpu.max"]],
    what: "CPU CFS scheduler",
    consequence: "CPU period/quota discarded.",
  },
  {
    isAsked: (host) => isPositive(host.CpuShares),
    controller: "cpu",
    files: [["cpu.shares"], ["cpu.weight"]],
    what: "CPU shares",
    consequence: "Shares discarded.",
  },
  {
    isAsked: (host) => isPositive(host["CpuRealtimePeriod"]) || isPositive(host["CpuRealtimeRuntime"]),
    controller: "cpu",
    files: [[], []],
    refused: "the engine has no real-time budget to share out",
    what: "CPU real-time scheduler",
    consequence: "CPU real-time period/runtime discarded.",
  },
  {
    isAsked: (host) => Boolean(host.CpusetCpus) || Boolean(host.CpusetMems),
    controller: "cpuset",
    files: [["cpuset.cpus"], ["cpuset.cpus"]],
    what: "cpuset",
    consequence: "Cpuset discarded.",
  },
  {
    isAsked: (host) => isPositive(host.PidsLimit),
    controller: "pids",
    files: [["pids.max"], ["pids.max"]],
    what: "PIDs limit capabilities",
    consequence: "PIDs limit discarded.",
  },
  {
    isAsked: (host) => isPositive(host["BlkioWeight"]),
    controller: "blkio",
    files: [["blkio.bfq.weight"], ["io.bfq.weight", "io.weight"]],
    what: "Block I/O weight",
    consequence: "Weight discarded.",
  },
  {
    isAsked: (host) => isListed(host["BlkioWeightDevice"]),
    controller: "blkio",
    files: [["blkio.bfq.weight_device"], ["io.bfq.weight", "io.weight"]],
    what: "Block I/O weight_device",
    consequence: "Weight-device discarded.",
  },
  ...(["Read", "Write"] as const).flatMap((direction) =>
    (["Bps", "IOps"] as const).map((unit): Limit => {
      const name = `${unit.toUpperCase()} Block I/O ${direction.toLowerCase()} limit`;
      return {
        isAsked: (host) => isListed(host[`BlkioDevice${direction}${unit}`]),
        controller: "blkio",
        files: [[`blkio.throttle.${direction.toLowerCase()}_${unit.toLowerCase()}_device`], ["io.max"]],
        what: name,
        consequence: `${name} discarded.`,
      };
    }),
  ),
];

const NO_OOM_LIMIT =
  "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.";

/** One sentence per limit that was asked for and cannot be had, or is dangerous. */
export function cgroupWarnings(layout: CgroupLayout, host: HostConfig): string[] {
  const refused = LIMITS.filter((limit) => limit.isAsked(host) && !isAvailable(layout, limit));
  return [
    ...refused.map(
      (limit) =>
        `Your kernel does not support ${limit.what} here (${why(layout, limit)}). ${limit.consequence}`,
    ),
    ...(host.OomKillDisable && !isPositive(host.Memory) ? [NO_OOM_LIMIT] : []),
  ];
}

/** What `/info` says of the limits that containers can have here. */
export function cgroupInfo(layout: CgroupLayout): object {
  const has = (version1: string, version2?: string): boolean => {
    const file = layout.version === 1 ? version1 : version2;
    return file !== undefined && layout.files.has(file);
  };
  return {
    CgroupDriver: Object.keys(layout.directories).length === 0 ? "none" : "cgroupfs",
    CgroupVersion: String(layout.version),
    MemoryLimit: has("memory.limit_in_bytes", "memory.max"),
    SwapLimit: has("memory.memsw.limit_in_bytes", "memory.swap.max"),
    KernelMemory: false,
    KernelMemoryTCP: has("memory.kmem.tcp.limit_in_bytes"),
    OomKillDisable: has("memory.oom_control"),
    CpuCfsPeriod: has("cpu.cfs_period_us", "cpu.max"),
    CpuCfsQuota: has("cpu.cfs_quota_us", "cpu.max"),
    CPUShares: has("cpu.shares", "cpu.weight"),
    CPUSet: has("cpuset.cpus", "cpuset.cpus"),
    PidsLimit: has("pids.max", "pids.max"),
  };
}

function filesOf(layout: CgroupLayout, limit: Limit): readonly string[] {
  return limit.files[layout.version === 1 ? 0 : 1];
}

function isAvailable(layout: CgroupLayout, limit: Limit): boolean {
  return (
    layout.directories[limit.controller] !== undefined &&
    filesOf(layout, limit).some((file) => layout.files.has(file))
  );
}

function why(layout: CgroupLayout, limit: Limit): string {
  const files = filesOf(layout, limit);
  if (limit.refused !== undefined && layout.version === 1) return limit.refused;
  if (files.length === 0) return `cgroups of version ${layout.version} have no such limit`;
  if (layout.directories[limit.controller] === undefined) return `no writable ${limit.controller} cgroup`;
  return `the ${limit.controller} cgroup has no ${files.join(" and no ")}`;
}
