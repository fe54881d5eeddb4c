// At start: a container's saved mounts become directives. Folders of the host that a bind names are made, where that was asked for.
import { mkdirSync, statSync } from "node:fs";
import { EngineError } from "../errors.ts";
import type { ContainerMount } from "./container-mount.ts";
import type { Parts } from "./parts.ts";
import type { SavedContainer } from "./record.ts";
import type { PlacedMount } from "./root-mounts.ts";
import { ownMount } from "./root-mounts.ts";

export function placeMounts(parts: Parts, saved: SavedContainer): PlacedMount[] {
  return saved.mounts.map((mount) => {
    if (mount.type === "volume") return placeVolume(parts, mount);
    if (mount.type === "bind") requireSource(mount);
    return ownMount(mount);
  });
}

/** Throws when the source of a bind is not there and was not to be made. */
export function requireSource(mount: ContainerMount): void {
  if (statSync(mount.source, { throwIfNoEntry: false }) !== undefined) return;
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

function placeVolume(parts: Parts, mount: ContainerMount): PlacedMount {
  const options = {
    readOnly: mount.readOnly,
    ...(mount.subpath === undefined ? {} : { subpath: mount.subpath }),
  };
  return { target: mount.target, directives: parts.volumes.mount(mount.name ?? "", mount.target, options) };
}
