// A container's use of the machine, as the Docker Engine API reports it.

interface ProcessorStats {
  /** Nanoseconds. */
  cpu_usage: {
    total_usage: number;
    percpu_usage?: readonly number[];
    usage_in_kernelmode: number;
    usage_in_usermode: number;
  };
  /** Of the whole machine, idle time included, in nanoseconds. */
  system_cpu_usage?: number;
  online_cpus?: number;
  throttling_data: { periods: number; throttled_periods: number; throttled_time: number };
}

interface BlockCount {
  major: number;
  minor: number;
  op: string;
  value: number;
}

/** One look at what a container uses. */
export interface ContainerStats {
  read: string;
  preread: string;
  pids_stats: { current?: number; limit?: number };
  /** Null: not counted here. */
  blkio_stats: {
    io_service_bytes_recursive: readonly BlockCount[] | null;
    io_serviced_recursive: readonly BlockCount[] | null;
    io_queue_recursive: null;
    io_service_time_recursive: null;
    io_wait_time_recursive: null;
    io_merged_recursive: null;
    io_time_recursive: null;
    sectors_recursive: null;
  };
  num_procs: number;
  storage_stats: object;
  cpu_stats: ProcessorStats;
  precpu_stats: ProcessorStats;
  /** Bytes. */
  memory_stats: {
    usage?: number;
    max_usage?: number;
    stats?: Readonly<Record<string, number>>;
    failcnt?: number;
    limit?: number;
  };
  networks?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  name: string;
  id: string;
}
