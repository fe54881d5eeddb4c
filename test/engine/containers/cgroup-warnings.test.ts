import { describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import type { CgroupLayout } from "../../../src/engine/collaborators.ts";
import { cgroupInfo, cgroupWarnings } from "../../../src/engine/containers/cgroup-warnings.ts";
import { NOTHING, VERSION_1, VERSION_2 } from "./cgroup-layouts.ts";

const DEVICE = [{ Path: "/dev/sda", Rate: 1 }];

describe("a limit that cannot be had", () => {
  it.each<[HostConfig, what: string, consequence: string, controller: string]>([
    [{ Memory: 8e6, MemorySwap: -1 }, "memory limit capabilities", "Limitation discarded.", "memory"],
    [{ MemoryReservation: 8e6 }, "memory soft limit capabilities", "Limitation discarded.", "memory"],
    [{ NanoCpus: 1e9 }, "CPU CFS scheduler", "CPU period/quota discarded.", "cpu"],
    [{ CpuQuota: 5000 }, "CPU CFS scheduler", "CPU period/quota discarded.", "cpu"],
    [{ CpuPeriod: 5000 }, "CPU CFS scheduler", "CPU period/quota discarded.", "cpu"],
    [{ CpuShares: 5 }, "CPU shares", "Shares discarded.", "cpu"],
    [{ CpusetCpus: "0" }, "cpuset", "Cpuset discarded.", "cpuset"],
    [{ CpusetMems: "0" }, "cpuset", "Cpuset discarded.", "cpuset"],
    [{ PidsLimit: 5 }, "PIDs limit capabilities", "PIDs limit discarded.", "pids"],
    [{ BlkioWeight: 10 }, "Block I/O weight", "Weight discarded.", "blkio"],
    [
      { BlkioWeightDevice: [{ Path: "/dev/sda", Weight: 10 }] },
      "Block I/O weight_device",
      "Weight-device discarded.",
      "blkio",
    ],
    [
      { BlkioDeviceReadBps: DEVICE },
      "BPS Block I/O read limit",
      "BPS Block I/O read limit discarded.",
      "blkio",
    ],
    [
      { BlkioDeviceWriteBps: DEVICE },
      "BPS Block I/O write limit",
      "BPS Block I/O write limit discarded.",
      "blkio",
    ],
    [
      { BlkioDeviceReadIOps: DEVICE },
      "IOPS Block I/O read limit",
      "IOPS Block I/O read limit discarded.",
      "blkio",
    ],
    [
      { BlkioDeviceWriteIOps: DEVICE },
      "IOPS Block I/O write limit",
      "IOPS Block I/O write limit discarded.",
      "blkio",
    ],
  ])("%j is named, and is none of the others'", (host, what, consequence, controller) => {
    expect(cgroupWarnings(NOTHING, host)).toEqual([
      `Your kernel does not support ${what} here (no writable ${controller} cgroup). ${consequence}`,
    ]);
    expect(cgroupWarnings(VERSION_1, host)).toEqual([]);
    expect(cgroupWarnings(VERSION_2, host)).toEqual([]);
  });

  it("is swap alone where the kernel does not count it", () => {
    const files = new Set(["memory.limit_in_bytes"]);
    expect(cgroupWarnings({ ...VERSION_1, files }, { Memory: 8e6, MemorySwap: 16e6 })).toEqual([
      "Your kernel does not support swap limit capabilities here (the memory cgroup has no memory.memsw.limit_in_bytes). " +
        "Memory limited without swap.",
    ]);
  });

  it("is what version 2 knows nothing of", () => {
    expect(cgroupWarnings(VERSION_2, { MemorySwappiness: 20, OomKillDisable: true, Memory: 8e6 })).toEqual([
      "Your kernel does not support memory swappiness capabilities here (cgroups of version 2 have no such limit). " +
        "Memory swappiness discarded.",
      "Your kernel does not support OomKillDisable here (cgroups of version 2 have no such limit). OomKillDisable discarded.",
    ]);
    expect(cgroupWarnings(VERSION_1, { MemorySwappiness: 20, OomKillDisable: true, Memory: 8e6 })).toEqual(
      [],
    );
  });

  it.each<[HostConfig, version1: string | undefined]>([
    [{ KernelMemory: 8e6 }, "kernels since 5.16 do not enforce it"],
    [{ KernelMemoryTCP: 8e6 }, undefined],
    [{ CpuRealtimeRuntime: 1000 }, "the engine has no real-time budget to share out"],
    [{ CpuRealtimePeriod: 1000 }, "the engine has no real-time budget to share out"],
  ])("is %j, for a reason of its own where the kernel has files for it", (host, version1) => {
    const reasons = (layout: CgroupLayout): (string | undefined)[] =>
      cgroupWarnings(layout, host).map((text) => /\((.*)\)/.exec(text)?.[1]);
    expect(reasons(VERSION_1)).toEqual(version1 === undefined ? [] : [version1]);
    expect(reasons(VERSION_2)).toEqual(["cgroups of version 2 have no such limit"]);
  });

  it("is none that was not asked for", () => {
    const host = {
      Memory: 0,
      MemorySwap: 0,
      PidsLimit: -1,
      MemorySwappiness: -1,
      CpusetCpus: "",
      OomKillDisable: false,
    };
    expect(cgroupWarnings(NOTHING, { ...host, BlkioDeviceReadBps: [], BlkioWeight: 0 })).toEqual([]);
  });

  it("includes that nothing bounds a container the kernel may not kill", () => {
    expect(cgroupWarnings(VERSION_1, { OomKillDisable: true })).toEqual([
      expect.stringContaining("no memory limit is set"),
    ]);
  });
});

describe("what info says", () => {
  it("is what the kernel's files say", () => {
    const all = {
      MemoryLimit: true,
      SwapLimit: true,
      CpuCfsQuota: true,
      CPUShares: true,
      CPUSet: true,
      PidsLimit: true,
    };
    expect(cgroupInfo(VERSION_1)).toMatchObject({ ...all, OomKillDisable: true, CgroupVersion: "1" });
    expect(cgroupInfo(VERSION_2)).toMatchObject({ ...all, OomKillDisable: false, CgroupDriver: "cgroupfs" });
    const files = new Set(["pids.max"]);
    expect(cgroupInfo({ ...VERSION_2, files })).toMatchObject({
      PidsLimit: true,
      MemoryLimit: false,
      CPUSet: false,
    });
    expect(cgroupInfo(NOTHING)).toMatchObject({ CgroupDriver: "none", CgroupVersion: "2", PidsLimit: false });
  });
});
