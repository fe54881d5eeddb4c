// The positioned tree. Every phase up to the typed project works on it, so that a place in a file follows its value
// through aliases, merges, `extends` and short forms. Nodes are immutable and may be shared (YAML aliases are).
import type { Span } from "../diagnostics/index.ts";

/** A file that was read. `name` is what people see; `path` is absolute. */
export interface SourceFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** A stretch of a file, as offsets in UTF-16 units (`end` is exclusive). */
export interface Place {
  readonly source: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** What `!reset` and `!override` ask of the merge. */
export type MergeTag = "reset" | "override";

export type ScalarValue = string | number | boolean | null;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: ScalarValue;
  /** How Compose writes a number as text, where that is not `String(value)`: digits beyond 2^53, exponents. */
  readonly text?: string;
  /** Whether a number was written as a floating point number (`1.0`). */
  readonly isFloat?: boolean;
  readonly tag?: MergeTag;
  readonly place: Place | undefined;
}

export interface Entry {
  readonly keyPlace: Place | undefined;
  readonly value: Node;
}

export interface MapNode {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Entry>;
  readonly tag?: MergeTag;
  readonly place: Place | undefined;
}

export interface SeqNode {
  readonly kind: "seq";
  readonly items: readonly Node[];
  readonly tag?: MergeTag;
  readonly place: Place | undefined;
}

export type Node = ScalarNode | MapNode | SeqNode;

/** Where a node stands in the document; list items are decimal indexes. */
export type NodePath = readonly string[];

export function scalar(value: ScalarValue, place: Place | undefined): ScalarNode {
  return { kind: "scalar", value, place };
}

export function seq(items: readonly Node[], place: Place | undefined): SeqNode {
  return { kind: "seq", items, place };
}

export function map(entries: ReadonlyMap<string, Entry>, place: Place | undefined): MapNode {
  return { kind: "map", entries, place };
}

/** A mapping made by the loader: every key and the mapping itself stand at `place`. What is undefined is left out. */
export function mapOf(values: Readonly<Record<string, Node | undefined>>, place: Place | undefined): MapNode {
  const entries = new Map<string, Entry>();
  for (const key in values) {
    const value = values[key];
    if (value !== undefined) entries.set(key, { keyPlace: place, value });
  }
  return map(entries, place);
}

// A node with something else in it is made like any other rather than spread: V8 gives what is spread hidden classes of its own, and
// code that meets many of these is slow.

function tagged<Changed extends Node>({ tag }: Node, changed: Changed): Changed {
  return tag === undefined ? changed : { ...changed, tag };
}

/** The scalar with another value, without what was said of how the old one was written. */
export function withValue(node: ScalarNode, value: ScalarValue): ScalarNode {
  return tagged(node, scalar(value, node.place));
}

/** The list with other items. */
export function withItems(node: SeqNode, items: readonly Node[]): SeqNode {
  return tagged(node, seq(items, node.place));
}

/** The mapping with other entries. */
export function withEntries(node: MapNode, entries: ReadonlyMap<string, Entry>): MapNode {
  return tagged(node, map(entries, node.place));
}

/** A copy to be changed. Takes a third of the time that `new Map(entries)` takes. */
export function copyEntries(entries: ReadonlyMap<string, Entry>): Map<string, Entry> {
  const copy = new Map<string, Entry>();
  entries.forEach((entry, key) => copy.set(key, entry));
  return copy;
}

/** The mapping with one more (or another) value under `key`. */
export function withEntry(node: MapNode, key: string, value: Node, keyPlace?: Place): MapNode {
  const entries = copyEntries(node.entries);
  entries.set(key, { keyPlace: keyPlace ?? node.entries.get(key)?.keyPlace ?? node.place, value });
  return withEntries(node, entries);
}

/** The mapping without `key`; the same node when there is no such key. */
export function withoutEntry(node: MapNode, key: string): MapNode {
  if (!node.entries.has(key)) return node;
  const entries = copyEntries(node.entries);
  entries.delete(key);
  return withEntries(node, entries);
}

/** The value under `key` of a mapping; undefined when `node` is no mapping or has no such key. */
export function child(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.value : undefined;
}

/** The text of a string scalar, else undefined. */
export function stringValue(node: Node | undefined): string | undefined {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

export function isNull(node: Node | undefined): boolean {
  return node?.kind === "scalar" && node.value === null;
}

/** A scalar as text, the way Compose writes numbers and booleans where text is wanted; undefined for null. */
export function scalarText(node: ScalarNode): string | undefined {
  return node.value === null ? undefined : (node.text ?? String(node.value));
}

/** What becomes of a child; `around` is what was handed to the walk. */
export type Change<Around = undefined, Changed = Node | undefined> = (
  value: Node,
  key: string,
  around: Around,
) => Changed;

/** Replaces each child by what `change` makes of it (undefined drops it). The same node when nothing changes. */
export function mapChildren(node: Node, change: Change): Node {
  if (node.kind === "scalar") return node;
  return node.kind === "seq" ? mapItems(node, change, undefined) : mapEntries(node, change, undefined);
}

// Most walks change little: nothing is copied before something changes. A walk of a whole tree hands `around` on, since a closure
// for each of its nodes would be most of what it allocates.

/** The same for the items of a list. */
export function mapItems<Around>(node: SeqNode, change: Change<Around>, around: Around): SeqNode {
  let changed: Node[] | undefined;
  node.items.forEach((item, index) => {
    const next = change(item, String(index), around);
    if (next !== item) changed ??= node.items.slice(0, index);
    if (changed !== undefined && next !== undefined) changed.push(next);
  });
  return changed === undefined ? node : withItems(node, changed);
}

/** The same for the values of a mapping. */
export function mapEntries<Around>(node: MapNode, change: Change<Around>, around: Around): MapNode {
  let changed: Map<string, Entry> | undefined;
  node.entries.forEach((entry, key) => {
    const next = change(entry.value, key, around);
    if (next === entry.value) return;
    // Setting a key again keeps its place in the order.
    changed ??= copyEntries(node.entries);
    if (next === undefined) changed.delete(key);
    else changed.set(key, { keyPlace: entry.keyPlace, value: next });
  });
  return changed === undefined ? node : withEntries(node, changed);
}

/**
 * Tells, of each node that a walk comes to, whether it may have been brought there from elsewhere, and so may come again: what is
 * written where it stands comes in the order of the file.
 */
export function broughtNodes(): (node: Node) => boolean {
  let source: SourceFile | undefined;
  let furthest = -1;
  return ({ place }) => {
    if (place === undefined) return true;
    if (place.source === source && place.start <= furthest) return true;
    source = place.source;
    furthest = place.start;
    return false;
  };
}

/** The plain value of a tree. Its mappings have no prototype: any key is a key like others, and they share one hidden class. */
export function toPlain(node: Node): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "seq") return node.items.map(toPlain);
  const plain = Object.create(null) as Record<string, unknown>;
  node.entries.forEach(setPlain, plain);
  return plain;
}

function setPlain(this: Record<string, unknown>, { value }: Entry, key: string): void {
  this[key] = toPlain(value);
}

/** Sets an own property whatever its name is. */
export function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  target[key] = value;
}

/** The places of the key and of the value at a path, or of the nearest ancestor that somebody wrote. */
export function placesAt(root: Node, path: NodePath): { key: Place | undefined; value: Place | undefined } {
  let node: Node = root;
  let key = root.place;
  for (const step of path) {
    let entry: Entry | undefined;
    if (node.kind === "map") entry = node.entries.get(step);
    else if (node.kind === "seq") entry = itemEntry(node, step);
    if (entry === undefined) return { key, value: key };
    node = entry.value;
    key = entry.keyPlace ?? node.place ?? key;
  }
  return { key, value: isNull(node) ? key : (node.place ?? key) };
}

function itemEntry(node: SeqNode, step: string): Entry | undefined {
  const value = node.items[Number(step)];
  return value && { keyPlace: value.place, value };
}

const lineStartsOf = new WeakMap<SourceFile, readonly number[]>();

function lineStarts(source: SourceFile): readonly number[] {
  const known = lineStartsOf.get(source);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1))
    starts.push(at + 1);
  lineStartsOf.set(source, starts);
  return starts;
}

function lineAndColumn(source: SourceFile, offset: number): { line: number; column: number } {
  const starts = lineStarts(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** The place in the form that people read. */
export function spanOf(place: Place): Span {
  const start = lineAndColumn(place.source, place.start);
  const end = lineAndColumn(place.source, Math.max(place.start, place.end));
  return { file: place.source.name, ...start, endLine: end.line, endColumn: end.column };
}
