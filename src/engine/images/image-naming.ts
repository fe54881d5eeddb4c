// What images are called, and saving them under it.
import { EngineError } from "../errors.ts";
import type { NamedImage } from "./image-loading.ts";
import type { ImageStore } from "./image-store.ts";
import { familiarName, parseReference, taggedName } from "./reference.ts";

/** Names that would read like the beginning of a digest. */
const digestAlgorithms = /^docker\.io\/library\/sha(256|384|512)$/;

/** The full name. Throws EngineError when it cannot be given, or not to the image with this id. */
export function checkName(
  builtIn: { readonly id: string; readonly name: string },
  reference: string,
  id?: string,
): string {
  const parsed = parseReference(reference);
  if (parsed.digest !== undefined) {
    throw new EngineError("invalid", "refusing to create a tag with a digest reference");
  }
  if (digestAlgorithms.test(parsed.name)) {
    throw new EngineError("invalid", "refusing to create an ambiguous tag using digest algorithm as name");
  }
  const name = taggedName(parsed);
  if (name === builtIn.name && id !== builtIn.id) {
    const message = `${familiarName(name)} is built into the engine and cannot be another image`;
    throw new EngineError("conflict", message);
  }
  return name;
}

/** Gives an image names that have been checked. Throws EngineError (not-found) when it has gone. */
export async function tagImage(store: ImageStore, id: string, names: readonly string[]): Promise<void> {
  const given = names.filter((name) => store.byName(name)?.id !== id);
  if (given.length > 0) await store.tag(given, id);
}

/** Saves images and gives them names: all, or none when it throws. */
export async function keepImages(store: ImageStore, images: readonly NamedImage[]): Promise<void> {
  const fresh: string[] = [];
  try {
    for (const { image, names } of images) {
      if (store.get(image.id) === undefined) fresh.push(image.id);
      await store.put(image);
      await tagImage(store, image.id, names);
    }
  } catch (error) {
    for (const id of fresh) if (store.get(id) !== undefined) await store.delete(id);
    throw error;
  }
}
