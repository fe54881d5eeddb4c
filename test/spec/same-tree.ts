// Reads text with both YAML readers, for tests that they agree.
import type { Node } from "../../src/spec/node.ts";
import { parseThoroughly } from "../../src/spec/parse.ts";
import { readQuickly } from "../../src/spec/quick-yaml/block.ts";
import { createReport } from "../../src/spec/report.ts";

/** A tree as plain values. Where mappings and lists end, and where an empty value stands, is nowhere shown. */
function describeNode(node: Node): unknown {
  if (node.kind === "scalar") {
    const { value, text, isFloat, tag, place } = node;
    return { value, text, isFloat, tag, ...(value !== null && { start: place?.start, end: place?.end }) };
  }
  const { tag, place } = node;
  if (node.kind === "seq") return { tag, start: place?.start, items: node.items.map(describeNode) };
  const entries = [...node.entries].map(([key, entry]) => {
    const { start, end } = entry.keyPlace ?? {};
    return { key, start, end, value: describeNode(entry.value) };
  });
  return { tag, start: place?.start, entries };
}

/** What each reader makes of text; undefined when the quick one leaves it to the thorough one. */
export function readBoth(text: string): { readonly quick: unknown; readonly thorough: unknown } | undefined {
  const source = { name: "compose.yaml", path: "/project/compose.yaml", text };
  const quick = readQuickly(source);
  if (quick === undefined) return undefined;
  const report = createReport();
  const thorough = parseThoroughly(source, report);
  return {
    quick: { nodes: quick.map(describeNode), diagnostics: [] },
    thorough: { nodes: thorough.map(describeNode), diagnostics: report.sorted() },
  };
}
