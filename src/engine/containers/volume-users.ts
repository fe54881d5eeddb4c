// Which containers use a volume: those that exist, and those that are being made at this moment.
import type { ContainerStore } from "./store.ts";

/** Volumes of containers that have no record yet. */
export class PendingVolumes {
  readonly #held = new Map<string, Set<string>>();

  hold(id: string, volume: string): void {
    const volumes = this.#held.get(id) ?? new Set();
    volumes.add(volume);
    this.#held.set(id, volumes);
  }

  release(id: string): void {
    this.#held.delete(id);
  }

  usersOf(volume: string): string[] {
    return [...this.#held].filter(([, volumes]) => volumes.has(volume)).map(([id]) => id);
  }
}

/** Ids of the containers that keep the volume from being removed. */
export function volumeUsers(store: ContainerStore, pending: PendingVolumes, volume: string): string[] {
  const users = store
    .all()
    .filter((container) =>
      container.saved.mounts.some((mount) => mount.type === "volume" && mount.name === volume),
    )
    .map((container) => container.id);
  return [...new Set([...users, ...pending.usersOf(volume)])];
}
