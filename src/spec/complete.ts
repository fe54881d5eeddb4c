// A merged document made canonical and complete: short forms become long ones, values say what they leave unsaid, and repeated items of
// lists are dropped. One walk does all three.
import { canonicalRules } from "./canonical/rules.ts";
import type { Transform } from "./canonical/transform.ts";
import type { Default } from "./defaults.ts";
import { defaultRules } from "./defaults.ts";
import type { History } from "./history.ts";
import type { Node, NodePath } from "./node.ts";
import { applyRules, joinedTable } from "./path-table.ts";
import type { Report } from "./report.ts";
import type { KeyOf } from "./unicity.ts";
import { identityRules, withoutRepeated } from "./unicity.ts";

const table = joinedTable<{ readonly canonical: Transform; readonly unsaid: Default; readonly keyOf: KeyOf }>(
  // In the order in which they apply to a value.
  { canonical: canonicalRules, unsaid: defaultRules, keyOf: identityRules },
);

/** What completing needs besides the document. */
export interface CompletionContext {
  readonly report: Report;
  /** Variables were not filled in: what is malformed may well be right once they are, so it stays as written, and nothing is said. */
  readonly hasVariables: boolean;
  readonly history?: History | undefined;
}

/** The document in canonical form and complete. What is malformed is reported and left out or as it is. */
export function complete(root: Node, context: CompletionContext): Node {
  return applyRules(root, table, ({ canonical, unsaid, keyOf }, node, path) => {
    let made = node;
    if (canonical !== undefined) made = canonicalValue(canonical, made, path, context);
    if (unsaid !== undefined) made = unsaid(made);
    return keyOf === undefined ? made : withoutRepeated(made, keyOf, context.history);
  });
}

/** The document in canonical form, to be merged with another before it is completed. */
export function canonicalise(root: Node, context: CompletionContext): Node {
  return applyRules(root, table, ({ canonical }, node, path) =>
    canonical === undefined ? node : canonicalValue(canonical, node, path, context),
  );
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
