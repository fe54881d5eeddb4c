import { describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types.ts";
import type { CgroupLayout } from "../../../src/engine/collaborators.ts";
import { cgroupWarnings, planCgroups } from "../../../src/engine/containers/cgroup.ts";

const VERSION_1: CgroupLayout = {
  version: 1,
  directories: { memory: "/m", cpu: "/c", cpuset: "/s", pids: "/p", devices: "/d" },
};
const VERSION_2: CgroupLayout = {
  version: 2,
  directories: { memory: "/u", cpu: "/u", cpuset: "/u", pids: "/u" },
};

function settings(layout: CgroupLayout, hostConfig: HostConfig): string[] {
  return planCgroups(layout, { id: "x", hostConfig, devices: [], throttles: [], memoryNodes: "0-1" })
    .directives.filter(([name, file]) => name === "cgroup-set" && !file?.includes("devices"))
    .map(([, file, value]) => `${file}=${value}`);
}

describe("version 1", () => {
  it("makes one group per controller and keeps devices away", () => {
    const plan = planCgroups(VERSION_1, {
      id: "x",
      hostConfig: {},
      devices: [{ type: "c", major: 10, minor: 200, access: "rw" }],
      throttles: [],
      memoryNodes: "",
    });
    expect(plan.directories).toEqual(["/m/x", "/c/x", "/p/x", "/d/x"]);
    expect(plan.devicesGuarded).toBe(true);
    const devices = plan.directives.filter(([, file]) => file?.startsWith("/d/x/devices"));
    expect(devices[0]).toEqual(["cgroup-set", "/d/x/devices.deny", "a"]);
    expect(devices.at(-1)).toEqual(["cgroup-set", "/d/x/devices.allow", "c 10:200 rw"]);
  });

  it("writes limits in the files of version 1", () => {
    expect(
      settings(VERSION_1, { Memory: 64e6, MemoryReservation: 32e6, PidsLimit: 50, CpuShares: 512 }),
    ).toEqual([
      "/m/x/memory.limit_in_bytes=64000000",
      "/m/x/memory.memsw.limit_in_bytes=128000000",
      "/m/x/memory.soft_limit_in_bytes=32000000",
      "/c/x/cpu.shares=512",
      "/p/x/pids.max=50",
    ]);
  });

  it("turns processors into a quota", () => {
    expect(settings(VERSION_1, { NanoCpus: 250_000_000 })).toContain("/c/x/cpu.cfs_quota_us=25000");
    expect(settings(VERSION_1, { CpuQuota: 50_000, CpuPeriod: 200_000 })).toEqual([
      "/c/x/cpu.cfs_period_us=200000",
      "/c/x/cpu.cfs_quota_us=50000",
      "/p/x/pids.max=max",
    ]);
  });

  it("gives a cpuset its memory nodes, without which nothing can join it", () => {
    const plan = settings(VERSION_1, { CpusetCpus: "0" });
    expect(plan).toContain("/s/x/cpuset.mems=0-1");
    expect(plan).toContain("/s/x/cpuset.cpus=0");
    expect(settings(VERSION_1, {}).join()).not.toContain("cpuset");
  });

  it("leaves devices alone for a privileged container", () => {
    const plan = planCgroups(VERSION_1, {
      id: "x",
      hostConfig: { Privileged: true },
      devices: [],
      throttles: [],
      memoryNodes: "",
    });
    expect(plan.directives.some(([, file]) => file?.includes("devices.deny"))).toBe(false);
  });
});

describe("version 2", () => {
  it("makes one group and writes swap without memory", () => {
    expect(settings(VERSION_2, { Memory: 64e6, MemorySwap: 100e6, NanoCpus: 1.5e9, PidsLimit: 7 })).toEqual([
      "/u/x/memory.max=64000000",
      "/u/x/memory.swap.max=36000000",
      "/u/x/cpu.max=150000 100000",
      "/u/x/pids.max=7",
    ]);
    expect(settings(VERSION_2, { Memory: 64e6, MemorySwap: -1 })).toContain("/u/x/memory.swap.max=max");
    expect(
      planCgroups(VERSION_2, { id: "x", hostConfig: {}, devices: [], throttles: [], memoryNodes: "" }),
    ).toEqual({
      directories: ["/u/x"],
      directives: [["cgroup", "/u/x"]],
      devicesGuarded: false,
    });
  });

  it.each([
    [2, 1],
    [1024, 39],
    [262_144, 10_000],
  ])("turns %d shares into weight %d", (shares, weight) => {
    expect(settings(VERSION_2, { CpuShares: shares })).toEqual([`/u/x/cpu.weight=${weight}`]);
  });
});

describe("a missing controller", () => {
  const none: CgroupLayout = { version: 1, directories: {} };

  it("leaves its limits out and says so", () => {
    expect(settings(none, { Memory: 64e6 })).toEqual([]);
    expect(cgroupWarnings(none, { Memory: 64e6, NanoCpus: 1e9, PidsLimit: 3 })).toEqual([
      expect.stringContaining("memory limit"),
      expect.stringContaining("CPU CFS quota"),
      expect.stringContaining("PIDs limit"),
    ]);
    expect(cgroupWarnings(none, { PidsLimit: -1, Memory: 0 })).toEqual([]);
    expect(cgroupWarnings(VERSION_1, { Memory: 64e6, CpusetCpus: "0" })).toEqual([]);
  });
});
