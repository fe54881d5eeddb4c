// Merge keys (`<<`): what they bring into a mapping.
import type { Entry, MapNode, Node } from "./node.ts";

/** The mappings that the value of a `<<` key stands for, the first going before the others; undefined for other values. */
export function mergeSources(value: Node): readonly MapNode[] | undefined {
  const sources: readonly Node[] = value.kind === "seq" ? value.items : [value];
  return sources.every((source) => source.kind === "map") ? sources : undefined;
}

/** Own entries first, then what merge keys add to them. Changes and gives back `own`. */
export function withMerged(own: Map<string, Entry>, merged: readonly Node[]): ReadonlyMap<string, Entry> {
  for (const source of merged) {
    if (source.kind !== "map") continue;
    source.entries.forEach((entry, key) => {
      if (!own.has(key)) own.set(key, entry);
    });
  }
  return own;
}
