// A merged document made canonical and complete: short forms become long ones, values say what they leave unsaid, repeated items of
// lists are dropped, and paths of the host become absolute. One walk does all of it.
import { canonicalRules } from "./canonical/rules.ts";
import type { Transform } from "./canonical/transform.ts";
import type { Default } from "./defaults.ts";
import { defaultRules } from "./defaults.ts";
import type { History } from "./history.ts";
import type { Node, NodePath } from "./node.ts";
import { applyRules, joinedTable } from "./path-table.ts";
import type { PathContext, Resolve } from "./paths.ts";
import { pathRules } from "./paths.ts";
import type { Report } from "./report.ts";
import type { KeyOf } from "./unicity.ts";
import { identityRules, withoutRepeated } from "./unicity.ts";

interface Steps {
  readonly canonical: Transform;
  readonly unsaid: Default;
  readonly keyOf: KeyOf;
  readonly resolve: Resolve;
}

const table = joinedTable<Steps>({
  // In the order in which they apply to a value.
  canonical: canonicalRules,
  unsaid: defaultRules,
  keyOf: identityRules,
  resolve: pathRules,
});

/** What completing needs besides the document. */
export interface CompletionContext {
  readonly report: Report;
  /** Variables were not filled in: what is malformed may well be right once they are, so it stays as written, and nothing is said. */
  readonly hasVariables: boolean;
  readonly history?: History | undefined;
  /** Where paths are resolved; they stay as they are without. */
  readonly paths?: PathContext | undefined;
}

/** The document in canonical form and complete. What is malformed is reported and left out or as it is. */
export function complete(root: Node, context: CompletionContext): Node {
  return applyRules(root, table, (steps, node, path) => applySteps(steps, node, path, context));
}

/** The document in canonical form and with its paths resolved, to be merged with another before it is completed. */
export function canonicalise(root: Node, context: CompletionContext): Node {
  return applyRules(root, table, ({ canonical, resolve }, node, path) =>
    applySteps({ canonical, resolve }, node, path, context),
  );
}

function applySteps(
  { canonical, unsaid, keyOf, resolve }: { readonly [Name in keyof Steps]?: Steps[Name] | undefined },
  node: Node,
  path: NodePath,
  context: CompletionContext,
): Node {
  let made = node;
  if (canonical !== undefined) made = canonicalValue(canonical, made, path, context);
  if (unsaid !== undefined) made = unsaid(made);
  if (keyOf !== undefined) made = withoutRepeated(made, keyOf, context.history);
  if (resolve !== undefined && context.paths !== undefined) made = resolve(made, context.paths, path);
  return made;
}

function canonicalValue(
  canonical: Transform,
  node: Node,
  path: NodePath,
  { report, hasVariables }: CompletionContext,
): Node {
  if (!hasVariables) return canonical(node, { path, report });
  let isMalformed = false;
  const quiet = { ...report, error: () => (isMalformed = true) };
  const made = canonical(node, { path, report: quiet });
  return isMalformed ? node : made;
}
