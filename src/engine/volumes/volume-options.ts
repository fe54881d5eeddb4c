// Names and driver options of local volumes: what is allowed, and which mount the options ask for.
import { lookup } from "node:dns/promises";
import { existsSync } from "node:fs";
import { isIP } from "node:net";
import type { Directive, VolumeMountOptions } from "../collaborators.ts";
import { EngineError } from "../errors.ts";

/** The only driver there is. */
export const localDriver = "local";

/** Throws EngineError (invalid) for a name that cannot be a folder's or that a client would take for a path. */
export function checkVolumeName(name: string): void {
  if (name.length === 1) {
    throw new EngineError(
      "invalid",
      `create ${name}: volume name is too short, names should be at least two alphanumeric characters`,
    );
  }
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name) && name.length <= 255) return;
  throw new EngineError(
    "invalid",
    `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" ` +
      "are allowed. If you intended to pass a host directory, use absolute path",
  );
}

/** Throws EngineError (not-found) for another driver than the local one. */
export function checkDriver(name: string, driver: string): void {
  if (driver === localDriver) return;
  throw new EngineError(
    "not-found",
    `create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`,
  );
}

/** Throws EngineError (invalid) for options that the local driver does not have, and for those that lack others. */
export function checkOptions(name: string, options: Readonly<Record<string, string>>): void {
  for (const key of Object.keys(options)) {
    if (key === "size") {
      throw new EngineError("invalid", `create ${name}: quota size requested but no quota support`);
    }
    if (!["type", "o", "device"].includes(key)) {
      throw new EngineError("invalid", `create ${name}: invalid option: "${key}"`);
    }
  }
  const given = (key: string): boolean => (options[key] ?? "") !== "";
  for (const [key, needed] of [
    ["device", "type"],
    ["type", "device"],
    ["o", "device"],
    ["o", "type"],
  ] as const) {
    if (given(key) && !given(needed)) {
      throw new EngineError("invalid", `create ${name}: missing required option: "${needed}"`);
    }
  }
}

/** What a volume's driver options come to. */
export type VolumeSource =
  | { readonly kind: "folder" }
  | {
      readonly kind: "bind";
      readonly device: string;
      readonly recursive: boolean;
      readonly flags: readonly string[];
    }
  | {
      readonly kind: "file-system";
      readonly type: string;
      readonly device: string;
      readonly flags: readonly string[];
    };

/** Reads checked options. */
export function volumeSource(options: Readonly<Record<string, string>>): VolumeSource {
  const { type = "", o = "", device = "" } = options;
  if (device === "") return { kind: "folder" };
  const flags = o.split(",").filter((flag) => flag !== "");
  if (!flags.includes("bind") && !flags.includes("rbind"))
    return { kind: "file-system", type, device, flags };
  return {
    kind: "bind",
    device,
    recursive: flags.includes("rbind"),
    flags: flags.filter((flag) => flag !== "bind" && flag !== "rbind"),
  };
}

/** What the mount of a volume is made of. */
export interface SourceMountRequest extends VolumeMountOptions {
  /** The volume's own. */
  readonly folder: string;
  readonly target: string;
}

/** The directive. Throws EngineError when a bound folder is not there, or the name of a server cannot be resolved. */
export async function sourceMount(source: VolumeSource, request: SourceMountRequest): Promise<Directive> {
  const { readOnly, subpath, sharedWith, target } = request;
  const own = source.kind === "folder" ? [] : source.flags.filter((flag) => flag !== "ro" || !readOnly);
  const flags = [
    ...own,
    ...(readOnly ? ["ro"] : []),
    ...(subpath ? [`subpath=${escapeOption(subpath)}`] : []),
    ...(sharedWith === undefined ? [] : [`shared-with=${escapeOption(sharedWith)}`]),
  ];
  if (source.kind === "folder")
    return ["mount", "bind", request.folder, target, ["rprivate", ...flags].join(",")];
  if (source.kind === "bind") {
    requireDevice(source.device, target);
    const type = source.recursive ? "rbind" : "bind";
    return ["mount", type, source.device, target, ["rprivate", ...flags].join(",")];
  }
  const resolved = await Promise.all(
    flags.map((flag) => (isNetworked(source.type) ? resolveAddress(flag) : flag)),
  );
  return ["mount", source.type, source.device, target, resolved.join(",")];
}

/** Throws EngineError when a folder that a volume stands for is not there. */
export function requireDevice(device: string, target: string): void {
  if (!existsSync(device)) refuse(`mount ${device}:${target}: no such file or directory`);
}

/** The kernel knows no names of servers. */
async function resolveAddress(flag: string): Promise<string> {
  const host = /^addr=(.+)$/.exec(flag)?.[1];
  if (host === undefined || isIP(host) !== 0) return flag;
  try {
    return `addr=${(await lookup(host)).address}`;
  } catch (error) {
    return refuse(`error resolving passed in network volume address: ${(error as Error).message}`, error);
  }
}

function isNetworked(type: string): boolean {
  return type.startsWith("nfs") || type === "cifs";
}

/** A comma after a backslash is part of a value. */
function escapeOption(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll(",", "\\,");
}

function refuse(reason: string, cause?: unknown): never {
  throw new EngineError("failed", `failed to mount local volume: ${reason}`, { cause });
}
