// Rules by place in the document: `services.*.ports.[].target` -> rule. A walk carries the table's node along, so finding the
// rule for a value costs one map look-up per step, however many rules there are.
import type { Change, Entry, MapNode, Node, NodePath } from "./node.ts";
import { broughtNodes, copyEntries, mapEntries, mapItems, withEntries } from "./node.ts";

/** A point in a table of path patterns. `*` matches any key, `[]` any list item; a literal key goes before `*`. */
export interface PathTable<Rule> {
  /** The rule for exactly this place. */
  readonly rule: Rule | undefined;
  /** The tables below keys that patterns name. */
  readonly keys: ReadonlyMap<string, PathTable<Rule>>;
  /** The table below any other key; undefined when no pattern continues there. */
  readonly otherKeys: PathTable<Rule> | undefined;
  /** The table below any item of a list. */
  readonly items: PathTable<Rule> | undefined;
}

/** The table below a mapping's key; undefined when no pattern continues there. */
export function belowKey<Rule>(table: PathTable<Rule>, key: string): PathTable<Rule> | undefined {
  return table.keys.get(key) ?? table.otherKeys;
}

/** A table that is still growing. */
interface Branch<Rule> {
  rule: Rule | undefined;
  readonly keys: Map<string, Branch<Rule>>;
  otherKeys: Branch<Rule> | undefined;
  items: Branch<Rule> | undefined;
}

function newBranch<Rule>(): Branch<Rule> {
  return { rule: undefined, keys: new Map(), otherKeys: undefined, items: undefined };
}

/** The branch below a step of a pattern, made where there is none. */
function grow<Rule>(branch: Branch<Rule>, step: string): Branch<Rule> {
  if (step === "*") return (branch.otherKeys ??= newBranch());
  if (step === "[]") return (branch.items ??= newBranch());
  const known = branch.keys.get(step);
  if (known !== undefined) return known;
  const made = newBranch<Rule>();
  branch.keys.set(step, made);
  return made;
}

/** Rules by the patterns of their places, each a dotted path. Several patterns may share one line, separated by spaces. */
export type Rules<Rule> = Readonly<Record<string, Rule>>;

/** Compiles rules. */
export function pathTable<Rule>(rules: Rules<Rule>): PathTable<Rule> {
  const root = newBranch<Rule>();
  forEachPattern(rules, (pattern, rule) => (branchAt(root, pattern).rule = rule));
  return root;
}

/** Compiles several sets of rules into one table, for one walk: at each place the rules of all sets that name it, by the names of the sets. */
export function joinedTable<Sets extends object>(sets: {
  readonly [Name in keyof Sets]: Rules<Sets[Name]>;
}): PathTable<Partial<Sets>> {
  const root = newBranch<Partial<Sets>>();
  for (const name in sets) {
    forEachPattern(sets[name], (pattern, rule) => {
      const branch = branchAt(root, pattern);
      branch.rule = { ...branch.rule, [name]: rule } as Partial<Sets>;
    });
  }
  return root;
}

function forEachPattern<Rule>(rules: Rules<Rule>, use: (pattern: string, rule: Rule) => void): void {
  for (const patterns in rules) {
    for (const pattern of patterns.split(/\s+/)) use(pattern, rules[patterns] as Rule);
  }
}

function branchAt<Rule>(root: Branch<Rule>, pattern: string): Branch<Rule> {
  return pattern.split(".").reduce(grow, root);
}

/**
 * One step of a walk: `visit` sees what is below a key with that key at the end of `path`. Anchors and `extends` bring one node to
 * many places; what is made of it is the same in each.
 */
export function stepInto<Table>(
  path: string[],
  visit: (node: Node, table: Table) => Node,
): Change<Table, Node> {
  const known = new Map<Node, { readonly table: Table; readonly made: Node }>();
  const isBrought = broughtNodes();
  return (value, key, table) => {
    const mayComeAgain = value.kind !== "scalar" && isBrought(value);
    if (mayComeAgain) {
      const before = known.get(value);
      if (before !== undefined && before.table === table) return before.made;
    }
    path.push(key);
    const made = visit(value, table);
    path.pop();
    if (mayComeAgain) known.set(value, { table, made });
    return made;
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
  const visitBelow = stepInto<PathTable<Rule>>(path, visit);
  function visit(node: Node, table: PathTable<Rule>): Node {
    const own = table.rule === undefined ? node : apply(table.rule, node, path);
    if (own.kind === "scalar") return own;
    if (own.kind === "seq") {
      const { items } = table;
      return items === undefined ? own : mapItems(own, visitBelow, items);
    }
    const { keys, otherKeys } = table;
    if (otherKeys === undefined && keys.size < own.entries.size) return visitNamed(own, keys);
    return mapEntries(own, visitEntry, table);
  }
  function visitEntry(value: Node, key: string, table: PathTable<Rule>): Node {
    const below = belowKey(table, key);
    return below === undefined ? value : visitBelow(value, key, below);
  }
  /** Of a mapping with more keys than there are rules. */
  function visitNamed(node: MapNode, keys: PathTable<Rule>["keys"]): Node {
    let entries: Map<string, Entry> | undefined;
    keys.forEach((below, key) => {
      const entry = node.entries.get(key);
      if (entry === undefined) return;
      const value = visitBelow(entry.value, key, below);
      if (value === entry.value) return;
      entries ??= copyEntries(node.entries);
      entries.set(key, { keyPlace: entry.keyPlace, value });
    });
    return entries === undefined ? node : withEntries(node, entries);
  }
  return visit(root, rules);
}
