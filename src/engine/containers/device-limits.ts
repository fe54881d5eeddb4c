// What a container may do with the machine's devices beyond those it is given: rules for device numbers, and bounds of block devices.
import { statSync } from "node:fs";
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";
import type { AllowedDevice } from "./cgroup.ts";
import type { BlockRequest, DeviceWeight, Throttle } from "./cgroup-values.ts";
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

/** Bounds and weights of block devices. Throws for a device that there is not, and for a weight out of range. */
export function blockRequest(host: HostConfig): BlockRequest {
  return { throttles: throttles(host), weights: weights(host) };
}

function weights(host: HostConfig): DeviceWeight[] {
  const wishes = (host["BlkioWeightDevice"] ?? []) as readonly { Path: string; Weight: number }[];
  return wishes.map(({ Path, Weight }) => {
    if (!(Weight >= 10 && Weight <= 1000)) {
      throw new EngineError("invalid", "Range of blkio weight is from 10 to 1000");
    }
    return { ...blockDevice("BlkioWeightDevice", Path), weight: Weight };
  });
}

function blockDevice(field: string, path: string): { major: number; minor: number } {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isBlockDevice()) {
    throw new EngineError("invalid", `${field}: ${path} is not a block device`);
  }
  return numbersOf(stats);
}

function throttles(host: HostConfig): Throttle[] {
  return THROTTLES.flatMap(([field, direction, unit]) => {
    const wishes = (host[field] ?? []) as readonly { Path: string; Rate: number }[];
    return wishes.map(({ Path, Rate }) => ({ ...blockDevice(field, Path), direction, unit, rate: Rate }));
  });
}
