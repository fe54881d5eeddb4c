// Entries of the top level: networks, volumes, secrets, configs.
import type { Transform } from "./transform.ts";
import { child, isNull, mapOf, scalar, stringValue, withEntry } from "../node.ts";

/** `external: {name: x}`, the old form, -> `external: true` and `name: x`. Null -> an empty mapping. */
export const canonicalResource: Transform = (node, { path, report }) => {
  if (isNull(node)) return mapOf({}, node.place);
  if (node.kind !== "map") return node;
  const external = child(node, "external");
  if (external?.kind !== "map") return node;
  const where = path.join(".");
  const keyPlace = node.entries.get("external")?.keyPlace;
  report.warn("deprecated", `${where}: external.name is deprecated. Please set name and external: true`, {
    place: keyPlace,
    path: [...path, "external"],
  });
  const marked = withEntry(node, "external", scalar(true, external.place));
  const name = child(external, "name");
  if (name === undefined) return marked;
  const own = child(node, "name");
  if (own !== undefined && stringValue(own) !== stringValue(name)) {
    report.error("conflict", `${where}: name and external.name conflict; only use name`, {
      place: own.place,
      path: [...path, "name"],
      related: [{ message: "external.name is given here", place: name.place }],
    });
  }
  return withEntry(marked, "name", name, keyPlace);
};
