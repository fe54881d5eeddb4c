// The volumes of a container: made and filled when it is created, named in events when it starts and ends.
import { EngineError } from "../errors.ts";
import type { ContainerMount } from "./container-mount.ts";
import type { Container } from "./container.ts";
import type { Parts } from "./parts.ts";
import { join } from "node:path";
import { newId } from "./names.ts";
import { usualFilesIn } from "./place-host-files.ts";
import { FILES } from "./record.ts";

/** The mounts with a name for every volume: a new one, which nobody else knows, for those that are made for this container alone. */
export function nameVolumes(mounts: readonly ContainerMount[]): ContainerMount[] {
  return mounts.map((mount) => {
    if (mount.type !== "volume") return mount;
    if (mount.name === undefined) return { ...mount, name: newId(), anonymous: true };
    return { ...mount, anonymous: mount.anonymous ?? false };
  });
}

/** The mounts with their volumes existing; all have names. */
export async function ensureVolumes(
  parts: Parts,
  mounts: readonly ContainerMount[],
): Promise<ContainerMount[]> {
  const ensured: ContainerMount[] = [];
  for (const mount of mounts) ensured.push(await ensureVolume(parts, mount));
  return ensured;
}

async function ensureVolume(parts: Parts, mount: ContainerMount): Promise<ContainerMount> {
  if (mount.type !== "volume" || mount.name === undefined) return mount;
  const { path } = await parts.volumes.ensure(mount.name, {
    ...(mount.driver === undefined ? {} : { driver: mount.driver }),
    ...(mount.driverOpts === undefined ? {} : { driverOpts: { ...mount.driverOpts } }),
    ...(mount.labels === undefined ? {} : { labels: { ...mount.labels } }),
    anonymous: mount.anonymous === true,
  });
  return { ...mount, driver: mount.driver ?? "local", source: path };
}

/** Fills empty volumes with what the image and the engine have at their place. The root is mounted anew for each: an overlay is mounted once. */
export async function populateVolumes(parts: Parts, container: Container): Promise<void> {
  for (const mount of container.saved.mounts) {
    if (mount.type !== "volume" || !mount.copy || mount.name === undefined) continue;
    const root = await parts.images.mountRoot(
      container.saved.imageId,
      join(container.folder, FILES.writable),
    );
    await parts.volumes.populate(mount.name, mount.target, [...root, ...usualFilesIn(mount.target)]);
  }
}

/** The volumes that are made for this container only; their mounts have names. */
export function anonymousVolumes(container: Container): string[] {
  const own = container.saved.mounts.filter((mount) => mount.anonymous === true);
  return own.map((mount) => mount.name).filter((name) => name !== undefined);
}

/** Removes a volume unless another container uses it by now. */
export async function removeUnused(volumes: Parts["volumes"], name: string): Promise<void> {
  try {
    await volumes.remove(name, true);
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== "conflict") throw error;
  }
}

export function emitVolumeEvents(parts: Parts, container: Container, action: "mount" | "unmount"): void {
  for (const mount of container.saved.mounts) {
    if (mount.type !== "volume") continue;
    parts.context.emit({
      Type: "volume",
      Action: action,
      Actor: {
        ID: mount.name ?? "",
        Attributes: {
          container: container.id,
          driver: mount.driver ?? "local",
          ...(action === "mount"
            ? { destination: mount.target, propagation: "", "read/write": String(!mount.readOnly) }
            : {}),
        },
      },
    });
  }
}
