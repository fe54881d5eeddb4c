// What is written to which file of a container's cgroups, for both of the kernel's versions. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import type { CgroupLayout } from "../collaborators.ts";

/** A controller, as version 1 names it. */
export type Controller = keyof CgroupLayout["directories"];

/** A bound for one block device. */
export interface Throttle {
  readonly major: number;
  readonly minor: number;
  readonly direction: "read" | "write";
  readonly unit: "bps" | "iops";
  /** Per second. */
  readonly rate: number;
}

/** How much of a block device's time is a container's, from 10 to 1000. */
export interface DeviceWeight {
  readonly major: number;
  readonly minor: number;
  readonly weight: number;
}

/** What block devices are asked to do. */
export interface BlockRequest {
  readonly throttles: readonly Throttle[];
  readonly weights: readonly DeviceWeight[];
}

/** One value for one file. */
export type CgroupValue = readonly [controller: Controller, file: string, value: string];

const PERIOD = 100_000;

/** In the files of version 1, in the order in which they have to be written. */
export function valuesOfVersion1(host: HostConfig, block: BlockRequest): CgroupValue[] {
  const swap = swapTotal(host);
  const { period, quota } = cpuQuota(host);
  const swappiness = host["MemorySwappiness"];
  const values: [Controller, string, string | number | undefined][] = [
    ["memory", "memory.limit_in_bytes", positive(host.Memory)],
    ["memory", "memory.memsw.limit_in_bytes", swap],
    ["memory", "memory.soft_limit_in_bytes", positive(host.MemoryReservation)],
    ["memory", "memory.swappiness", isSwappiness(swappiness) ? swappiness : undefined],
    ["memory", "memory.kmem.tcp.limit_in_bytes", positive(host["KernelMemoryTCP"])],
    ["memory", "memory.oom_control", host.OomKillDisable ? 1 : undefined],
    ["cpu", "cpu.cfs_period_us", period],
    ["cpu", "cpu.cfs_quota_us", quota],
    ["cpu", "cpu.shares", positive(host.CpuShares)],
    ["cpuset", "cpuset.cpus", host.CpusetCpus || undefined],
    ["cpuset", "cpuset.mems", host.CpusetMems || undefined],
    ["pids", "pids.max", pidsLimit(host)],
    ["blkio", "blkio.bfq.weight", positive(host["BlkioWeight"])],
    ...block.weights.map(({ major, minor, weight }): [Controller, string, string] => [
      "blkio",
      "blkio.bfq.weight_device",
      `${major}:${minor} ${weight}`,
    ]),
    ...block.throttles.map(({ major, minor, direction, unit, rate }): [Controller, string, string] => [
      "blkio",
      `blkio.throttle.${direction}_${unit}_device`,
      `${major}:${minor} ${rate}`,
    ]),
  ];
  return given(values);
}

/** The same in those of version 2. `files`: of the two ways to weigh block devices a kernel has one, or both. */
export function valuesOfVersion2(
  host: HostConfig,
  block: BlockRequest,
  files: ReadonlySet<string>,
): CgroupValue[] {
  const swap = swapTotal(host);
  const { period, quota } = cpuQuota(host);
  const hasQuota = period !== undefined || quota !== undefined;
  const values: [Controller, string, string | number | undefined][] = [
    ["memory", "memory.max", positive(host.Memory)],
    ["memory", "memory.swap.max", swap === undefined ? undefined : swapAlone(swap, host.Memory ?? 0)],
    ["memory", "memory.low", positive(host.MemoryReservation)],
    [
      "cpu",
      "cpu.max",
      hasQuota ? `${quota === undefined || quota < 0 ? "max" : quota} ${period ?? PERIOD}` : undefined,
    ],
    ["cpu", "cpu.weight", weightOfShares(positive(host.CpuShares))],
    ["cpuset", "cpuset.cpus", host.CpusetCpus || undefined],
    ["cpuset", "cpuset.mems", host.CpusetMems || undefined],
    ["pids", "pids.max", pidsLimit(host)],
    ...ioWeights(host, block, files),
    ...block.throttles.map(({ major, minor, direction, unit, rate }): [Controller, string, string] => [
      "blkio",
      "io.max",
      `${major}:${minor} ${direction === "read" ? "r" : "w"}${unit}=${rate}`,
    ]),
  ];
  return given(values);
}

/** BFQ counts as Docker does, the cost model of version 2 from 1 to 10000. */
function ioWeights(
  host: HostConfig,
  block: BlockRequest,
  files: ReadonlySet<string>,
): [Controller, string, string | number | undefined][] {
  const isBfq = files.has("io.bfq.weight");
  const file = isBfq ? "io.bfq.weight" : "io.weight";
  const scale = (weight: number): number => (isBfq ? weight : 1 + Math.floor(((weight - 10) * 9999) / 990));
  const weight = positive(host["BlkioWeight"]);
  return [
    ["blkio", file, weight === undefined ? undefined : scale(weight)],
    ...block.weights.map((each): [Controller, string, string] => [
      "blkio",
      file,
      `${each.major}:${each.minor} ${scale(each.weight)}`,
    ]),
  ];
}

function given(values: readonly [Controller, string, string | number | undefined][]): CgroupValue[] {
  return values.flatMap(([controller, file, value]) =>
    value === undefined ? [] : [[controller, file, String(value)] as const],
  );
}

/** Shares run from 2 to 262144, weights from 1 to 10000. */
function weightOfShares(shares: number | undefined): number | undefined {
  if (shares === undefined) return undefined;
  const clamped = Math.min(Math.max(shares, 2), 262_144);
  return 1 + Math.floor(((clamped - 2) * 9999) / 262_142);
}

/** Memory and swap together in bytes, -1 for no bound; twice the memory when only that was given. */
function swapTotal(host: HostConfig): number | undefined {
  const memory = positive(host.Memory);
  if (memory === undefined) return undefined;
  return host.MemorySwap || memory * 2;
}

function swapAlone(total: number, memory: number): string {
  return total < 0 ? "max" : String(total - memory);
}

function cpuQuota(host: HostConfig): { period?: number; quota?: number } {
  const processors = positive(host.NanoCpus);
  if (processors !== undefined) {
    return { period: PERIOD, quota: Math.max(1000, Math.round((processors * PERIOD) / 1e9)) };
  }
  const period = positive(host.CpuPeriod);
  return {
    ...(period === undefined ? {} : { period }),
    ...(host.CpuQuota ? { quota: host.CpuQuota } : {}),
  };
}

/** Zero, negative and nothing at all mean no limit: it can be taken back only by writing that. */
function pidsLimit(host: HostConfig): string | undefined {
  if (host.PidsLimit === undefined || host.PidsLimit === null) return undefined;
  return host.PidsLimit > 0 ? String(host.PidsLimit) : "max";
}

/** A percentage; -1 is Docker's "as the machine has it". */
export function isSwappiness(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
