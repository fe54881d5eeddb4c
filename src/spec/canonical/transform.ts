import type { Node, NodePath } from "../node.ts";
import type { Report } from "../report.ts";

/** Where a value stands and where to say what is wrong with it. */
export interface TransformContext {
  readonly path: NodePath;
  readonly report: Report;
}

/**
 * Makes a value canonical. A value of a kind that the schema refuses comes back as it is; a malformed one is reported. A
 * canonical value comes back unchanged.
 */
export type Transform = (node: Node, context: TransformContext) => Node;
