import { describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import { checkProcessors } from "../../../src/engine/containers/processors.ts";

const MACHINE = { count: 6, cpus: "0-3,6,7-9", memoryNodes: "0" };

describe("processors and memory nodes", () => {
  it.each<HostConfig>([
    {},
    { NanoCpus: 6e9 },
    { NanoCpus: 1 },
    { CpusetCpus: "0" },
    { CpusetCpus: "9,0-3" },
    { CpusetCpus: "6-9,1,1" },
    { CpusetMems: "0-0" },
  ])("that are there may be had: %j", (host) => {
    expect(() => checkProcessors(host, MACHINE)).not.toThrow();
  });

  it.each<[HostConfig, string]>([
    [{ NanoCpus: 6e9 + 1 }, "Range of CPUs is from 0.01 to 6.00, as there are only 6 CPUs available"],
    [{ NanoCpus: -1 }, "Range of CPUs is from 0.01 to 6.00, as there are only 6 CPUs available"],
    [{ CpusetCpus: "4" }, "Requested CPUs are not available - requested 4, available: 0-3,6,7-9"],
    [{ CpusetCpus: "0,3-6" }, "Requested CPUs are not available - requested 0,3-6, available: 0-3,6,7-9"],
    [{ CpusetMems: "1" }, "Requested memory nodes are not available - requested 1, available: 0"],
    [{ CpusetCpus: "a" }, "Invalid value a for cpuset cpus: invalid format: a"],
    [{ CpusetCpus: "3-1" }, "Invalid value 3-1 for cpuset cpus: invalid format: 3-1"],
    [{ CpusetCpus: "0," }, "Invalid value 0, for cpuset cpus: invalid format: 0,"],
    [{ CpusetMems: "-1" }, "Invalid value -1 for cpuset mems: invalid format: -1"],
  ])("that are not are refused: %j", (host, message) => {
    expect(() => checkProcessors(host, MACHINE)).toThrow(message);
  });

  it("are not looked at where there is no cpuset: that is a warning", () => {
    const none = { count: 6, cpus: undefined, memoryNodes: undefined };
    expect(() => checkProcessors({ CpusetCpus: "99", CpusetMems: "x" }, none)).not.toThrow();
  });
});
