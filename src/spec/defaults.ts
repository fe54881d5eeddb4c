// What a canonical document leaves unsaid and every reader needs said: where a build looks, where a secret goes.
import type { Node } from "./node.ts";
import { child, mapOf, scalar, scalarText, stringValue, withEntry, withoutEntry } from "./node.ts";
import type { Rules } from "./path-table.ts";

/** Says what a canonical value leaves unsaid. Defaults that depend on other elements come with normalising. */
export type Default = (node: Node) => Node;

/** The values that have defaults. */
export const defaultRules: Rules<Default> = {
  "services.*.build": completeBuild,
  "services.*.secrets.[]": completeSecret,
  "services.*.volumes.[].bind": (node) => withoutTruth(node, "create_host_path"),
  "services.*.env_file.[]": (node) => withoutTruth(node, "required"),
};

function completeBuild(node: Node): Node {
  if (node.kind !== "map") return node;
  let build = node;
  if (!build.entries.has("context")) build = withEntry(build, "context", scalar(".", node.place));
  if (isUnsaid(child(build, "dockerfile")) && !build.entries.has("dockerfile_inline")) {
    build = withEntry(build, "dockerfile", scalar("Dockerfile", node.place));
  }
  return build;
}

/** Text may have become empty when a variable was filled in. */
function isUnsaid(node: Node | undefined): boolean {
  return node === undefined || stringValue(node) === "";
}

function completeSecret(node: Node): Node {
  const source = child(node, "source");
  if (node.kind !== "map" || node.entries.has("target") || source?.kind !== "scalar") return node;
  return withEntry(node, "target", scalar(`/run/secrets/${scalarText(source) ?? ""}`, source.place));
}

/** Drops a flag that says what its absence says as well. */
function withoutTruth(node: Node, key: string): Node {
  const value = child(node, key);
  if (node.kind !== "map" || value?.kind !== "scalar" || value.value !== true) return node;
  return node.entries.size === 1 ? mapOf({}, node.place) : withoutEntry(node, key);
}
