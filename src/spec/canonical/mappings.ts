// `K=V` lists and mappings of text: environment, labels, build arguments, driver options.
import type { Transform, TransformContext } from "./transform.ts";
import type { MapNode, Node } from "../node.ts";
import { isNull, mapChildren, scalar, scalarText } from "../node.ts";
import { asMapping } from "../mapping.ts";

/** `environment` and `build.args`: a value that is not given stays null and is looked up later. */
export const canonicalEnvironment: Transform = (node, context) => {
  const mapping = asMapping(node, "null");
  if (mapping === undefined) return node;
  if (node.kind === "seq") reportTrailingSpaces(mapping, context);
  return mapChildren(mapping, (value) => textOf(value));
};

/** Labels and their like: a value that is not given is empty text. */
export const canonicalLabels: Transform = (node) => {
  const mapping = asMapping(node, "empty");
  return mapping === undefined ? node : withTextValues(mapping);
};

/** Options of drivers, which have no list form: text, with null as empty text. */
export const canonicalOptions: Transform = (node) => (node.kind === "map" ? withTextValues(node) : node);

function withTextValues(mapping: MapNode): Node {
  return mapChildren(mapping, (value) => (isNull(value) ? scalar("", value.place) : textOf(value)));
}

function textOf(value: Node): Node {
  if (value.kind !== "scalar" || value.value === null || typeof value.value === "string") return value;
  return scalar(scalarText(value) ?? "", value.place);
}

function reportTrailingSpaces(mapping: MapNode, { path, report }: TransformContext): void {
  for (const [key, { keyPlace }] of mapping.entries) {
    if (!/\s$/.test(key)) continue;
    report.error("invalid-value", `environment variable ${key} is declared with a trailing space`, {
      place: keyPlace,
      path: [...path, key],
    });
  }
}
