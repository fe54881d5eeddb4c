// Rules by place in the document: `services.*.ports.[].target` -> rule. A walk carries the table's node along, so finding the
// rule for a value costs one map look-up per step, however many rules there are.
import type { Entry, MapNode, Node, NodePath } from "./node.ts";
import { copyEntries, mapEntries, mapItems } from "./node.ts";

/** A point in a table of path patterns. `*` matches any key, `[]` any list item; a literal key goes before `*`. */
export interface PathTable<Rule> {
  /** The rule for exactly this place. */
  readonly rule: Rule | undefined;
  /** The keys of a mapping below which patterns continue; undefined where that may be any. */
  readonly names: readonly string[] | undefined;
  /** The table below a mapping's key; undefined when no pattern continues there. */
  key(name: string): PathTable<Rule> | undefined;
  /** The table below any item of a list. */
  item(): PathTable<Rule> | undefined;
}

class Branch<Rule> implements PathTable<Rule> {
  rule: Rule | undefined;
  readonly #children = new Map<string, Branch<Rule>>();
  #names: readonly string[] | undefined;

  get names(): readonly string[] | undefined {
    if (this.#children.has("*")) return undefined;
    this.#names ??= [...this.#children.keys()].filter((step) => step !== "[]");
    return this.#names;
  }

  key(name: string): Branch<Rule> | undefined {
    const own = name === "[]" ? undefined : this.#children.get(name);
    return own ?? this.#children.get("*");
  }

  item(): Branch<Rule> | undefined {
    return this.#children.get("[]");
  }

  /** The branch below a step of a pattern, made where there is none. */
  grow(step: string): Branch<Rule> {
    const known = this.#children.get(step);
    if (known !== undefined) return known;
    const made = new Branch<Rule>();
    this.#children.set(step, made);
    return made;
  }
}

/** Compiles patterns, each a dotted path. Several patterns may share one line, separated by spaces. */
export function pathTable<Rule>(rules: Readonly<Record<string, Rule>>): PathTable<Rule> {
  const root = new Branch<Rule>();
  for (const [patterns, rule] of Object.entries(rules)) {
    for (const pattern of patterns.split(/\s+/)) {
      let branch = root;
      for (const step of pattern.split(".")) branch = branch.grow(step);
      branch.rule = rule;
    }
  }
  return root;
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
    if (own.kind === "scalar") return own;
    if (own.kind === "seq") {
      const items = table.item();
      return items === undefined ? own : mapItems(own, visitBelow, items);
    }
    const { names } = table;
    if (names !== undefined && names.length < own.entries.size) return visitNamed(own, names, table);
    return mapEntries(own, visitEntry, table);
  };
  const visitBelow = (value: Node, key: string, table: PathTable<Rule>): Node => {
    path.push(key);
    const next = visit(value, table);
    path.pop();
    return next;
  };
  const visitEntry = (value: Node, key: string, table: PathTable<Rule>): Node => {
    const below = table.key(key);
    return below === undefined ? value : visitBelow(value, key, below);
  };
  /** Of a mapping with more keys than there are rules. */
  const visitNamed = (node: MapNode, names: readonly string[], table: PathTable<Rule>): Node => {
    let entries: Map<string, Entry> | undefined;
    for (let index = 0; index < names.length; index++) {
      const name = names[index] as string;
      const entry = node.entries.get(name);
      if (entry === undefined) continue;
      const value = visitEntry(entry.value, name, table);
      if (value === entry.value) continue;
      entries ??= copyEntries(node.entries);
      entries.set(name, { keyPlace: entry.keyPlace, value });
    }
    return entries === undefined ? node : { ...node, entries };
  };
  return visit(root, rules);
}
