// `volumes` of a service: `[source:]target[:options]` -> a mapping with a type.
import type { Node, Place } from "../node.ts";
import { child, mapOf, scalar, seq, stringValue, withEntry } from "../node.ts";
import { cleanContainerPath } from "../paths.ts";
import type { Transform } from "./transform.ts";

const PROPAGATIONS = new Set(["private", "rprivate", "shared", "rshared", "slave", "rslave"]);

/** Every short entry in its long form; the targets of all without `.`, `..` and doubled slashes. */
export const canonicalVolumes: Transform = (node, { path, report }) => {
  if (node.kind !== "seq") return node;
  const items: Node[] = [];
  node.items.forEach((item, index) => {
    const text = stringValue(item);
    if (text === undefined) {
      if (item.kind === "map" && !item.entries.has("target")) {
        const at = [...path, String(index)];
        report.error("schema", `${at.join(".")} needs a \`target\``, { place: item.place, path: at });
      }
      items.push(cleanTarget(item));
      return;
    }
    const fields = splitFields(text);
    const problem = problemOf(fields, text);
    if (problem === undefined) items.push(longForm(fields, item.place));
    else report.error("invalid-value", problem, { place: item.place, path: [...path, String(index)] });
  });
  return seq(items, node.place);
};

function cleanTarget(item: Node): Node {
  const target = child(item, "target");
  const text = stringValue(target);
  if (item.kind !== "map" || text === undefined || text === "") return item;
  const clean = cleanContainerPath(text);
  return clean === text ? item : withEntry(item, "target", scalar(clean, target?.place));
}

/** Begins a field that may be the path of a Windows drive. */
const DRIVE = /(?:^|:)[A-Za-z]:/;

/** Splits at colons, but not after the letter of a Windows drive, and not within `${…}` that was not filled in. */
function splitFields(text: string): readonly string[] {
  if (text.length <= 2) return [text];
  if (!text.includes("${") && !DRIVE.test(text)) return text.split(":");
  const fields: string[] = [];
  let field = "";
  let depth = 0;
  for (const char of text) {
    if (char === "{" && (depth > 0 || field.endsWith("$"))) depth++;
    else if (char === "}" && depth > 0) depth--;
    const isDrive = char === ":" && /^[A-Za-z]$/.test(field) && fields.length < 2;
    if (char !== ":" || isDrive || depth > 0) {
      field += char;
      continue;
    }
    fields.push(field);
    field = "";
  }
  return [...fields, field];
}

function problemOf(fields: readonly string[], text: string): string | undefined {
  if (text === "") return "invalid empty volume spec";
  if (fields.includes("")) return `invalid spec: ${text}: empty section between colons`;
  if (fields.length > 3) return `invalid spec: ${text}: too many colons`;
  return undefined;
}

function longForm(fields: readonly string[], place: Place | undefined): Node {
  const [first = "", second, options = ""] = fields;
  const source = second === undefined ? undefined : first;
  const isBind = source !== undefined && isHostPath(source);
  let isReadOnly = false;
  const bind: Record<string, Node> = {};
  const volume: Record<string, Node> = {};
  for (const option of options === "" ? [] : options.split(",")) {
    if (option === "ro") isReadOnly = true;
    else if (option === "nocopy") volume["nocopy"] = scalar(true, place);
    else if (option === "z" || option === "Z") bind["selinux"] = scalar(option, place);
    else if (PROPAGATIONS.has(option)) bind["propagation"] = scalar(option, place);
  }
  return mapOf(
    {
      type: scalar(isBind ? "bind" : "volume", place),
      source: source === undefined ? undefined : scalar(source, place),
      target: scalar(cleanContainerPath(second ?? first), place),
      read_only: isReadOnly ? scalar(true, place) : undefined,
      bind: isBind || Object.keys(bind).length > 0 ? mapOf(bind, place) : undefined,
      volume: !isBind || Object.keys(volume).length > 0 ? mapOf(volume, place) : undefined,
    },
    place,
  );
}

function isHostPath(source: string): boolean {
  return /^(?:[./~]|\\\\|[A-Za-z]:[\\/])/.test(source);
}
