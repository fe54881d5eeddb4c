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
  /** Undefined: nobody counts. */
  readonly blockBytes: readonly DeviceCount[] | undefined;
  readonly blockOperations: readonly DeviceCount[] | undefined;
}

/** Undefined when the container ends while it is looked at. `layout`: the container's own. */
export function readUsage(layout: CgroupLayout, id: string, pid: number): Usage | undefined {
  const group = (controller: keyof CgroupLayout["directories"]): string | undefined => {
    const parent = layout.directories[controller];
    return parent === undefined ? undefined : join(parent, id);
  };
  try {
    return layout.version === 1 ? usageOfVersion1(group, pid) : usageOfVersion2(group, pid);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENODEV" || code === "ESRCH") return undefined;
    throw error;
  }
}

type GroupOf = (controller: keyof CgroupLayout["directories"]) => string | undefined;

function usageOfVersion1(group: GroupOf, pid: number): Usage {
  const [memory, accounts, pids] = [group("memory"), group("cpuacct"), group("pids")];
  return {
    processor: accounts === undefined ? processorOfMembers(pid) : processorOfVersion1(accounts, group("cpu")),
    memory: memory === undefined ? memoryOfMembers(pid) : memoryOfVersion1(memory),
    processes: pids === undefined ? countMembers(pid) : processCounts(pids),
    blockBytes: deviceCounts(group("blkio"), "blkio.throttle.io_service_bytes_recursive"),
    blockOperations: deviceCounts(group("blkio"), "blkio.throttle.io_serviced_recursive"),
  };
}

function processorOfVersion1(accounts: string, group: string | undefined): ProcessorUsage {
  const ticks = table(read(accounts, "cpuacct.stat"));
  const throttling = group === undefined ? {} : table(read(group, "cpu.stat"));
  return {
    total: number(read(accounts, "cpuacct.usage")),
    perProcessor: read(accounts, "cpuacct.usage_percpu").trim().split(/\s+/).map(Number),
    user: (ticks["user"] ?? 0) * NANOSECONDS_PER_TICK,
    kernel: (ticks["system"] ?? 0) * NANOSECONDS_PER_TICK,
    throttling: {
      periods: throttling["nr_periods"] ?? 0,
      throttledPeriods: throttling["nr_throttled"] ?? 0,
      throttledTime: throttling["throttled_time"] ?? 0,
    },
  };
}

function memoryOfVersion1(group: string): MemoryUsage {
  return {
    usage: number(read(group, "memory.usage_in_bytes")),
    highest: number(read(group, "memory.max_usage_in_bytes")),
    failures: number(read(group, "memory.failcnt")),
    limit: Math.min(number(read(group, "memory.limit_in_bytes")), totalmem()),
    details: table(read(group, "memory.stat")),
  };
}

/** Every group counts processor time; the other files are there where the controller has been handed down. */
function usageOfVersion2(group: GroupOf, pid: number): Usage {
  const [memory, accounts, pids, blkio] = [group("memory"), group("cpuacct"), group("pids"), group("blkio")];
  const io =
    blkio === undefined ? undefined : readIfThere(blkio, "io.stat").split("\n").filter(Boolean).map(parseIo);
  return {
    processor: accounts === undefined ? processorOfMembers(pid) : processorOfVersion2(accounts),
    memory: memory === undefined ? memoryOfMembers(pid) : memoryOfVersion2(memory),
    processes: pids === undefined ? countMembers(pid) : processCounts(pids),
    blockBytes: io?.flatMap((line) => line("rbytes", "wbytes")),
    blockOperations: io?.flatMap((line) => line("rios", "wios")),
  };
}

function processorOfVersion2(group: string): ProcessorUsage {
  const counts = table(read(group, "cpu.stat"));
  const microseconds = (key: string): number => (counts[key] ?? 0) * 1000;
  return {
    total: microseconds("usage_usec"),
    perProcessor: [],
    user: microseconds("user_usec"),
    kernel: microseconds("system_usec"),
    throttling: {
      periods: counts["nr_periods"] ?? 0,
      throttledPeriods: counts["nr_throttled"] ?? 0,
      throttledTime: microseconds("throttled_usec"),
    },
  };
}

function memoryOfVersion2(group: string): MemoryUsage {
  return {
    usage: number(read(group, "memory.current")),
    highest: undefined,
    failures: table(read(group, "memory.events"))["oom"],
    limit: Math.min(limit(read(group, "memory.max")) ?? Infinity, totalmem()),
    details: table(read(group, "memory.stat")),
  };
}

function processorOfMembers(pid: number): ProcessorUsage {
  const members = containerMembers(pid);
  const sum = (of: (member: (typeof members)[number]) => number): number =>
    members.reduce((total, member) => total + of(member), 0) * NANOSECONDS_PER_TICK;
  const user = sum((member) => member.userTicks + member.childrenTicks[0]);
  const kernel = sum((member) => member.systemTicks + member.childrenTicks[1]);
  return {
    total: user + kernel,
    perProcessor: [],
    user,
    kernel,
    throttling: { periods: 0, throttledPeriods: 0, throttledTime: 0 },
  };
}

function memoryOfMembers(pid: number): MemoryUsage {
  const pages = containerMembers(pid).reduce((total, member) => total + member.pages, 0);
  return { usage: pages * PAGE, highest: undefined, failures: undefined, limit: totalmem(), details: {} };
}

function countMembers(pid: number): Usage["processes"] {
  return { current: containerMembers(pid).length, limit: undefined };
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

function processCounts(group: string): Usage["processes"] {
  return { current: number(read(group, "pids.current")), limit: limit(read(group, "pids.max")) };
}

function deviceCounts(group: string | undefined, name: string): DeviceCount[] | undefined {
  if (group === undefined) return undefined;
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
