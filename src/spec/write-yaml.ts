// Plain values -> block YAML. Small and fast because it has few things to write: no anchors, no comments, no tags.
import { resolvePlainScalar } from "./resolve-scalar.ts";

/** The YAML text of a value made of records, arrays and scalars; indented by two, ending in a newline. */
export function writeYaml(value: unknown): string {
  const lines: string[] = [];
  writeBlock(value, "", lines);
  return `${lines.join("\n")}\n`;
}

function writeBlock(value: unknown, indent: string, lines: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) writeItem(item, indent, lines);
    return;
  }
  for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
    const name = `${indent}${writeText(key)}:`;
    if (isEmptyOrScalar(item)) lines.push(`${name} ${writeScalar(item)}`);
    else {
      lines.push(name);
      writeBlock(item, `${indent}  `, lines);
    }
  }
}

/** A list item: its first line follows the dash. */
function writeItem(item: unknown, indent: string, lines: string[]): void {
  if (isEmptyOrScalar(item)) {
    lines.push(`${indent}- ${writeScalar(item)}`);
    return;
  }
  const start = lines.length;
  writeBlock(item, `${indent}  `, lines);
  lines[start] = `${indent}- ${(lines[start] ?? "").slice(indent.length + 2)}`;
}

function isEmptyOrScalar(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

function writeScalar(value: unknown): string {
  if (Array.isArray(value)) return "[]";
  if (typeof value === "string") return writeText(value);
  if (typeof value === "object" && value !== null) return "{}";
  return String(value);
}

/** Words that other YAML readers take for booleans. */
const OLD_BOOLEANS = /^(?:y|n|yes|no|on|off)$/i;
const SAFE = /^[\w./$][\w./@$+=,~()<>-]*(?:[ :][\w./@$+=,~()<>-]+)*$/;

function writeText(text: string): string {
  const isPlain = SAFE.test(text) && !OLD_BOOLEANS.test(text) && resolvePlainScalar(text).value === text;
  // JSON's escapes are all YAML's as well; dates and times are quoted, because other readers have types for them.
  return isPlain && !/^\d+(?:[-:]\d+)+/.test(text) ? text : JSON.stringify(text);
}
