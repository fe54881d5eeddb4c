// Plain values -> block YAML. Small and fast because it has few things to write: no anchors, no comments, no tags.
import { resolvePlainScalar } from "./resolve-scalar.ts";

/** The YAML text of a value made of records, arrays and scalars; indented by two, ending in a newline. */
export function writeYaml(value: unknown): string {
  const document: Document = { lines: [], written: new Map() };
  writeBlock(value, "", document);
  return `${document.lines.join("\n")}\n`;
}

interface Document {
  readonly lines: string[];
  /** How texts are written: most of a large document are a few, again and again. */
  readonly written: Map<string, string>;
}

function writeBlock(value: unknown, indent: string, document: Document): void {
  if (Array.isArray(value)) {
    for (const item of value) writeItem(item, indent, document);
    return;
  }
  for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
    const name = `${indent}${writeText(key, document)}:`;
    if (isEmptyOrScalar(item)) document.lines.push(`${name} ${writeScalar(item, document)}`);
    else {
      document.lines.push(name);
      writeBlock(item, `${indent}  `, document);
    }
  }
}

/** A list item: its first line follows the dash. */
function writeItem(item: unknown, indent: string, document: Document): void {
  const { lines } = document;
  if (isEmptyOrScalar(item)) {
    lines.push(`${indent}- ${writeScalar(item, document)}`);
    return;
  }
  const start = lines.length;
  writeBlock(item, `${indent}  `, document);
  lines[start] = `${indent}- ${(lines[start] ?? "").slice(indent.length + 2)}`;
}

function isEmptyOrScalar(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

function writeScalar(value: unknown, document: Document): string {
  if (Array.isArray(value)) return "[]";
  if (typeof value === "string") return writeText(value, document);
  if (typeof value === "object" && value !== null) return "{}";
  return String(value);
}

/** Words that other YAML readers take for booleans. */
const OLD_BOOLEANS = /^(?:y|n|yes|no|on|off)$/i;
const SAFE = /^[\w./$][\w./@$+=,~()<>-]*(?:[ :][\w./@$+=,~()<>-]+)*$/;

function writeText(text: string, { written }: Document): string {
  const known = written.get(text);
  if (known !== undefined) return known;
  const result = quoteAsNeeded(text);
  written.set(text, result);
  return result;
}

function quoteAsNeeded(text: string): string {
  const isPlain = SAFE.test(text) && !OLD_BOOLEANS.test(text) && resolvePlainScalar(text).value === text;
  // JSON's escapes are all YAML's as well; dates and times are quoted, because other readers have types for them.
  return isPlain && !/^\d+(?:[-:]\d+)+/.test(text) ? text : JSON.stringify(text);
}
