// Quoted scalars on one line, and block scalars.
import type { ScalarNode } from "../node.ts";
import type { Cursor } from "./cursor.ts";
import { giveUp, NEWLINE, SPACE } from "./cursor.ts";

const DOUBLE_QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/y;
const SINGLE_QUOTED = /'(?:[^'\n]|'')*'/y;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/g;
const ESCAPED: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  e: "\u001b",
  "0": "\0",
  '"': '"',
  "\\": "\\",
  "/": "/",
  " ": " ",
};

/** The text of the quoted scalar here; the cursor moves behind it. */
export function quotedText(cursor: Cursor): string {
  const isDouble = cursor.text.charAt(cursor.at) === '"';
  const pattern = isDouble ? DOUBLE_QUOTED : SINGLE_QUOTED;
  pattern.lastIndex = cursor.at;
  if (!pattern.test(cursor.text)) return giveUp();
  const inner = cursor.text.slice(cursor.at + 1, pattern.lastIndex - 1);
  cursor.at = pattern.lastIndex;
  if (!isDouble) return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
  if (!inner.includes("\\")) return inner;
  return inner.replaceAll(ESCAPE, (_, code: string | undefined, char: string) =>
    code === undefined ? (ESCAPED[char] ?? giveUp()) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

export function quotedScalar(cursor: Cursor): ScalarNode {
  const start = cursor.at;
  const value = quotedText(cursor);
  cursor.size++;
  return { kind: "scalar", value, place: cursor.place(start, cursor.at) };
}

const HEADER = /[|>][-+]?(?= *\n)/y;

/** A block scalar (`|`, `>`) whose content is indented more than `parent`. */
export function blockScalar(cursor: Cursor, parent: number): ScalarNode {
  const { text } = cursor;
  HEADER.lastIndex = cursor.at;
  const header = HEADER.exec(text)?.[0];
  // As a whole document it would have to look for the markers of documents; no Compose file is one.
  if (header === undefined || parent < 0) return giveUp();
  const start = cursor.at;
  cursor.at = cursor.endOfLine() + 1;
  const { lines, end } = contentLines(cursor, parent);
  let trailing = 0;
  while (lines.at(-1) === "") {
    lines.pop();
    trailing++;
  }
  if (lines.length === 0) return giveUp();
  const content = header.startsWith("|") ? lines.join("\n") : fold(lines);
  const ending = header.endsWith("-") ? "" : header.endsWith("+") ? "\n".repeat(trailing + 1) : "\n";
  cursor.size++;
  return {
    kind: "scalar",
    value: content + ending,
    place: cursor.place(start, header.endsWith("+") ? cursor.at : end),
  };
}

/** The lines without their indentation, and where the last one that is not blank ends; the cursor moves to the line after them all. */
function contentLines(cursor: Cursor, parent: number): { lines: string[]; end: number } {
  const { text } = cursor;
  const lines: string[] = [];
  let contentEnd = cursor.at;
  let indent: number | undefined;
  let blankWidth = 0;
  while (cursor.at < text.length) {
    const lineStart = cursor.at;
    const end = text.indexOf("\n", lineStart);
    if (end < 0) return giveUp();
    let first = lineStart;
    while (text.charCodeAt(first) === SPACE) first++;
    const width = first - lineStart;
    const isBlank = text.charCodeAt(first) === NEWLINE;
    if (isBlank && indent === undefined) blankWidth = Math.max(blankWidth, width);
    if (!isBlank && indent === undefined && width > parent) {
      if (width < blankWidth) giveUp();
      indent = width;
    }
    if (!isBlank && width < (indent ?? 0)) {
      if (width > parent) giveUp();
      break;
    }
    if (!isBlank && indent === undefined) break;
    lines.push(isBlank && width <= (indent ?? width) ? "" : text.slice(lineStart + (indent ?? 0), end));
    cursor.at = end + 1;
    if (!isBlank) contentEnd = cursor.at;
  }
  cursor.lineStart = cursor.at;
  return { lines, end: contentEnd };
}

/** Lines joined by blanks, empty lines kept as line breaks. */
function fold(lines: readonly string[]): string {
  let folded = "";
  let breaks = 0;
  let isFirst = true;
  for (const line of lines) {
    if (line.startsWith(" ")) giveUp();
    if (line === "") {
      breaks++;
      continue;
    }
    if (!isFirst && breaks === 0) folded += " ";
    folded += "\n".repeat(breaks) + line;
    breaks = 0;
    isFirst = false;
  }
  return folded;
}
