// What a container mounts, from the four places a create request may say it. Pure; volumes are made by volume-mounts.ts.
import { posix } from "node:path";
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { HostConfig } from "../api-types/host-config.ts";
import type { Mount } from "../api-types/mount.ts";
import { EngineError } from "../errors.ts";
import { parseBind, PROPAGATIONS } from "./bind-specification.ts";
import type { ContainerMount } from "./container-mount.ts";
import { cleanTarget, volumeMount } from "./container-mount.ts";

export interface MountRequest {
  readonly hostConfig: HostConfig;
  /** The merged configuration: Volumes holds the image's, too. */
  readonly config: ContainerConfig;
  /** The mount points of another container, for VolumesFrom. */
  readonly mountsOf: (ref: string) => readonly ContainerMount[];
  /** The id of an image; undefined when there is none of that name. */
  readonly imageId: (ref: string) => string | undefined;
}

const TMPFS_DEFAULTS = ["noexec", "nosuid", "nodev"];

/** All mounts in a deterministic order; throws when two explicit ones share a target or one makes no sense. */
export function planMounts(request: MountRequest): ContainerMount[] {
  const explicit = new Map<string, ContainerMount>();
  const add = (mount: ContainerMount): void => {
    if (explicit.has(mount.target)) {
      throw new EngineError("invalid", `Duplicate mount point: ${mount.target}`);
    }
    explicit.set(mount.target, mount);
  };
  const driver = request.hostConfig.VolumeDriver;
  const own = driver ? { driver } : {};
  for (const bind of request.hostConfig.Binds ?? []) add(parseBind(bind, own));
  for (const mount of request.hostConfig.Mounts ?? []) add(fromMount(mount, request));
  for (const [target, options] of Object.entries(request.hostConfig.Tmpfs ?? {})) {
    add(tmpfsMount(cleanTarget(target), options, false));
  }
  const all = new Map<string, ContainerMount>();
  for (const from of request.hostConfig.VolumesFrom ?? []) {
    for (const mount of inherited(from, request.mountsOf)) all.set(mount.target, mount);
  }
  for (const mount of explicit.values()) all.set(mount.target, mount);
  for (const path of Object.keys(request.config.Volumes ?? {})) {
    const target = cleanTarget(path);
    if (!all.has(target)) all.set(target, volumeMount(target, own));
  }
  return [...all.values()];
}

/** Parents before children, so that no mount hides another. */
export function byDepth<T extends { readonly target: string }>(mounts: readonly T[]): T[] {
  return mounts.toSorted((a, b) => depth(a.target) - depth(b.target));
}

function depth(target: string): number {
  return target.split("/").filter((part) => part !== "").length;
}

function tmpfsMount(target: string, options: string, listed: boolean): ContainerMount {
  const wanted = options.split(",").filter((option) => option !== "");
  const defaults = TMPFS_DEFAULTS.filter(
    (option) => !wanted.includes(option.replace(/^no/, "")) && !wanted.includes(option),
  );
  return {
    type: "tmpfs",
    source: "",
    target,
    readOnly: wanted.includes("ro"),
    mode: "",
    propagation: "",
    recursive: true,
    createSource: false,
    copy: false,
    listed,
    options: [...defaults, ...wanted].join(","),
  };
}

function fromMount(mount: Mount, { imageId }: MountRequest): ContainerMount {
  const wrong = (why: string): never => {
    throw new EngineError("invalid", `invalid mount config for type "${mount.Type ?? ""}": ${why}`);
  };
  if (!mount.Target) return wrong("field Target must not be empty");
  const foreign = [
    ["bind", "BindOptions", mount.BindOptions],
    ["volume", "VolumeOptions", mount.VolumeOptions],
    ["tmpfs", "TmpfsOptions", mount.TmpfsOptions],
    ["image", "ImageOptions", mount.ImageOptions],
  ] as const;
  for (const [type, field, value] of foreign) {
    if (value && type !== mount.Type) return wrong(`field ${field} must not be specified`);
  }
  const target = cleanTarget(mount.Target);
  if (mount.Type === "bind") return bindFromMount(mount, target, wrong);
  if (mount.Type === "volume") return volumeFromMount(mount, target, wrong);
  if (mount.Type === "tmpfs") {
    if (mount.Source) return wrong("field Source must not be specified");
    return tmpfsMount(target, tmpfsOptions(mount), true);
  }
  if (mount.Type === "image") {
    if (!mount.Source) return wrong("field Source must not be empty");
    const subpath = checkSubpath(mount.ImageOptions?.Subpath ?? "", wrong);
    return {
      ...volumeMount(target, subpath === "" ? {} : { subpath }),
      type: "image",
      source: imageId(mount.Source) ?? wrong(`No such image: ${mount.Source}`),
      name: mount.Source,
      readOnly: true,
      copy: false,
    };
  }
  return wrong("mount type unknown");
}

function bindFromMount(mount: Mount, target: string, wrong: (why: string) => never): ContainerMount {
  if (!mount.Source) return wrong("field Source must not be empty");
  if (!mount.Source.startsWith("/")) {
    return wrong(`invalid mount path: '${mount.Source}' mount path must be absolute`);
  }
  const options = mount.BindOptions ?? {};
  const propagation = options.Propagation || "rprivate";
  if (!PROPAGATIONS.includes(propagation)) return wrong(`invalid propagation mode: ${propagation}`);
  if (options.ReadOnlyNonRecursive && options.ReadOnlyForceRecursive) {
    return wrong("mount options conflict: ReadOnlyNonRecursive && ReadOnlyForceRecursive");
  }
  return {
    ...volumeMount(target, {}),
    type: "bind",
    source: posix.normalize(mount.Source),
    ...(options.ReadOnlyNonRecursive ? { readOnlyHere: true } : {}),
    readOnly: mount.ReadOnly ?? false,
    propagation,
    recursive: options.NonRecursive !== true,
    createSource: options.CreateMountpoint ?? false,
    copy: false,
  };
}

function volumeFromMount(mount: Mount, target: string, wrong: (why: string) => never): ContainerMount {
  const options = mount.VolumeOptions;
  checkSubpath(options?.Subpath ?? "", wrong);
  return volumeMount(target, {
    ...(mount.Source ? { name: mount.Source } : {}),
    ...(options?.DriverConfig?.Name ? { driver: options.DriverConfig.Name } : {}),
    ...(options?.DriverConfig?.Options ? { driverOpts: options.DriverConfig.Options } : {}),
    ...(options?.Labels ? { labels: options.Labels } : {}),
    ...(options?.Subpath ? { subpath: options.Subpath } : {}),
    readOnly: mount.ReadOnly ?? false,
    mode: "z",
    copy: options?.NoCopy !== true,
  });
}

function checkSubpath(subpath: string, wrong: (why: string) => never): string {
  const clean = posix.normalize(subpath);
  const leaves = clean.startsWith("/") || clean === ".." || clean.startsWith("../");
  return leaves ? wrong("subpath must be a relative path within the volume") : subpath;
}

function tmpfsOptions(mount: Mount): string {
  const options = mount.TmpfsOptions;
  return [
    ...(mount.ReadOnly ? ["ro"] : []),
    ...(options?.SizeBytes ? [`size=${options.SizeBytes}`] : []),
    ...(options?.Mode === undefined ? [] : [`mode=${options.Mode.toString(8)}`]),
    ...(options?.Options ?? []).map((pair) => pair.join("=")),
  ].join(",");
}

function inherited(from: string, mountsOf: MountRequest["mountsOf"]): ContainerMount[] {
  const colon = from.indexOf(":");
  const ref = colon < 0 ? from : from.slice(0, colon);
  const mode = colon < 0 ? "" : from.slice(colon + 1);
  if (ref === "" || !["", "ro", "rw", "z", "Z"].includes(mode)) {
    throw new EngineError("invalid", `invalid volumes-from specification: ${from}`);
  }
  return mountsOf(ref)
    .filter((mount) => mount.type !== "tmpfs")
    .map((mount) => ({ ...mount, readOnly: mount.readOnly || mode === "ro", mode, copy: false }));
}
