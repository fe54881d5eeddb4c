// Resource limits as directives for the native binary. Pure.
import { join } from "node:path";
import type { HostConfig } from "../api-types/host-config.ts";
import type { CgroupLayout, Directive } from "../collaborators.ts";
import type { BlockRequest, Controller } from "./cgroup-values.ts";
import { valuesOfVersion1, valuesOfVersion2 } from "./cgroup-values.ts";

export interface CgroupPlan {
  /** Folders of the container, one per hierarchy. */
  readonly directories: readonly string[];
  readonly directives: readonly Directive[];
  /** True where the kernel itself keeps the container from devices it was not given. */
  readonly devicesGuarded: boolean;
}

/** A device the container may use beyond the usual ones. */
export interface AllowedDevice {
  readonly type: "c" | "b" | "a";
  /** Undefined: all. */
  readonly major: number | undefined;
  readonly minor: number | undefined;
  /** Some of `rwm`. */
  readonly access: string;
}

export interface CgroupRequest {
  readonly id: string;
  readonly hostConfig: HostConfig;
  readonly devices: readonly AllowedDevice[];
  readonly block: BlockRequest;
}

/** Making nodes is harmless alone; the others are the nodes that every container has. */
const USUAL_DEVICES = [
  ["c", "*", "*", "m"],
  ["b", "*", "*", "m"],
  ...["1:3", "1:5", "1:7", "1:8", "1:9", "5:0", "5:1", "5:2", "136:*"].map((numbers) => {
    const [major = "", minor = ""] = numbers.split(":");
    return ["c", major, minor, "rwm"] as const;
  }),
] as const;

/** Groups to make and values to write. What this kernel cannot limit is left out. */
export function planCgroups(layout: CgroupLayout, request: CgroupRequest): CgroupPlan {
  const folders = new Map(
    Object.entries(layout.directories).map(([controller, parent]) => [controller, join(parent, request.id)]),
  );
  const directories = [...new Set(folders.values())];
  return {
    directories,
    directives: [
      ...directories.map((directory): Directive => ["cgroup", directory]),
      ...limitDirectives(layout, request, folders),
      ...deviceDirectives(layout, request, folders.get("devices")),
    ],
    devicesGuarded: folders.has("devices"),
  };
}

function limitDirectives(
  layout: CgroupLayout,
  { hostConfig, block }: CgroupRequest,
  folders: ReadonlyMap<string, string>,
): Directive[] {
  const values =
    layout.version === 1
      ? valuesOfVersion1(hostConfig, block)
      : valuesOfVersion2(hostConfig, block, layout.files);
  return values.flatMap(([controller, file, value]: readonly [Controller, string, string]): Directive[] => {
    const folder = folders.get(controller);
    return folder === undefined || !layout.files.has(file) ? [] : [["cgroup-set", join(folder, file), value]];
  });
}

/** Everything is denied but the usual devices and those asked for. */
function deviceDirectives(
  layout: CgroupLayout,
  request: CgroupRequest,
  folder: string | undefined,
): Directive[] {
  if (folder === undefined || request.hostConfig.Privileged) return [];
  const rules = [
    ...USUAL_DEVICES,
    ...request.devices.map(
      ({ type, major, minor, access }) => [type, String(major ?? "*"), String(minor ?? "*"), access] as const,
    ),
  ];
  if (layout.version === 2) return rules.map((rule): Directive => ["cgroup-device", ...rule]);
  return [
    ["cgroup-set", join(folder, "devices.deny"), "a"],
    ...rules.map(([type, major, minor, access]): Directive => [
      "cgroup-set",
      join(folder, "devices.allow"),
      `${type} ${major}:${minor} ${access}`,
    ]),
  ];
}
