// Volumes, binds and tmpfs. The short `Binds` form is used wherever it can say all there is to say, as every engine
// understands it, and because only it makes a missing host directory; `Mounts` says the rest.

import { parseBytes } from "../../spec/index.ts";
import type { Mount, Project, Service } from "../../spec/index.ts";
import type { ObservedMount } from "../observed.ts";
import type { ApiBody } from "../plan.ts";
import { fileBinds } from "./file-mounts.ts";
import { compact } from "./process.ts";

/** The engine's name of the volume that a mount of the file means; undefined for an anonymous one. */
export function volumeName(project: Project, mount: Mount): string | undefined {
  if (mount.type !== "volume" || mount.source === undefined) return undefined;
  return project.volumes[mount.source]?.name ?? mount.source;
}

function bindMount(mount: Mount): { readonly bind: string } | { readonly mount: ApiBody } {
  const { source = "", target, bind } = mount;
  const simple = bind?.create_host_path !== false && bind?.recursive === undefined;
  if (simple && !source.includes(":") && !target.includes(":")) {
    const options = [mount.read_only === true ? "ro" : "rw", bind?.propagation, bind?.selinux];
    return { bind: `${source}:${target}:${options.filter((option) => option !== undefined).join(",")}` };
  }
  const createPath = bind?.create_host_path !== false;
  return {
    mount: compact({
      Type: "bind",
      Source: source,
      Target: target,
      ReadOnly: mount.read_only,
      Consistency: mount.consistency,
      BindOptions: compact({
        Propagation: bind?.propagation,
        CreateMountpoint: createPath ? true : undefined,
        NonRecursive: bind?.recursive === "disabled" ? true : undefined,
        ReadOnlyNonRecursive: bind?.recursive === "writable" ? true : undefined,
        ReadOnlyForceRecursive: bind?.recursive === "readonly" ? true : undefined,
      }),
    }),
  };
}

function volumeMount(name: string, mount: Mount): { readonly bind: string } | { readonly mount: ApiBody } {
  const { bind, volume } = mount;
  if (volume?.labels === undefined && volume?.subpath === undefined) {
    const nocopy = volume?.nocopy === true ? "nocopy" : undefined;
    const options = [mount.read_only === true ? "ro" : "rw", bind?.propagation, bind?.selinux, nocopy];
    return { bind: `${name}:${mount.target}:${options.filter((option) => option !== undefined).join(",")}` };
  }
  return {
    mount: compact({
      Type: "volume",
      Source: name,
      Target: mount.target,
      ReadOnly: mount.read_only,
      VolumeOptions: compact({ NoCopy: volume.nocopy, Labels: volume.labels, Subpath: volume.subpath }),
    }),
  };
}

function otherMount(mount: Mount): ApiBody {
  const { size, mode } = mount.tmpfs ?? {};
  return compact({
    Type: mount.type,
    Source: mount.source,
    Target: mount.target,
    ReadOnly: mount.read_only,
    TmpfsOptions:
      mount.type === "tmpfs"
        ? compact({ SizeBytes: size === undefined ? undefined : parseBytes(size), Mode: mode })
        : undefined,
    ImageOptions: mount.image?.subpath === undefined ? undefined : { Subpath: mount.image.subpath },
  });
}

function tmpfsBody(service: Service): Readonly<Record<string, string>> | undefined {
  if (service.tmpfs === undefined || service.tmpfs.length === 0) return undefined;
  return Object.fromEntries(
    service.tmpfs.map((entry) => {
      const colon = entry.indexOf(":");
      return colon < 0 ? [entry, ""] : [entry.slice(0, colon), entry.slice(colon + 1)];
    }),
  );
}

const ANONYMOUS = /^[0-9a-f]{64}$/;

/**
 * The anonymous volumes that a container hands on to its successor: those of the service's own anonymous mounts and
 * those at paths that the image declares (any, where the image is not known yet).
 */
export function inheritedVolumes(
  service: Service,
  predecessor: readonly ObservedMount[],
  imageVolumes: readonly string[] | undefined,
): ReadonlyMap<string, string> {
  const declared = new Map((service.volumes ?? []).map((mount) => [mount.target, mount]));
  const inherited = new Map<string, string>();
  for (const { type, name, destination } of predecessor) {
    if (type !== "volume" || name === undefined || !ANONYMOUS.test(name)) continue;
    const mount = declared.get(destination);
    const wanted =
      mount === undefined
        ? (imageVolumes?.includes(destination) ?? true)
        : mount.type === "volume" && mount.source === undefined;
    if (wanted) inherited.set(destination, name);
  }
  return inherited;
}

/** `Volumes` of the container's config, and `Binds`, `Mounts` and `Tmpfs` of the host part. */
export function mountsBody(
  project: Project,
  service: Service,
  inherited: ReadonlyMap<string, string>,
): { readonly config: ApiBody; readonly host: ApiBody } {
  const anonymous: Record<string, object> = {};
  const binds: string[] = [];
  const mounts: ApiBody[] = [];
  const take = (entry: { readonly bind: string } | { readonly mount: ApiBody }): void => {
    if ("bind" in entry) binds.push(entry.bind);
    else mounts.push(entry.mount);
  };
  const handedOn = new Map(inherited);
  for (const mount of service.volumes ?? []) {
    const name = volumeName(project, mount) ?? handedOn.get(mount.target);
    handedOn.delete(mount.target);
    if (mount.type === "bind") take(bindMount(mount));
    else if (mount.type !== "volume") mounts.push(otherMount(mount));
    else if (name !== undefined) take(volumeMount(name, mount));
    else if (hasOptions(mount)) mounts.push(anonymousMount(mount));
    else anonymous[mount.target] = {};
  }
  for (const [target, name] of handedOn) binds.push(`${name}:${target}:rw`);
  mounts.push(...fileBinds(project, service));
  return {
    config: Object.keys(anonymous).length === 0 ? {} : { Volumes: anonymous },
    host: compact({
      Binds: binds.length === 0 ? undefined : binds,
      Mounts: mounts.length === 0 ? undefined : mounts,
      Tmpfs: tmpfsBody(service),
    }),
  };
}

function hasOptions({ volume = {}, read_only }: Mount): boolean {
  return read_only === true || Object.values(volume).some((option) => option !== undefined);
}

function anonymousMount(mount: Mount): ApiBody {
  const { volume } = mount;
  return compact({
    Type: "volume",
    Target: mount.target,
    ReadOnly: mount.read_only,
    VolumeOptions: compact({ NoCopy: volume?.nocopy, Labels: volume?.labels, Subpath: volume?.subpath }),
  });
}
