// Values with a unit, and values that are text in the canonical form whatever they were written as.
import type { Node } from "../node.ts";
import { scalar, scalarText } from "../node.ts";
import { formatDuration, formatFileMode, parseBytes, parseDuration, parseFileMode } from "../scalars.ts";
import type { Transform } from "./transform.ts";

/** A byte size as a string of digits. */
export const canonicalBytes: Transform = (node, { path, report }) => {
  if (node.kind !== "scalar" || typeof node.value === "boolean") return node;
  const text = scalarText(node);
  if (text === undefined) return node;
  const bytes = bytesText(text);
  if (bytes !== undefined) return scalar(bytes, node.place);
  report.error("invalid-value", `${path.join(".")}: invalid size: '${text}'`, {
    place: node.place,
    path,
    hint: "a number of bytes, or a number with a unit: `64k`, `512m`, `1.5gb`",
  });
  return node;
};

/** Engines count bytes in 64 bits: to the last digit where all digits are given. Undefined for more than fits, or no size. */
function bytesText(text: string): string | undefined {
  const parsed = parseBytes(text);
  if (parsed === undefined) return undefined;
  const bytes = /^[-+]?\d+$/.test(text) ? BigInt(text.replace("+", "")) : BigInt(parsed);
  return BigInt.asIntN(64, bytes) === bytes ? bytes.toString() : undefined;
}

/** A duration in Go's form. */
export const canonicalDuration: Transform = (node, { path, report }) => {
  if (node.kind !== "scalar" || typeof node.value !== "string") return node;
  const nanoseconds = parseDuration(node.value);
  if (nanoseconds !== undefined) return scalar(formatDuration(nanoseconds), node.place);
  report.error("invalid-value", `${path.join(".")}: invalid duration "${node.value}"`, {
    place: node.place,
    path,
    hint: "a number with a unit, or several: `500ms`, `30s`, `1m30s`, `2h`",
  });
  return node;
};

/** A file mode as octal digits. A YAML number is taken as it is: YAML has read `0440` as octal already. */
export const canonicalFileMode: Transform = (node, context) => {
  const mode = fileMode(node, context);
  return mode === undefined ? node : scalar(formatFileMode(mode), node.place);
};

/** A file mode as a number. */
export const numericFileMode: Transform = (node, context) => {
  const mode = fileMode(node, context);
  return mode === undefined ? node : scalar(mode, node.place);
};

function fileMode(node: Node, { path, report }: Parameters<Transform>[1]): number | undefined {
  if (node.kind !== "scalar" || node.value === null || typeof node.value === "boolean") return undefined;
  const isNumber = typeof node.value === "number";
  const mode = isNumber ? wholeNumber(node.value) : parseFileMode(node.value);
  if (mode === undefined) {
    const found = isNumber ? String(node.value) : `"${node.value}"`;
    report.error("invalid-value", `${path.join(".")}: invalid file mode ${found}`, {
      place: node.place,
      path,
      hint: 'octal digits, such as "0440"',
    });
  }
  return mode;
}

function wholeNumber(value: number): number | undefined {
  return Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** Numbers and booleans as text. */
export const asText: Transform = (node) => {
  if (node.kind !== "scalar" || node.value === null || typeof node.value === "string") return node;
  return scalar(scalarText(node) ?? "", node.place);
};
