// A container's use of the machine as the API shows it, once or every second.
import { readFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import type { ContainerStats } from "../api-types/stats.ts";
import { layoutOf } from "./container-cgroups.ts";
import type { Container } from "./container.ts";
import type { Parts } from "./parts.ts";
import { currentTime, NEVER } from "./record.ts";
import { readUsage } from "./usage.ts";
import type { Usage } from "./usage.ts";

const INTERVAL = 1000;
const NANOSECONDS_PER_TICK = 10_000_000;

export interface StatsOptions {
  readonly stream: boolean;
  /** Without `stream`: do not wait for a second look to compare with. */
  readonly oneShot: boolean;
}

interface Sample {
  readonly read: string;
  readonly processor: ContainerStats["cpu_stats"];
  readonly rest: Omit<ContainerStats, "read" | "preread" | "cpu_stats" | "precpu_stats" | "name" | "id">;
}

const NOTHING: ContainerStats["cpu_stats"] = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

/** Lists that clients look for, whatever a kernel counts. */
const NOTHING_OF_BLOCKS: ContainerStats["blkio_stats"] = {
  io_service_bytes_recursive: null,
  io_serviced_recursive: null,
  io_queue_recursive: null,
  io_service_time_recursive: null,
  io_wait_time_recursive: null,
  io_merged_recursive: null,
  io_time_recursive: null,
  sectors_recursive: null,
};

/** Of a container that does not run: nothing used. The stream ends when the container is removed, or at `signal`. */
export async function* containerStats(
  parts: Parts,
  container: Container,
  options: StatsOptions & { readonly signal: AbortSignal },
): AsyncGenerator<ContainerStats> {
  let before = options.stream || options.oneShot ? undefined : takeSample(parts, container);
  if (before !== undefined && !(await isStillWanted(options.signal))) return;
  do {
    const sample = takeSample(parts, container);
    yield {
      read: sample?.read ?? NEVER,
      preread: before?.read ?? NEVER,
      ...(sample?.rest ?? empty()),
      cpu_stats: sample?.processor ?? NOTHING,
      precpu_stats: before?.processor ?? NOTHING,
      name: `/${container.saved.name}`,
      id: container.id,
    };
    before = sample;
  } while (options.stream && (await isStillWanted(options.signal)) && !container.gone);
}

async function isStillWanted(signal: AbortSignal): Promise<boolean> {
  await after(INTERVAL, undefined, { signal }).catch(() => undefined); // aborted: the next line tells
  return !signal.aborted;
}

function takeSample(parts: Parts, container: Container): Sample | undefined {
  const { pid } = container.saved.state;
  if (container.shim === undefined || pid === 0) return undefined;
  const usage = readUsage(layoutOf(parts.context.cgroups, container.saved), container.id, pid);
  if (usage === undefined) return undefined;
  const networks = container.saved.hostConfig.NetworkMode === "host" ? {} : interfaces(pid);
  return {
    read: currentTime(),
    processor: processorStats(usage),
    rest: {
      pids_stats: {
        current: usage.processes.current,
        ...(usage.processes.limit === undefined ? {} : { limit: usage.processes.limit }),
      },
      blkio_stats: {
        ...NOTHING_OF_BLOCKS,
        io_service_bytes_recursive: usage.blockBytes ?? null,
        io_serviced_recursive: usage.blockOperations ?? null,
      },
      num_procs: 0,
      storage_stats: {},
      memory_stats: memoryStats(usage),
      ...(Object.keys(networks).length === 0 ? {} : { networks }),
    },
  };
}

function empty(): Sample["rest"] {
  return {
    pids_stats: {},
    blkio_stats: NOTHING_OF_BLOCKS,
    num_procs: 0,
    storage_stats: {},
    memory_stats: {},
  };
}

function processorStats({ processor }: Usage): ContainerStats["cpu_stats"] {
  const machine = readFileSync("/proc/stat", "utf8");
  const [, ...ticks] = (machine.split("\n")[0] ?? "").split(/\s+/);
  // The guests' time that follows is among the users' already.
  const total = ticks.slice(0, 8).reduce((sum, each) => sum + Number(each), 0);
  return {
    cpu_usage: {
      total_usage: processor.total,
      ...(processor.perProcessor.length === 0 ? {} : { percpu_usage: processor.perProcessor }),
      usage_in_kernelmode: processor.kernel,
      usage_in_usermode: processor.user,
    },
    system_cpu_usage: total * NANOSECONDS_PER_TICK,
    online_cpus: machine.match(/^cpu\d+ /gm)?.length ?? 1,
    throttling_data: {
      periods: processor.throttling.periods,
      throttled_periods: processor.throttling.throttledPeriods,
      throttled_time: processor.throttling.throttledTime,
    },
  };
}

function memoryStats({ memory }: Usage): ContainerStats["memory_stats"] {
  return {
    usage: memory.usage,
    ...(memory.highest === undefined ? {} : { max_usage: memory.highest }),
    stats: memory.details,
    ...(memory.failures === undefined ? {} : { failcnt: memory.failures }),
    limit: memory.limit,
  };
}

const FIELDS = [
  "rx_bytes",
  "rx_packets",
  "rx_errors",
  "rx_dropped",
  undefined,
  undefined,
  undefined,
  undefined,
  "tx_bytes",
  "tx_packets",
  "tx_errors",
  "tx_dropped",
];

/** What went through the interfaces of the process's network, but `lo`. */
function interfaces(pid: number): Record<string, Record<string, number>> {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/net/dev`, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EINVAL") return {}; // it has just ended
    throw error;
  }
  const rows = text.split("\n").map((line) => /^\s*([^:\s]+):\s*(.*)$/.exec(line));
  return Object.fromEntries(
    rows
      .filter((row) => row !== null && row[1] !== "lo")
      .map((row) => {
        const counts = (row?.[2] ?? "").trim().split(/\s+/).map(Number);
        const named = FIELDS.flatMap((field, index): [string, number][] =>
          field === undefined ? [] : [[field, counts[index] ?? 0]],
        );
        return [row?.[1] ?? "", Object.fromEntries(named)];
      }),
  );
}
