// The quick reader: block mappings and lists, flow collections, scalars, anchors, merge keys, several documents. It reads what
// nearly all Compose files consist of, straight into the positioned tree, and gives up at anything else, errors included; the
// thorough reader (parse.ts) then reads the file from its start and says what is wrong. Both give the same tree.
import type { Entry, MergeTag, Node, SourceFile } from "../node.ts";
import { map, scalar, seq } from "../node.ts";
import { mergeSources, withMerged } from "../merge-keys.ts";
import {
  COLON,
  Cursor,
  DASH,
  DOUBLE_QUOTE,
  giveUp,
  NEWLINE,
  NOT_QUICK,
  SINGLE_QUOTE,
  SPACE,
} from "./cursor.ts";
import { flowCollection } from "./flow.ts";
import { blockScalar, quotedScalar, quotedText } from "./scalars.ts";

const MAX_DEPTH = 40;
/** Tabs, carriage returns and other control characters have rules of their own, and so have directives. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const UNUSUAL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]|^%/m;
/** What no plain scalar begins with. `-`, `?` and `:` may begin one when no blank follows. */
const INDICATORS = "[]{},#&*!|>'\"%@`";

/** The documents of a file; undefined when it holds anything that is left to the thorough reader. */
export function readQuickly(source: SourceFile): readonly Node[] | undefined {
  if (UNUSUAL.test(source.text)) return undefined;
  try {
    return documents(new Cursor(source));
  } catch (error) {
    if (error === NOT_QUICK) return undefined;
    throw error;
  }
}

function documents(cursor: Cursor): readonly Node[] {
  const nodes: Node[] = [];
  for (;;) {
    cursor.skipToToken();
    if (cursor.at >= cursor.text.length) {
      // A file without any document, or with an empty one at its end: rare, and with rules of their own.
      return nodes.length === 0 ? giveUp() : nodes;
    }
    if (cursor.isAtDocumentEnd()) {
      if (cursor.code() !== DASH) giveUp();
      cursor.at += 3;
      cursor.finishLine();
      cursor.skipToToken();
      if (cursor.isAtDocumentEnd()) giveUp();
    } else if (nodes.length > 0) {
      giveUp();
    }
    cursor.forgetAnchors();
    nodes.push(blockNode(cursor, -1, 0));
    cursor.skipToToken();
    if (!cursor.isAtDocumentEnd()) giveUp();
  }
}

/** The node that begins here, at the start of a line or behind a dash; `parent` is the column of what it belongs to. */
function blockNode(cursor: Cursor, parent: number, depth: number): Node {
  if (depth > MAX_DEPTH) giveUp();
  if (isDash(cursor)) return blockSeq(cursor, depth);
  if (isKey(cursor)) return blockMap(cursor, depth);
  return inlineNode(cursor, parent, depth);
}

function isDash(cursor: Cursor): boolean {
  return cursor.code() === DASH && isBreak(cursor.text.charCodeAt(cursor.at + 1));
}

/** A blank, a line break, or the end of the text. */
function isBreak(code: number): boolean {
  return code === SPACE || code === NEWLINE || Number.isNaN(code);
}

const PLAIN_KEY =
  /[^\s:#"'&*!|>%@`?,[\]{}-](?:[^\s:]|:(?![ \n]|$)| +(?=[^\s:#]|:[^ \n]))* *:(?=[ \n]|$)|<<:(?=[ \n])/y;
const QUOTED_KEY = /(?:"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\n]|'')*') *:(?=[ \n]|$)/y;

function isKey(cursor: Cursor): boolean {
  const code = cursor.code();
  const pattern = code === DOUBLE_QUOTE || code === SINGLE_QUOTE ? QUOTED_KEY : PLAIN_KEY;
  pattern.lastIndex = cursor.at;
  const found = pattern.test(cursor.text);
  cursor.colon = pattern.lastIndex - 1;
  return found;
}

function blockSeq(cursor: Cursor, depth: number): Node {
  const start = cursor.at;
  const column = start - cursor.lineStart;
  const items: Node[] = [];
  let end = start;
  cursor.size++;
  for (;;) {
    cursor.at++;
    const item = seqItem(cursor, column, depth);
    items.push(item);
    end = item.place?.end ?? end;
    const next = cursor.skipToToken();
    if (next !== column || cursor.isAtDocumentEnd() || !isDash(cursor)) {
      if (next > column && !cursor.isAtDocumentEnd()) giveUp();
      return seq(items, cursor.place(start, end));
    }
  }
}

function seqItem(cursor: Cursor, column: number, depth: number): Node {
  cursor.skipSpaces();
  if (cursor.code() !== NEWLINE) {
    if (cursor.code() === 35 || Number.isNaN(cursor.code())) giveUp();
    if (isDash(cursor) || isKey(cursor)) return blockNode(cursor, column, depth + 1);
    return taggedNode(cursor, column, depth + 1);
  }
  // An empty item, or one that begins on a line of its own.
  const next = cursor.skipToToken();
  return next > column && !cursor.isAtDocumentEnd() ? blockNode(cursor, column, depth + 1) : giveUp();
}

function blockMap(cursor: Cursor, depth: number): Node {
  const start = cursor.at;
  const column = start - cursor.lineStart;
  const own = new Map<string, Entry>();
  const merged: Node[] = [];
  const entries = { column, depth, own, merged };
  let end = start;
  cursor.size++;
  for (;;) {
    end = blockEntry(cursor, entries);
    const next = cursor.skipToToken();
    if (next < column || cursor.isAtDocumentEnd()) break;
    if (next > column) giveUp();
  }
  return map(withMerged(own, merged), cursor.place(start, end));
}

interface Entries {
  readonly column: number;
  readonly depth: number;
  readonly own: Map<string, Entry>;
  readonly merged: Node[];
}

/** A line that holds a key of the plainest kind and a plain scalar, or nothing, as its value: most lines do. */
const PLAIN_LINE =
  /[A-Za-z_][\w./-]*:(?: +[^\s:#"'&*!|>%@`?,[\]{}-](?:[^\s:]|:(?=\S)| +(?=[^\s#]))*)?(?=\n|$)/y;

/** Reads `key: value`; gives the end of the value. */
function blockEntry(cursor: Cursor, entries: Entries): number {
  PLAIN_LINE.lastIndex = cursor.at;
  // Its parts are found again rather than captured: an array of them for each line would be a tenth of what reading allocates.
  return PLAIN_LINE.test(cursor.text)
    ? plainEntry(cursor, entries, PLAIN_LINE.lastIndex)
    : anyEntry(cursor, entries);
}

/** Reads a plain line, which ends at `end`. */
function plainEntry(cursor: Cursor, { column, depth, own }: Entries, end: number): number {
  const { at: start, text } = cursor;
  const colon = text.indexOf(":", start);
  const key = cursor.plainKey(text.slice(start, colon)) ?? giveUp();
  if (own.has(key)) giveUp();
  const keyPlace = cursor.place(start, colon);
  cursor.at = colon + 1;
  const value = plainValue(cursor, column, depth, end);
  own.set(key, { keyPlace, value });
  return value.place?.end ?? end;
}

function plainValue(cursor: Cursor, column: number, depth: number, end: number): Node {
  if (cursor.at === end) return valueBelow(cursor, column, depth) ?? emptyValue(cursor, end);
  cursor.skipSpaces();
  const start = cursor.at;
  cursor.at = end;
  return cursor.plainScalar(cursor.text.slice(start, end), start);
}

function anyEntry(cursor: Cursor, { column, depth, own, merged }: Entries): number {
  if (!isKey(cursor)) giveUp();
  const start = cursor.at;
  const key = keyText(cursor);
  const keyPlace = cursor.place(start, cursor.keyEnd);
  const value = entryValue(cursor, column, depth);
  if (key === "<<" && cursor.text.charCodeAt(start) === 60) {
    if (merged.length > 0) giveUp();
    merged.push(...(mergeSources(value) ?? giveUp()));
  } else {
    if (own.has(key)) giveUp();
    own.set(key, { keyPlace, value });
  }
  return value.place?.end ?? cursor.at;
}

/** The key that `isKey` has found here; the cursor moves behind its colon. */
function keyText(cursor: Cursor): string {
  const { at, colon, text } = cursor;
  const code = cursor.code();
  if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
    const key = quotedText(cursor);
    cursor.keyEnd = cursor.at;
    cursor.at = colon + 1;
    return cursor.key(key);
  }
  const written = text.slice(at, colon).trimEnd();
  cursor.keyEnd = at + written.length;
  cursor.at = colon + 1;
  return cursor.plainKey(written) ?? giveUp();
}

function entryValue(cursor: Cursor, column: number, depth: number): Node {
  const colonEnd = cursor.at;
  cursor.skipSpaces();
  const code = cursor.code();
  const isComment = code === 35 && cursor.at > colonEnd;
  if (code !== NEWLINE && !isComment && !Number.isNaN(code)) return taggedNode(cursor, column, depth + 1);
  return valueBelow(cursor, column, depth) ?? emptyValue(cursor, colonEnd);
}

/** The value on the lines after `key:`; a list may stand at the column of its key. */
function valueBelow(cursor: Cursor, column: number, depth: number): Node | undefined {
  const next = cursor.skipToToken();
  if (cursor.isAtDocumentEnd()) return undefined;
  if (next > column) return blockNode(cursor, column, depth + 1);
  return next === column && isDash(cursor) ? blockSeq(cursor, depth + 1) : undefined;
}

function emptyValue(cursor: Cursor, end: number): Node {
  cursor.size++;
  return scalar(null, cursor.place(end, end));
}

const TAG = /!(reset|override)(?=[ \n])/y;

/** A value on the line of its key or dash, with the anchor or merge tag before it. */
function taggedNode(cursor: Cursor, parent: number, depth: number): Node {
  const first = cursor.text.charAt(cursor.at);
  if (first === "&") {
    const name = cursor.anchorName();
    cursor.openAnchor(name);
    const before = cursor.size;
    const node = nodeAfterProperty(cursor, parent, depth);
    cursor.closeAnchor(name, node, cursor.size - before);
    return node;
  }
  if (first !== "!") return inlineNode(cursor, parent, depth);
  TAG.lastIndex = cursor.at;
  const tag = TAG.exec(cursor.text)?.[1] as MergeTag | undefined;
  if (tag === undefined) return giveUp();
  cursor.at += 1 + tag.length;
  return { ...nodeAfterProperty(cursor, parent, depth), tag };
}

function nodeAfterProperty(cursor: Cursor, parent: number, depth: number): Node {
  cursor.skipSpaces();
  const code = cursor.code();
  if (code !== NEWLINE && code !== 35) {
    if ("&*!".includes(cursor.text.charAt(cursor.at))) giveUp();
    return inlineNode(cursor, parent, depth);
  }
  return valueBelow(cursor, parent, depth) ?? giveUp();
}

/** A scalar, alias or flow collection, to the end of its last line. */
function inlineNode(cursor: Cursor, parent: number, depth: number): Node {
  if (depth > MAX_DEPTH) giveUp();
  const char = cursor.text.charAt(cursor.at);
  if (!INDICATORS.includes(char)) return plainNode(cursor, parent);
  if (char === "|" || char === ">") return blockScalar(cursor, parent);
  const node = indicatedNode(cursor, parent, char);
  cursor.finishLine();
  return node;
}

function indicatedNode(cursor: Cursor, parent: number, char: string): Node {
  switch (char) {
    case "[":
    case "{":
      return flowCollection(cursor, parent);
    case '"':
    case "'":
      return quotedScalar(cursor);
    case "*":
      return cursor.alias();
    default:
      return giveUp();
  }
}

/** A plain scalar on one line. A line after it that would continue it is left to the thorough reader. */
function plainNode(cursor: Cursor, parent: number): Node {
  const start = cursor.at;
  const { text } = cursor;
  const code = text.charCodeAt(start);
  if ((code === DASH || code === COLON || code === 63) && isBreak(text.charCodeAt(start + 1))) giveUp();
  const line = text.slice(start, cursor.endOfLine());
  const comment = line.indexOf(" #");
  const content = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
  if (content.endsWith(":") || content.includes(": ")) giveUp();
  cursor.at += line.length;
  const next = cursor.skipToToken();
  if (next > parent && !cursor.isAtDocumentEnd()) giveUp();
  return cursor.plainScalar(content, start);
}
