// What a container may do with the machine's devices beyond those it is given: rules for device numbers, and bounds of block devices.
import { statSync } from "node:fs";
import type { HostConfig } from "../api-types.ts";
import { EngineError } from "../errors.ts";
import type { AllowedDevice, Throttle } from "./cgroup.ts";
import { numbersOf } from "./devices.ts";

const THROTTLES = [
  ["BlkioDeviceReadBps", "read", "bps"],
  ["BlkioDeviceWriteBps", "write", "bps"],
  ["BlkioDeviceReadIOps", "read", "iops"],
  ["BlkioDeviceWriteIOps", "write", "iops"],
] as const;

/** `c 10:200 rwm`, with `*` for any number. Throws for what is no rule. */
export function deviceRules(host: HostConfig): AllowedDevice[] {
  const rules = (host["DeviceCgroupRules"] ?? []) as readonly string[];
  return rules.map((rule) => {
    const match = /^([acb]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/.exec(rule);
    if (match === null) throw new EngineError("invalid", `invalid device cgroup rule format: '${rule}'`);
    const [, type, major, minor, access = ""] = match;
    return { type: type as "a" | "b" | "c", major: deviceNumber(major), minor: deviceNumber(minor), access };
  });
}

function deviceNumber(text: string | undefined): number | undefined {
  return text === "*" ? undefined : Number(text);
}

/** Throws for a device that there is not. */
export function throttles(host: HostConfig): Throttle[] {
  return THROTTLES.flatMap(([field, direction, unit]) => {
    const wishes = (host[field] ?? []) as readonly { Path: string; Rate: number }[];
    return wishes.map(({ Path, Rate }) => {
      const stats = statSync(Path, { throwIfNoEntry: false });
      if (stats === undefined || !stats.isBlockDevice()) {
        throw new EngineError("invalid", `${field}: ${Path} is not a block device`);
      }
      return { ...numbersOf(stats), direction, unit, rate: Rate };
    });
  });
}
