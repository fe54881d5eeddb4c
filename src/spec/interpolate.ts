// Fills variables in and reads text at typed places as numbers and booleans. Keys are never touched.
import type { CastType } from "./cast.ts";
import { castTable, castText } from "./cast.ts";
import type { History } from "./history.ts";
import type { VariableUse } from "./host.ts";
import type { Node, NodePath, ScalarNode } from "./node.ts";
import { mapEntries, mapItems, withValue } from "./node.ts";
import type { PathTable } from "./path-table.ts";
import { belowKey, stepInto } from "./path-table.ts";
import type { Report } from "./report.ts";
import type { Lookup, Template, TemplateProblem } from "./template.ts";
import { parseTemplate, substituteIn, variablesOf } from "./template.ts";
import { usedVariables } from "./used-variables.ts";

/** What substitution needs besides the document. */
export interface InterpolationContext {
  readonly lookup: Lookup;
  readonly report: Report;
  /** Hears of every variable that the document mentions, once for each text that mentions it. */
  readonly onVariable: (use: VariableUse) => void;
  /** False: variables stay as written, and only text without any is cast. */
  readonly isEnabled: boolean;
  readonly history?: History | undefined;
}

/** What a walk takes along. */
interface Walk extends InterpolationContext {
  /** Templates that occurred already: many are the same in each service. */
  readonly templates: Map<string, Template>;
}

type Casts = PathTable<CastType> | undefined;

/** The document with its variables filled in. */
export function interpolate(root: Node, context: InterpolationContext): Node {
  // One path for the whole walk, longer and shorter as it goes; whoever keeps it copies it.
  const path: string[] = [];
  const walk: Walk = { ...context, templates: new Map() };
  const visitBelow = stepInto<Casts>(path, visit);
  function visit(node: Node, table: Casts): Node {
    if (node.kind === "scalar") return interpolateScalar(node, table?.rule, path, walk);
    return node.kind === "seq"
      ? mapItems(node, visitChild, table?.items)
      : mapEntries(node, visitEntry, table);
  }
  function visitEntry(value: Node, key: string, table: Casts): Node {
    return visitChild(value, key, table && belowKey(table, key));
  }
  function visitChild(value: Node, key: string, table: Casts): Node {
    // Most are text without variables.
    return table?.rule === undefined && isPlainText(value) ? value : visitBelow(value, key, table);
  }
  return visit(root, castTable);
}

function isPlainText(node: Node): boolean {
  return node.kind === "scalar" && (typeof node.value !== "string" || !node.value.includes("$"));
}

function interpolateScalar(
  node: ScalarNode,
  type: CastType | undefined,
  path: NodePath,
  context: Walk,
): ScalarNode {
  if (typeof node.value === "number" && type === "integer") return checkWhole(node, path, context.report);
  if (typeof node.value !== "string") return node;
  const text = fillIn(node, path, context);
  if (text === undefined) return node;
  if (type === undefined || (!context.isEnabled && text.includes("$"))) {
    return text === node.value ? node : withValue(node, text);
  }
  const { report } = context;
  const cast = castText(text, type);
  const where = path.join(".");
  if (!cast.ok) {
    const found = text === node.value ? `"${text}"` : `"${text}" (from \`${node.value}\`)`;
    report.error("cast", `${where} must be ${cast.expected}, not ${found}`, { place: node.place, path });
    return node;
  }
  if (cast.isLoose === true) {
    const hint = `write \`${String(cast.value)}\``;
    report.warn("cast", `"${text}" for boolean ${where} is not supported by YAML 1.2`, {
      place: node.place,
      path,
      hint,
    });
  }
  return withValue(node, cast.value);
}

/** Engines count in whole numbers, even where the schema would have any. */
function checkWhole(node: ScalarNode, path: NodePath, report: Report): ScalarNode {
  if (Number.isInteger(node.value)) return node;
  const message = `${path.join(".")} must be an integer, not ${String(node.value)}`;
  report.error("cast", message, { place: node.place, path });
  return node;
}

function fillIn(node: ScalarNode, path: NodePath, context: Walk): string | undefined {
  const template = String(node.value);
  if (!template.includes("$")) return template;
  const parsed = parsedOnce(template, context);
  if (!context.isEnabled) return template;
  const { history } = context;
  if (history !== undefined)
    history.filledIn(
      node.place,
      usedVariables(template, context.lookup, (name, value) => history.origin(name, value)),
    );
  const result = substituteIn(parsed, template, context.lookup, (name) => {
    const message = `The "${name}" variable is not set. Defaulting to a blank string.`;
    context.report.warn("variable-unset", message, { place: node.place, path });
  });
  if (result.ok) return result.text;
  reportProblem(result.problem, node, path, context.report);
  return undefined;
}

function parsedOnce(template: string, { templates, onVariable }: Walk): Template {
  const known = templates.get(template);
  if (known !== undefined) return known;
  const parsed = parseTemplate(template);
  for (const use of variablesOf(parsed)) onVariable(use);
  templates.set(template, parsed);
  return parsed;
}

function reportProblem(problem: TemplateProblem, node: ScalarNode, path: NodePath, report: Report): void {
  const where = path.join(".");
  if (problem.kind === "syntax") {
    report.error("interpolation-syntax", `invalid interpolation format for ${where}: ${problem.template}`, {
      place: node.place,
      path,
      hint: "a `$` that is meant as such is written `$$`",
    });
    return;
  }
  const reason = problem.message === "" ? "" : `: ${problem.message}`;
  report.error("variable-required", `required variable ${problem.name} is missing a value${reason}`, {
    place: node.place,
    path,
  });
}
