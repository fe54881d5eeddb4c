// From what a client wrote to an image.
import { EngineError } from "../errors.ts";
import type { ImageRecord } from "./image-record.ts";
import type { ImageStore } from "./image-store.ts";
import { familiarName, idPrefix, parseReference, taggedName } from "./reference.ts";
import type { Reference } from "./reference.ts";

export interface FoundImage {
  readonly image: ImageRecord;
  /** The tagged name, or the name with its digest, that it was found by; undefined when by its id. */
  readonly name: string | undefined;
}

/**
 * By full id, by name, or by the beginning of an id that no other has. Throws EngineError (not-found): what several ids begin with is
 * rather a name that has not been pulled yet.
 */
export function findImage(store: ImageStore, ref: string): FoundImage {
  const digits = idPrefix(ref);
  const exact = digits?.length === 64 ? store.get(`sha256:${digits}`) : undefined;
  if (exact !== undefined) return { image: exact, name: undefined };
  // All the digits of an id are never a name.
  const reference = ref.startsWith("sha256:") || digits?.length === 64 ? undefined : parseReference(ref);
  if (reference !== undefined) {
    const named = byReference(store, reference);
    if (named !== undefined) return named;
  }
  const candidates = digits === undefined ? [] : store.byPrefix(digits);
  if (candidates.length === 1 && candidates[0] !== undefined)
    return { image: candidates[0], name: undefined };
  throw new EngineError("not-found", `No such image: ${shown(ref, reference)}`);
}

/** With a digest the name only has to be one of the image's. */
function byReference(store: ImageStore, reference: Reference): FoundImage | undefined {
  const { name, digest } = reference;
  if (digest === undefined) {
    const tagged = taggedName(reference);
    const image = store.byName(tagged);
    return image && { image, name: tagged };
  }
  const known = store.byName(`${name}@${digest}`);
  if (known !== undefined) return { image: known, name: `${name}@${digest}` };
  const image = store.get(digest);
  const fits = image !== undefined && store.namesOf(image.id).some((tagged) => tagged.startsWith(`${name}:`));
  return fits ? { image, name: undefined } : undefined;
}

function shown(ref: string, reference: Reference | undefined): string {
  if (reference === undefined) return ref;
  return reference.digest === undefined ? familiarName(taggedName(reference)) : ref;
}
