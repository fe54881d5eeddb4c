// `- K=V` lists and `K: V` mappings say the same in many places of a Compose file; here one becomes the other.
import type { Entry, MapNode, Node, SeqNode } from "./node.ts";
import { map, scalar, seq, stringValue } from "./node.ts";

/** What an item without `=` stands for: nothing yet (`null`: look it up) or empty text. */
export type ValuelessItem = "null" | "empty";

/** A list of `K=V` as a mapping; mappings as they are; undefined for anything else. A later item replaces an earlier one. */
export function asMapping(node: Node, valueless: ValuelessItem): MapNode | undefined {
  return listAsMapping(node, (text, item) => {
    const equals = text.indexOf("=");
    if (equals < 0) return [text, scalar(valueless === "null" ? null : "", item.place)];
    return [text.slice(0, equals), scalar(text.slice(equals + 1), item.place)];
  });
}

/** A list of names as a mapping to what `valueFor` gives; mappings as they are; undefined for anything else. */
export function namesAsMapping(node: Node, valueFor: (item: Node) => Node): MapNode | undefined {
  return listAsMapping(node, (name, item) => [name, valueFor(item)]);
}

function listAsMapping(
  node: Node,
  entryOf: (text: string, item: Node) => readonly [key: string, value: Node],
): MapNode | undefined {
  if (node.kind === "map") return node;
  if (node.kind === "scalar") return undefined;
  const entries = new Map<string, Entry>();
  for (const item of node.items) {
    const text = stringValue(item);
    if (text === undefined) return undefined;
    const [key, value] = entryOf(text, item);
    entries.set(key, { keyPlace: item.place, value });
  }
  return { ...map(entries, node.place), ...(node.tag && { tag: node.tag }) };
}

/** One value as a list of it; lists as they are; undefined for null and mappings. */
export function asList(node: Node): SeqNode | undefined {
  if (node.kind === "seq") return node;
  if (node.kind === "map" || node.value === null) return undefined;
  return { ...seq([node], node.place), ...(node.tag && { tag: node.tag }) };
}

/** The long form of a dependency given by its name only. */
export function startedDependency(item: Node): MapNode {
  const { place } = item;
  const entries = new Map<string, Entry>([
    ["condition", { keyPlace: place, value: scalar("service_started", place) }],
    ["required", { keyPlace: place, value: scalar(true, place) }],
  ]);
  return map(entries, place);
}
