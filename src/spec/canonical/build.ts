// `build`: a context on its own, and the parts of a build that have forms of their own.
import type { Transform } from "./transform.ts";
import type { Node } from "../node.ts";
import { isNull, mapOf, scalar, scalarText, seq, stringValue } from "../node.ts";
import { asMapping } from "../mapping.ts";

/** `build: dir` -> `{context: dir}`. */
export const canonicalBuild: Transform = (node) => {
  const context = stringValue(node);
  return context === undefined ? node : mapOf({ context: node }, node.place);
};

/** `build.ssh`: a list or mapping -> a list of `default` and `id=path`. */
export const canonicalSsh: Transform = (node, { path, report }) => {
  const mapping = asMapping(node, "empty");
  if (mapping === undefined) return node;
  const items: Node[] = [];
  for (const [id, { keyPlace, value }] of mapping.entries) {
    const socket = value.kind === "scalar" ? (scalarText(value) ?? "") : "";
    if (socket === "" && id !== "default") {
      const message = `invalid ssh key "${id}": it needs a path`;
      report.error("invalid-value", message, { place: keyPlace, path, hint: `write \`${id}=<path>\`` });
      continue;
    }
    const place = isNull(value) ? keyPlace : value.place;
    items.push(scalar(socket === "" ? id : `${id}=${socket}`, place));
  }
  return seq(items, node.place);
};
