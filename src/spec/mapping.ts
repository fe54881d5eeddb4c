// `- K=V` lists and `K: V` mappings say the same in many places of a Compose file; here one becomes the other.
import type { Entry, MapNode, Node, SeqNode } from "./node.ts";
import { map, scalar, seq, stringValue } from "./node.ts";

/** What an item without `=` stands for: nothing yet (`null`: look it up) or empty text. */
export type ValuelessItem = "null" | "empty";

/** A list of `K=V` as a mapping; mappings as they are; undefined for anything else. A later item replaces an earlier one. */
export function asMapping(node: Node, valueless: ValuelessItem): MapNode | undefined {
  if (node.kind === "map") return node;
  if (node.kind === "scalar") return undefined;
  const entries = new Map<string, Entry>();
  for (const item of node.items) {
    const text = stringValue(item);
    if (text === undefined) return undefined;
    const equals = text.indexOf("=");
    const key = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? (valueless === "null" ? null : "") : text.slice(equals + 1);
    entries.set(key, { keyPlace: item.place, value: scalar(value, item.place) });
  }
  return { ...map(entries, node.place), ...(node.tag && { tag: node.tag }) };
}

/** A list of names as a mapping to what `valueFor` gives; mappings as they are; undefined for anything else. */
export function namesAsMapping(node: Node, valueFor: (item: Node) => Node): MapNode | undefined {
  if (node.kind === "map") return node;
  if (node.kind === "scalar") return undefined;
  const entries = new Map<string, Entry>();
  for (const item of node.items) {
    const name = stringValue(item);
    if (name === undefined) return undefined;
    entries.set(name, { keyPlace: item.place, value: valueFor(item) });
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
