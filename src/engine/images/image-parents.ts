// Images that were committed from containers of others: these stay as long as they have such children, as no more than a part of them once
// they have no name.
import type { ImageRecord } from "./image-record.ts";
import type { ImageStore } from "./image-store.ts";

/** The image that this one was made of, while it is there. */
export function parentOf(store: ImageStore, image: ImageRecord): ImageRecord | undefined {
  return image.parent === undefined ? undefined : store.get(image.parent);
}

/** Whether images that are there were made of this one. */
export function hasChildren(store: ImageStore, id: string): boolean {
  return store.all().some((image) => image.parent === id);
}

/** Whether it is there for its children alone. */
export function isIntermediate(store: ImageStore, id: string): boolean {
  return isNameless(store, id) && hasChildren(store, id);
}

/** Whether it has neither tags nor digests. */
export function isNameless(store: ImageStore, id: string): boolean {
  return store.namesOf(id).length === 0 && store.digestsOf(id).length === 0;
}
