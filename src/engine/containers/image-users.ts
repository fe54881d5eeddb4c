// Which containers use an image: those that exist, and those that are being made at this moment.
import type { ContainerMount } from "./container-mount.ts";
import type { ContainerStore } from "./store.ts";

/** Images of containers that have no record yet, by the container's id. */
export class PendingImages {
  readonly #held = new Map<string, readonly string[]>();

  hold(id: string, imageId: string): void {
    this.#held.set(id, [...(this.#held.get(id) ?? []), imageId]);
  }

  release(id: string): void {
    this.#held.delete(id);
  }

  usersOf(imageId: string): string[] {
    return [...this.#held].filter(([, held]) => held.includes(imageId)).map(([id]) => id);
  }
}

/** The containers that keep the image from being removed. */
export function imageUsers(
  store: ContainerStore,
  pending: PendingImages,
  imageId: string,
): { id: string; running: boolean }[] {
  const existing = store
    .all()
    .filter(({ saved }) => saved.imageId === imageId || mountsImage(saved.mounts, imageId))
    .map((container) => ({ id: container.id, running: container.saved.state.running }));
  return [...existing, ...pending.usersOf(imageId).map((id) => ({ id, running: false }))];
}

function mountsImage(mounts: readonly ContainerMount[], imageId: string): boolean {
  return mounts.some(({ type, source }) => type === "image" && source === imageId);
}
