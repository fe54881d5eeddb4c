// Where values come from, as `config --explain` shows it.
import type { Span } from "../../diagnostics/index.ts";
import type { Contribution, Explanation, VariableOrigin } from "../../spec/index.ts";

/** All of them, an empty line between two; as JSON an array. */
export function formatExplanations(explanations: readonly Explanation[], format: "yaml" | "json"): string {
  if (format === "json") return `${JSON.stringify(explanations, undefined, 2)}\n`;
  return explanations.map(formatExplanation).join("\n");
}

function formatExplanation({ path, value, origin, overridden }: Explanation): string {
  const lines = [`${path.join(".")}: ${JSON.stringify(value)}`];
  if (origin === undefined) lines.push("  implied: no file says it");
  else lines.push(...describe("from", origin));
  for (const other of overridden) lines.push(...describe("overrides", other));
  return `${lines.join("\n")}\n`;
}

function describe(word: string, { span, written, variables }: Contribution): readonly string[] {
  const lines = [`  ${word} ${place(span)}`, `    | ${written}`];
  for (const variable of variables) lines.push(`    ${describeVariable(variable)}`);
  return lines;
}

function describeVariable({ name, value, from }: VariableOrigin): string {
  if (from === "unset") return `${name} is not set`;
  const source =
    from === "environment" ? "the environment" : from === "default" ? "the default" : place(from);
  return `${name}=${JSON.stringify(value)} from ${source}`;
}

function place({ file, line, column }: Span): string {
  return `${file}:${line}:${column}`;
}
