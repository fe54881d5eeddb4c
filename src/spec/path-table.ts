// Rules by place in the document: `services.*.ports.[].target` -> rule. A walk carries the table's node along, so finding the
// rule for a value costs one map look-up per step, however many rules there are.
import type { Node, NodePath } from "./node.ts";
import { mapChildren } from "./node.ts";

/** A point in a table of path patterns. `*` matches any key, `[]` any list item; a literal key goes before `*`. */
export interface PathTable<Rule> {
  /** The rule for exactly this place. */
  readonly rule: Rule | undefined;
  /** The table below a mapping's key; undefined when no pattern continues there. */
  key(name: string): PathTable<Rule> | undefined;
  /** The table below any item of a list. */
  item(): PathTable<Rule> | undefined;
}

interface Branch<Rule> {
  rule: Rule | undefined;
  readonly children: Map<string, Branch<Rule>>;
}

/** Compiles patterns, each a dotted path. Several patterns may share one line, separated by spaces. */
export function pathTable<Rule>(rules: Readonly<Record<string, Rule>>): PathTable<Rule> {
  const root: Branch<Rule> = { rule: undefined, children: new Map() };
  for (const [patterns, rule] of Object.entries(rules)) {
    for (const pattern of patterns.split(/\s+/)) {
      let branch = root;
      for (const step of pattern.split(".")) {
        let next = branch.children.get(step);
        if (next === undefined) {
          next = { rule: undefined, children: new Map() };
          branch.children.set(step, next);
        }
        branch = next;
      }
      branch.rule = rule;
    }
  }
  return freeze(root);
}

function freeze<Rule>(branch: Branch<Rule>): PathTable<Rule> {
  const children = new Map([...branch.children].map(([step, below]) => [step, freeze(below)]));
  const anyKey = children.get("*");
  const anyItem = children.get("[]");
  return {
    rule: branch.rule,
    key: (name) => (name === "[]" || name === "*" ? anyKey : (children.get(name) ?? anyKey)),
    item: () => anyItem,
  };
}

/**
 * The tree with each node changed by the rule for its place, parents before what is in them. There is one `path` for the whole
 * walk, longer and shorter as it goes: whoever keeps it copies it.
 */
export function applyRules<Rule>(
  root: Node,
  rules: PathTable<Rule>,
  apply: (rule: Rule, node: Node, path: NodePath) => Node,
): Node {
  const path: string[] = [];
  const visit = (node: Node, table: PathTable<Rule>): Node => {
    const own = table.rule === undefined ? node : apply(table.rule, node, path);
    return mapChildren(own, (value, key) => {
      const below = own.kind === "seq" ? table.item() : table.key(key);
      if (below === undefined) return value;
      path.push(key);
      const next = visit(value, below);
      path.pop();
      return next;
    });
  };
  return visit(root, rules);
}
