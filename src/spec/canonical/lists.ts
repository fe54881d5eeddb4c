// Values that may be given as one or as a list, and lists of names that stand for mappings.
import type { Transform } from "./transform.ts";
import type { Node } from "../node.ts";
import { isNull, mapChildren, mapOf, scalar, seq, stringValue, withEntry } from "../node.ts";
import { asList, namesAsMapping, startedDependency } from "../mapping.ts";
import { asText } from "./scalar-units.ts";

/** One value or a list -> a list. */
export const canonicalList: Transform = (node) => asList(node) ?? node;

/** A list without null and empty items: `dns: ["${DNS:-}"]` asks for nothing. */
export const nonEmptyList: Transform = (node) => {
  const list = asList(node);
  if (list === undefined) return node;
  return seq(
    list.items.filter((item) => !isNull(item) && stringValue(item) !== ""),
    list.place,
  );
};

/** A list of names -> a mapping of nulls (`networks`, `models`). */
export const canonicalNames: Transform = (node) =>
  namesAsMapping(node, (item) => scalar(null, item.place)) ?? node;

/** `depends_on`: names or mappings -> mappings in which `required` is said. */
export const canonicalDependencies: Transform = (node) => {
  const mapping = namesAsMapping(node, startedDependency);
  if (mapping === undefined) return node;
  return mapChildren(mapping, (value) => {
    if (value.kind !== "map" || value.entries.has("required")) return value;
    return withEntry(value, "required", scalar(true, value.place));
  });
};

/** `secrets`, `configs` of a service and `build.secrets`: names -> `{source}`. */
export const canonicalFileMounts: Transform = (node) =>
  eachText(node, (item) => mapOf({ source: item }, item.place));

/** `env_file`: a path or a list of paths -> a list of `{path}`. */
export const canonicalEnvFiles: Transform = (node) =>
  eachText(asList(node) ?? node, (item) => mapOf({ path: item }, item.place));

/** `provider.options`: one value or a list -> a list of text. */
export const canonicalProviderOption: Transform = (node, context) => {
  const list = asList(node);
  return list === undefined ? node : mapChildren(list, (item) => asText(item, context));
};

function eachText(node: Node, change: (item: Node) => Node): Node {
  if (node.kind !== "seq") return node;
  return mapChildren(node, (item) => (stringValue(item) === undefined ? item : change(item)));
}
