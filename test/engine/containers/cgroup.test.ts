import { describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import type { CgroupLayout } from "../../../src/engine/collaborators.ts";
import { planCgroups } from "../../../src/engine/containers/cgroup.ts";
import type { AllowedDevice } from "../../../src/engine/containers/cgroup.ts";
import type { BlockRequest } from "../../../src/engine/containers/cgroup-values.ts";
import { NOTHING, VERSION_1, VERSION_2 } from "./cgroup-layouts.ts";

const NO_BLOCK: BlockRequest = { throttles: [], weights: [] };
const BLOCK: BlockRequest = {
  throttles: [
    { major: 8, minor: 0, direction: "read", unit: "bps", rate: 1000 },
    { major: 8, minor: 0, direction: "write", unit: "iops", rate: 5 },
  ],
  weights: [{ major: 8, minor: 16, weight: 1000 }],
};
const TUN: AllowedDevice = { type: "c", major: 10, minor: 200, access: "rw" };

function plan(
  layout: CgroupLayout,
  hostConfig: HostConfig,
  block = NO_BLOCK,
): ReturnType<typeof planCgroups> {
  return planCgroups(layout, { id: "x", hostConfig, devices: [TUN], block });
}

function settings(layout: CgroupLayout, hostConfig: HostConfig, block = NO_BLOCK): string[] {
  return plan(layout, hostConfig, block)
    .directives.filter(([name, file]) => name === "cgroup-set" && !file?.includes("devices"))
    .map(([, file, value]) => `${file}=${value}`);
}

describe("version 1", () => {
  it("makes one group per controller and keeps devices away", () => {
    const { directories, directives, devicesGuarded } = plan(VERSION_1, {});
    expect(directories).toEqual(["/m/x", "/c/x", "/s/x", "/p/x", "/b/x", "/d/x"]);
    expect(devicesGuarded).toBe(true);
    const devices = directives.filter(([, file]) => file?.startsWith("/d/x/devices"));
    expect(devices[0]).toEqual(["cgroup-set", "/d/x/devices.deny", "a"]);
    expect(devices.at(-1)).toEqual(["cgroup-set", "/d/x/devices.allow", "c 10:200 rw"]);
  });

  it.each<[HostConfig, string[]]>([
    [{}, []],
    [{ Memory: 64e6 }, ["/m/x/memory.limit_in_bytes=64000000", "/m/x/memory.memsw.limit_in_bytes=128000000"]],
    [
      { Memory: 64e6, MemorySwap: -1 },
      ["/m/x/memory.limit_in_bytes=64000000", "/m/x/memory.memsw.limit_in_bytes=-1"],
    ],
    [{ MemoryReservation: 32e6 }, ["/m/x/memory.soft_limit_in_bytes=32000000"]],
    [{ KernelMemoryTCP: 8e6 }, ["/m/x/memory.kmem.tcp.limit_in_bytes=8000000"]],
    [{ MemorySwappiness: 0 }, ["/m/x/memory.swappiness=0"]],
    [{ MemorySwappiness: -1 }, []],
    [{ OomKillDisable: true }, ["/m/x/memory.oom_control=1"]],
    [{ NanoCpus: 250_000_000 }, ["/c/x/cpu.cfs_period_us=100000", "/c/x/cpu.cfs_quota_us=25000"]],
    [
      { CpuQuota: 50_000, CpuPeriod: 200_000 },
      ["/c/x/cpu.cfs_period_us=200000", "/c/x/cpu.cfs_quota_us=50000"],
    ],
    [{ CpuShares: 512 }, ["/c/x/cpu.shares=512"]],
    [{ CpusetCpus: "0-1", CpusetMems: "0" }, ["/s/x/cpuset.cpus=0-1", "/s/x/cpuset.mems=0"]],
    [{ PidsLimit: 50 }, ["/p/x/pids.max=50"]],
    [{ PidsLimit: -1 }, ["/p/x/pids.max=max"]],
    [{ PidsLimit: null }, []],
    [{ BlkioWeight: 300 }, ["/b/x/blkio.bfq.weight=300"]],
  ])("writes %j", (host, expected) => {
    expect(settings(VERSION_1, host)).toEqual(expected);
  });

  it("bounds and weighs block devices", () => {
    expect(settings(VERSION_1, {}, BLOCK)).toEqual([
      "/b/x/blkio.bfq.weight_device=8:16 1000",
      "/b/x/blkio.throttle.read_bps_device=8:0 1000",
      "/b/x/blkio.throttle.write_iops_device=8:0 5",
    ]);
  });

  it("leaves devices alone for a privileged container", () => {
    const { directives } = plan(VERSION_1, { Privileged: true });
    expect(directives.some(([, file]) => file?.includes("devices.deny"))).toBe(false);
  });
});

describe("version 2", () => {
  it("makes one group, and guards devices by a list", () => {
    const { directories, directives, devicesGuarded } = plan(VERSION_2, {});
    expect(directories).toEqual(["/u/x"]);
    expect(devicesGuarded).toBe(true);
    expect(directives[0]).toEqual(["cgroup", "/u/x"]);
    expect(directives).toContainEqual(["cgroup-device", "c", "*", "*", "m"]);
    expect(directives).toContainEqual(["cgroup-device", "c", "136", "*", "rwm"]);
    expect(directives.at(-1)).toEqual(["cgroup-device", "c", "10", "200", "rw"]);
    expect(plan(VERSION_2, { Privileged: true }).directives).toEqual([["cgroup", "/u/x"]]);
  });

  it.each<[HostConfig, string[]]>([
    [{ Memory: 64e6 }, ["/u/x/memory.max=64000000", "/u/x/memory.swap.max=64000000"]],
    [{ Memory: 64e6, MemorySwap: 100e6 }, ["/u/x/memory.max=64000000", "/u/x/memory.swap.max=36000000"]],
    [{ Memory: 64e6, MemorySwap: 64e6 }, ["/u/x/memory.max=64000000", "/u/x/memory.swap.max=0"]],
    [{ Memory: 64e6, MemorySwap: -1 }, ["/u/x/memory.max=64000000", "/u/x/memory.swap.max=max"]],
    [{ MemoryReservation: 32e6 }, ["/u/x/memory.low=32000000"]],
    [{ MemorySwappiness: 10, OomKillDisable: true }, []],
    [{ NanoCpus: 1.5e9 }, ["/u/x/cpu.max=150000 100000"]],
    [{ CpuPeriod: 50_000 }, ["/u/x/cpu.max=max 50000"]],
    [{ CpuQuota: -1 }, ["/u/x/cpu.max=max 100000"]],
    [{ CpuShares: 2 }, ["/u/x/cpu.weight=1"]],
    [{ CpuShares: 1024 }, ["/u/x/cpu.weight=39"]],
    [{ CpuShares: 262_144 }, ["/u/x/cpu.weight=10000"]],
    [{ CpusetCpus: "1" }, ["/u/x/cpuset.cpus=1"]],
    [{ PidsLimit: 7 }, ["/u/x/pids.max=7"]],
    [{ BlkioWeight: 300 }, ["/u/x/io.bfq.weight=300"]],
  ])("writes %j", (host, expected) => {
    expect(settings(VERSION_2, host)).toEqual(expected);
  });

  it("bounds and weighs block devices", () => {
    expect(settings(VERSION_2, {}, BLOCK)).toEqual([
      "/u/x/io.bfq.weight=8:16 1000",
      "/u/x/io.max=8:0 rbps=1000",
      "/u/x/io.max=8:0 wiops=5",
    ]);
  });

  it.each([
    [10, 1],
    [500, 4950],
    [1000, 10_000],
  ])("turns a weight of %d into %d where only the cost model weighs", (weight, expected) => {
    const files = new Set(["io.weight"]);
    expect(settings({ ...VERSION_2, files }, { BlkioWeight: weight })).toEqual([
      `/u/x/io.weight=${expected}`,
    ]);
  });
});

describe("what a kernel does not have", () => {
  it("is left out, by group and by file", () => {
    expect(plan(NOTHING, { Memory: 64e6 })).toEqual({
      directories: [],
      directives: [],
      devicesGuarded: false,
    });
    const files = new Set(["memory.limit_in_bytes"]);
    expect(settings({ ...VERSION_1, files }, { Memory: 64e6 })).toEqual([
      "/m/x/memory.limit_in_bytes=64000000",
    ]);
  });
});
