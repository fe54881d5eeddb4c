// At start: a container's saved mounts become directives. Folders of the host that a bind names are made, where that was asked for.
import { mkdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { EngineError } from "../errors.ts";
import type { ContainerMount } from "./container-mount.ts";
import type { Parts } from "./parts.ts";
import { requirePropagation } from "./propagation.ts";
import type { SavedContainer } from "./record.ts";
import type { PlacedMount } from "./root-mounts.ts";
import { ownMount } from "./root-mounts.ts";
import { requireTmpfsOptions } from "./tmpfs-options.ts";

export function placeMounts(parts: Parts, saved: SavedContainer): Promise<PlacedMount[]> {
  return Promise.all(
    saved.mounts.map(async (mount) => {
      if (mount.type === "volume") return await placeVolume(parts, saved.id, mount);
      if (mount.type === "image") {
        const directive = parts.images.mountImage(mount.source, mount.target, mount.subpath ?? "");
        return { target: mount.target, directives: [directive] };
      }
      if (mount.type === "bind") {
        requireSource(mount);
        const source = realpathSync(mount.source);
        requirePropagation(source, mount.propagation, readFileSync("/proc/self/mountinfo", "utf8"));
      }
      if (mount.type === "tmpfs") requireTmpfsOptions(mount.options ?? "");
      return ownMount(mount);
    }),
  );
}

/** Throws when the source of a bind is not there and was not to be made. */
export function requireSource(mount: ContainerMount): void {
  if (isThere(mount.source)) return;
  if (!mount.createSource) {
    throw new EngineError(
      "invalid",
      `invalid mount config for type "bind": bind source path does not exist: ${mount.source}`,
    );
  }
  try {
    mkdirSync(mount.source, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new EngineError(
      "failed",
      `error while creating mount source path '${mount.source}': ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // What should be a folder on the way is a file.
    if (code === "ENOTDIR") return false;
    throw new EngineError("invalid", `cannot access mount source path '${path}': ${message}`, {
      cause: error,
    });
  }
}

async function placeVolume(parts: Parts, id: string, mount: ContainerMount): Promise<PlacedMount> {
  const name = mount.name ?? "";
  const sharedWith = parts.volumes.hasOwnFileSystem(name) ? whereMounted(parts, id, mount) : undefined;
  const options = {
    readOnly: mount.readOnly,
    ...(mount.subpath === undefined ? {} : { subpath: mount.subpath }),
    ...(sharedWith === undefined ? {} : { sharedWith }),
  };
  return { target: mount.target, directives: await parts.volumes.mount(name, mount.target, options) };
}

/** The volumes that those who start at the same time have to share: the first mounts them, the others find them there. */
export function sharedVolumes(parts: Parts, saved: SavedContainer): string[] {
  return saved.mounts.flatMap(({ type, name }) =>
    type === "volume" && name !== undefined && parts.volumes.hasOwnFileSystem(name) ? [name] : [],
  );
}

/** The same part of the volume in another running container. */
function whereMounted(parts: Parts, id: string, wanted: ContainerMount): string | undefined {
  for (const { saved } of parts.store.all()) {
    if (saved.id === id || !saved.state.running || saved.state.restarting) continue;
    const found = saved.mounts.find(
      ({ type, name, subpath }) => type === "volume" && name === wanted.name && subpath === wanted.subpath,
    );
    if (found !== undefined) return `${saved.state.pid}:${found.target}`;
  }
  return undefined;
}
