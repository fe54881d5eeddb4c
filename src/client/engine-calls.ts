// How every call to an engine is made: its failure translated, its arguments in the API's form.
import { translateError, type EngineOperation } from "./translate-error.ts";

/** Makes a call about `resource`; what it throws is an EngineClientError. */
export async function guard<T>(
  resource: string,
  call: () => Promise<T>,
  operation: EngineOperation = "other",
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translateError(error, resource, operation);
  }
}

/** Passes items on; what reading them throws is an EngineClientError. */
export async function* translated<T>(
  resource: string,
  items: AsyncIterable<T>,
): AsyncGenerator<T, void, void> {
  try {
    yield* items;
  } catch (error) {
    throw translateError(error, resource);
  }
}

/** 304 says that there was nothing to do: started already, or stopped already. */
export async function unlessUnchanged(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (translateError(error, "").status !== 304) throw error;
  }
}

/** The API's filters for labels and a name. */
export function filtersOf(filter: { labels?: readonly string[]; name?: string }): Record<string, string[]> {
  return {
    ...(filter.labels === undefined ? {} : { label: [...filter.labels] }),
    ...(filter.name === undefined ? {} : { name: [filter.name] }),
  };
}

/** The API takes name and tag apart; a digest stands in the tag's place. Without either an engine would take every tag. */
export function splitReference(ref: string): { name: string; tag: string } {
  const at = ref.indexOf("@");
  if (at !== -1) return { name: ref.slice(0, at), tag: ref.slice(at + 1) };
  const colon = ref.lastIndexOf(":");
  if (colon > ref.lastIndexOf("/")) return { name: ref.slice(0, colon), tag: ref.slice(colon + 1) };
  return { name: ref, tag: "latest" };
}

/** Where the API has an image; a reference keeps its slashes. */
export function imagePath(ref: string): string {
  return `/images/${encodeURI(ref)}`;
}
