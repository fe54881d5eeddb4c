// Machines as the probe may find them.
import type { CgroupLayout } from "../../../src/engine/collaborators.ts";

/** Every controller of version 1. */
export const VERSION_1: CgroupLayout = {
  version: 1,
  directories: { memory: "/m", cpu: "/c", cpuset: "/s", pids: "/p", blkio: "/b", devices: "/d" },
  tops: {},
  files: new Set([
    "memory.limit_in_bytes",
    "memory.memsw.limit_in_bytes",
    "memory.soft_limit_in_bytes",
    "memory.swappiness",
    "memory.kmem.tcp.limit_in_bytes",
    "memory.oom_control",
    "cpu.cfs_period_us",
    "cpu.cfs_quota_us",
    "cpu.shares",
    "cpuset.cpus",
    "cpuset.mems",
    "pids.max",
    "blkio.bfq.weight",
    "blkio.bfq.weight_device",
    ...["read_bps", "write_bps", "read_iops", "write_iops"].map((name) => `blkio.throttle.${name}_device`),
  ]),
};

/** Every controller of version 2, with the BFQ scheduler. */
export const VERSION_2: CgroupLayout = {
  version: 2,
  directories: { memory: "/u", cpu: "/u", cpuset: "/u", pids: "/u", blkio: "/u", devices: "/u" },
  tops: {},
  files: new Set([
    "memory.max",
    "memory.swap.max",
    "memory.low",
    "cpu.max",
    "cpu.weight",
    "cpuset.cpus",
    "cpuset.mems",
    "pids.max",
    "io.max",
    "io.weight",
    "io.bfq.weight",
  ]),
};

/** No cgroup can be made: an ordinary user without delegation. */
export const NOTHING: CgroupLayout = { version: 2, directories: {}, tops: {}, files: new Set() };
