// Flow collections: `[a, b]`, `{a: b}`. Their scalars stand on one line each.
import type { Entry, Node } from "../node.ts";
import { map, scalar, seq } from "../node.ts";
import { mergeSources, withMerged } from "../merge-keys.ts";
import type { Cursor } from "./cursor.ts";
import { COLON, DOUBLE_QUOTE, giveUp, NEWLINE, SINGLE_QUOTE } from "./cursor.ts";
import { quotedScalar } from "./scalars.ts";

const MAX_DEPTH = 40;
/** A plain scalar: it begins with no indicator, and ends before a flow indicator, `: ` or ` #`. */
const PLAIN =
  /(?:[^\s,[\]{}#&*!|>'"%@`?:-]|[?:-](?=[^\s,[\]{}]))(?:[^\s:,[\]{}]|:(?=[^\s,[\]{}])| +(?=[^\s,[\]{}#:]|:[^\s,[\]{}]))*/y;

/** The flow collection here; its lines are indented more than `parent`. */
export function flowCollection(cursor: Cursor, parent: number, depth = 0): Node {
  if (depth > MAX_DEPTH) giveUp();
  return cursor.text.charAt(cursor.at) === "["
    ? flowSeq(cursor, parent, depth)
    : flowMap(cursor, parent, depth);
}

function flowSeq(cursor: Cursor, parent: number, depth: number): Node {
  const start = cursor.at;
  const items: Node[] = [];
  cursor.size++;
  for (cursor.at++; ;) {
    skip(cursor, parent);
    if (cursor.text.charAt(cursor.at) === "]") break;
    items.push(flowNode(cursor, parent, depth));
    skip(cursor, parent);
    const next = cursor.text.charAt(cursor.at);
    if (next === ",") cursor.at++;
    else if (next !== "]") giveUp();
  }
  cursor.at++;
  return seq(items, cursor.place(start, cursor.at));
}

function flowMap(cursor: Cursor, parent: number, depth: number): Node {
  const start = cursor.at;
  const own = new Map<string, Entry>();
  const merged: Node[] = [];
  cursor.size++;
  for (cursor.at++; ;) {
    skip(cursor, parent);
    if (cursor.text.charAt(cursor.at) === "}") break;
    flowEntry(cursor, { parent, depth, own, merged });
    skip(cursor, parent);
    const next = cursor.text.charAt(cursor.at);
    if (next === ",") cursor.at++;
    else if (next !== "}") giveUp();
  }
  cursor.at++;
  return map(withMerged(own, merged), cursor.place(start, cursor.at));
}

interface Entries {
  readonly parent: number;
  readonly depth: number;
  readonly own: Map<string, Entry>;
  readonly merged: Node[];
}

function flowEntry(cursor: Cursor, { parent, depth, own, merged }: Entries): void {
  const isQuoted = isQuote(cursor.code());
  const size = cursor.size;
  const keyNode = isQuoted ? quotedScalar(cursor) : plain(cursor);
  cursor.size = size;
  if (keyNode.kind !== "scalar" || typeof keyNode.value !== "string") return giveUp();
  const value = flowValue(cursor, parent, depth) ?? scalar(null, keyNode.place);
  const key = cursor.key(keyNode.value);
  if (key === "<<" && !isQuoted) {
    if (merged.length > 0) giveUp();
    merged.push(...(mergeSources(value) ?? giveUp()));
    return;
  }
  if (own.has(key)) giveUp();
  own.set(key, { keyPlace: keyNode.place, value });
}

/** What follows a key; undefined for a key on its own. */
function flowValue(cursor: Cursor, parent: number, depth: number): Node | undefined {
  cursor.skipSpaces();
  if (",}".includes(cursor.text.charAt(cursor.at))) {
    cursor.size++;
    return undefined;
  }
  if (cursor.code() !== COLON) return giveUp();
  cursor.at++;
  skip(cursor, parent);
  return flowNode(cursor, parent, depth);
}

function flowNode(cursor: Cursor, parent: number, depth: number): Node {
  const code = cursor.code();
  if (isQuote(code)) return quotedScalar(cursor);
  switch (cursor.text.charAt(cursor.at)) {
    case "[":
    case "{":
      return flowCollection(cursor, parent, depth + 1);
    case "*":
      return cursor.alias();
    default:
      return plain(cursor);
  }
}

function isQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE;
}

function plain(cursor: Cursor): Node {
  PLAIN.lastIndex = cursor.at;
  const text = PLAIN.exec(cursor.text)?.[0];
  if (text === undefined) return giveUp();
  const node = cursor.plainScalar(text, cursor.at);
  cursor.at += text.length;
  return node;
}

/** To the next token; a line that is not indented more than what the collection belongs to is none of its own. */
function skip(cursor: Cursor, parent: number): void {
  const { lineStart } = cursor;
  cursor.skipSpaces();
  const code = cursor.code();
  if (code !== NEWLINE && code !== 35) return;
  const column = cursor.skipToToken();
  if (cursor.lineStart !== lineStart && column <= parent) giveUp();
}
