// Names and driver options of local volumes: what is allowed, and which mount the options ask for.
import { existsSync } from "node:fs";
import type { Directive } from "../collaborators.ts";
import { EngineError } from "../errors.ts";

/** The only driver there is. */
export const localDriver = "local";

/** Throws EngineError (invalid) for a name that cannot be a folder's or that a client would take for a path. */
export function checkVolumeName(name: string): void {
  if (name.length === 1) {
    throw new EngineError(
      "invalid",
      "volume name is too short, names should be at least two alphanumeric characters",
    );
  }
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name) && name.length <= 255) return;
  throw new EngineError(
    "invalid",
    `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" ` +
      "are allowed. If you intended to pass a host directory, use absolute path",
  );
}

/** Throws EngineError: not-found for another driver, invalid for options that the local one does not have. */
export function checkDriver(name: string, driver: string, options: Readonly<Record<string, string>>): void {
  if (driver !== localDriver) {
    throw new EngineError(
      "not-found",
      `error looking up volume plugin ${driver}: plugin "${driver}" not found`,
    );
  }
  for (const key of Object.keys(options)) {
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

/** The mount of a source that is not the volume's own folder. Throws EngineError when a bound folder is not there. */
export function sourceMount(
  source: Exclude<VolumeSource, { kind: "folder" }>,
  target: string,
  readOnly: boolean,
): Directive {
  const flags = [...source.flags.filter((flag) => flag !== "ro" || !readOnly), ...(readOnly ? ["ro"] : [])];
  if (source.kind === "file-system") return ["mount", source.type, source.device, target, flags.join(",")];
  if (!existsSync(source.device)) {
    throw new EngineError(
      "failed",
      `failed to mount local volume: mount ${source.device}:${target}: no such file or directory`,
    );
  }
  const type = source.recursive ? "rbind" : "bind";
  return ["mount", type, source.device, target, ["rprivate", ...flags].join(",")];
}
