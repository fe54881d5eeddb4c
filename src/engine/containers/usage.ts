// What a container uses at one moment, from the kernel's own counters: those of its cgroups, or, without, sums over its processes.
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import type { CgroupLayout } from "../collaborators.ts";
import { containerMembers } from "./container-processes.ts";

const NANOSECONDS_PER_TICK = 10_000_000;
const PAGE = 4096;

/** Nanoseconds of processor time. */
export interface ProcessorUsage {
  readonly total: number;
  readonly perProcessor: readonly number[];
  readonly user: number;
  readonly kernel: number;
  readonly throttling: {
    readonly periods: number;
    readonly throttledPeriods: number;
    readonly throttledTime: number;
  };
}

/** Bytes. */
export interface MemoryUsage {
  readonly usage: number;
  readonly highest: number | undefined;
  readonly failures: number | undefined;
  readonly limit: number;
  readonly details: Readonly<Record<string, number>>;
}

export interface DeviceCount {
  readonly major: number;
  readonly minor: number;
  readonly op: string;
  readonly value: number;
}

export interface Usage {
  readonly processor: ProcessorUsage;
  readonly memory: MemoryUsage;
  readonly processes: { readonly current: number; readonly limit: number | undefined };
  readonly blockBytes: readonly DeviceCount[];
  readonly blockOperations: readonly DeviceCount[];
}

/** Undefined when the container ends while it is looked at. */
export function readUsage(layout: CgroupLayout, id: string, pid: number): Usage | undefined {
  const { directories } = layout;
  const parent = Object.values(directories)[0];
  try {
    if (layout.version === 2 && parent !== undefined && directories.memory !== undefined) {
      return usageOfVersion2(join(parent, id));
    }
    const { memory, cpuacct, cpu, pids, blkio } = directories;
    if (layout.version === 1 && memory !== undefined && cpuacct !== undefined) {
      const group = (directory: string | undefined): string | undefined =>
        directory === undefined ? undefined : join(directory, id);
      return usageOfVersion1({
        memory: join(memory, id),
        accounts: join(cpuacct, id),
        cpu: group(cpu),
        pids: group(pids),
        blkio: group(blkio),
      });
    }
    return usageOfProcesses(pid);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENODEV" || code === "ESRCH") return undefined;
    throw error;
  }
}

interface Groups {
  readonly memory: string;
  readonly accounts: string;
  readonly cpu: string | undefined;
  readonly pids: string | undefined;
  readonly blkio: string | undefined;
}

function usageOfVersion1(groups: Groups): Usage {
  const ticks = table(read(groups.accounts, "cpuacct.stat"));
  const throttling = groups.cpu === undefined ? {} : table(read(groups.cpu, "cpu.stat"));
  return {
    processor: {
      total: number(read(groups.accounts, "cpuacct.usage")),
      perProcessor: read(groups.accounts, "cpuacct.usage_percpu").trim().split(/\s+/).map(Number),
      user: (ticks["user"] ?? 0) * NANOSECONDS_PER_TICK,
      kernel: (ticks["system"] ?? 0) * NANOSECONDS_PER_TICK,
      throttling: {
        periods: throttling["nr_periods"] ?? 0,
        throttledPeriods: throttling["nr_throttled"] ?? 0,
        throttledTime: throttling["throttled_time"] ?? 0,
      },
    },
    memory: {
      usage: number(read(groups.memory, "memory.usage_in_bytes")),
      highest: number(read(groups.memory, "memory.max_usage_in_bytes")),
      failures: number(read(groups.memory, "memory.failcnt")),
      limit: Math.min(number(read(groups.memory, "memory.limit_in_bytes")), totalmem()),
      details: table(read(groups.memory, "memory.stat")),
    },
    processes:
      groups.pids === undefined
        ? { current: 0, limit: undefined }
        : processCounts(read(groups.pids, "pids.current"), read(groups.pids, "pids.max")),
    blockBytes: deviceCounts(groups.blkio, "blkio.throttle.io_service_bytes_recursive"),
    blockOperations: deviceCounts(groups.blkio, "blkio.throttle.io_serviced_recursive"),
  };
}

function usageOfVersion2(group: string): Usage {
  const processor = table(read(group, "cpu.stat"));
  const microseconds = (key: string): number => (processor[key] ?? 0) * 1000;
  const io = readIfThere(group, "io.stat").split("\n").filter(Boolean).map(parseIo);
  return {
    processor: {
      total: microseconds("usage_usec"),
      perProcessor: [],
      user: microseconds("user_usec"),
      kernel: microseconds("system_usec"),
      throttling: {
        periods: processor["nr_periods"] ?? 0,
        throttledPeriods: processor["nr_throttled"] ?? 0,
        throttledTime: microseconds("throttled_usec"),
      },
    },
    memory: {
      usage: number(read(group, "memory.current")),
      highest: undefined,
      failures: undefined,
      limit: Math.min(limit(read(group, "memory.max")) ?? Infinity, totalmem()),
      details: table(read(group, "memory.stat")),
    },
    processes: processCounts(readIfThere(group, "pids.current"), readIfThere(group, "pids.max")),
    blockBytes: io.flatMap((line) => line("rbytes", "wbytes")),
    blockOperations: io.flatMap((line) => line("rios", "wios")),
  };
}

function usageOfProcesses(pid: number): Usage {
  const members = containerMembers(pid);
  const sum = (of: (member: (typeof members)[number]) => number): number =>
    members.reduce((total, member) => total + of(member), 0);
  const user = sum((member) => member.userTicks + member.childrenTicks[0]) * NANOSECONDS_PER_TICK;
  const kernel = sum((member) => member.systemTicks + member.childrenTicks[1]) * NANOSECONDS_PER_TICK;
  return {
    processor: {
      total: user + kernel,
      perProcessor: [],
      user,
      kernel,
      throttling: { periods: 0, throttledPeriods: 0, throttledTime: 0 },
    },
    memory: {
      usage: sum((member) => member.pages) * PAGE,
      highest: undefined,
      failures: undefined,
      limit: totalmem(),
      details: {},
    },
    processes: { current: members.length, limit: undefined },
    blockBytes: [],
    blockOperations: [],
  };
}

function read(group: string, name: string): string {
  return readFileSync(join(group, name), "utf8");
}

/** Empty where this kernel does not keep that count. */
function readIfThere(group: string, name: string): string {
  try {
    return read(group, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** `key value` lines. */
function table(text: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => line.split(" ")).map(([key = "", value]) => [key, Number(value)]),
  );
}

function number(text: string): number {
  return Number(text.trim());
}

function limit(text: string): number | undefined {
  return text.trim() === "max" || text.trim() === "" ? undefined : number(text);
}

function processCounts(current: string, most: string): Usage["processes"] {
  return { current: number(current), limit: limit(most) };
}

function deviceCounts(group: string | undefined, name: string): DeviceCount[] {
  if (group === undefined) return [];
  return readIfThere(group, name)
    .split("\n")
    .map((line) => /^(\d+):(\d+) (\w+) (\d+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, major, minor, op = "", value]) => ({
      major: Number(major),
      minor: Number(minor),
      op,
      value: Number(value),
    }));
}

/** `8:0 rbytes=1 wbytes=2 …` */
function parseIo(line: string): (reads: string, writes: string) => DeviceCount[] {
  const [device = "", ...pairs] = line.split(" ");
  const [major, minor] = device.split(":").map(Number);
  const values = new Map(pairs.map((pair) => pair.split("=") as [string, string]));
  const count = (op: string, key: string): DeviceCount => ({
    major: major ?? 0,
    minor: minor ?? 0,
    op,
    value: Number(values.get(key) ?? 0),
  });
  return (reads, writes) => [count("read", reads), count("write", writes)];
}
