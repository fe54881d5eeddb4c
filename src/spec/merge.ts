// How a later document changes an earlier one. Mappings merge key by key, lists grow, scalars are replaced, `null` changes
// nothing; the table names the places with a rule of their own. `!reset` and `!override` are carried by the nodes.
import type { MapNode, Node, NodePath } from "./node.ts";
import { child, copyEntries, isNull, map, mapChildren, mapOf, scalar, seq, stringValue } from "./node.ts";
import type { ValuelessItem } from "./mapping.ts";
import { asList, asMapping, namesAsMapping, startedDependency } from "./mapping.ts";
import { hostsAsList } from "./canonical/extra-hosts.ts";
import type { PathTable } from "./path-table.ts";
import { belowKey, pathTable } from "./path-table.ts";
import type { History } from "./history.ts";
import type { Report } from "./report.ts";

/** Where merging says what is wrong and, if somebody asks, what replaced what. */
export interface MergeContext {
  readonly report: Report;
  readonly history?: History | undefined;
}

interface MergeStep {
  readonly base: Node;
  readonly over: Node;
  readonly table: PathTable<MergeRule> | undefined;
  readonly path: NodePath;
  readonly context: MergeContext;
}

type MergeRule = (step: MergeStep) => Node;

const replace: MergeRule = ({ base, over, context }) => {
  context.history?.replaced(over.place, base.place);
  return over;
};

const mappings =
  (valueless: ValuelessItem): MergeRule =>
  (step) => {
    const base = asMapping(step.base, valueless);
    const over = asMapping(step.over, valueless);
    if (base === undefined || over === undefined) return mergeByKind(step);
    return overlay({ ...step, base, over }, (_, value, known) => {
      step.context.history?.replaced(value.place, known.place);
      return value;
    });
  };

const lists: MergeRule = (step) => {
  const base = asList(step.base);
  const over = asList(step.over);
  if (base === undefined || over === undefined) return mergeByKind(step);
  return { ...base, items: [...base.items, ...over.items] };
};

/** A list grows by another one; a single value takes its place, as if it had been a single one itself. */
const option: MergeRule = (step) => (step.over.kind === "scalar" ? replace(step) : lists(step));

/** A limit takes another's place, but for the soft or hard half that it leaves unsaid. */
const buildLimit: MergeRule = (step) =>
  step.base.kind === "map" && step.over.kind === "map" ? mergeByKind(step) : replace(step);

/** Both sides in their long form first, then as ever. */
const longForm =
  (lengthen: (node: Node) => Node | undefined): MergeRule =>
  (step) =>
    mergeByKind({ ...step, base: lengthen(step.base) ?? step.base, over: lengthen(step.over) ?? step.over });

/** A list of names says `service_started` of each, and so takes back what a mapping before it asked for. */
const dependencies: MergeRule = (step) => {
  if (step.over.kind === "seq" && step.over.tag === undefined) {
    for (const item of step.over.items) warnOfDroppedCondition(item, step);
  }
  return longForm((node) => namesAsMapping(node, startedDependency))(step);
};

function warnOfDroppedCondition(item: Node, { base, path, context }: MergeStep): void {
  const name = stringValue(item) ?? "";
  const before = child(child(base, name), "condition");
  const condition = stringValue(before);
  if (condition === undefined || condition === "service_started") return;
  const message = `${path.join(".")}: naming ${name} in a list drops its condition ${condition}`;
  context.report.warn("condition-dropped", message, {
    place: item.place,
    path,
    hint: "leave it out of the list, or repeat the condition in a mapping",
    related: [{ message: "the condition that is dropped", place: before?.place }],
  });
}

const hosts: MergeRule = (step) => {
  const base = hostsAsList(step.base);
  const over = hostsAsList(step.over);
  if (base === undefined || over === undefined) return mergeByKind(step);
  const known = new Set(base.items.map(stringValue));
  return { ...base, items: [...base.items, ...over.items.filter((item) => !known.has(stringValue(item)))] };
};

const logging: MergeRule = (step) => {
  const before = stringValue(child(step.base, "driver"));
  const after = stringValue(child(step.over, "driver"));
  const isSame = before === undefined || after === undefined || before === after;
  return isSame ? mergeByKind(step) : replace(step);
};

const addressPools: MergeRule = (step) => {
  const { base, over, table } = step;
  if (base.kind !== "seq" || over.kind !== "seq") return mergeByKind(step);
  const items = [...base.items];
  for (const pool of over.items) {
    const subnet = stringValue(child(pool, "subnet"));
    const at = items.findIndex(
      (item) => subnet !== undefined && stringValue(child(item, "subnet")) === subnet,
    );
    const known = items[at];
    if (known === undefined) items.push(pool);
    else items[at] = mergeByKind({ ...step, base: known, over: pool, table: table?.items });
  }
  return seq(items, base.place);
};

/** `build: dir` in its long form. */
function lengthenBuild(node: Node): Node | undefined {
  return node.kind === "scalar" && node.value !== null ? mapOf({ context: node }, node.place) : undefined;
}

const nullFor = (item: Node): Node => scalar(null, item.place);

const mergeTable: PathTable<MergeRule> = pathTable<MergeRule>({
  "services.*.command services.*.entrypoint services.*.healthcheck.test services.*.ulimits.*": replace,
  "services.*.build.ulimits.*": buildLimit,
  "services.*.environment services.*.build.args": mappings("null"),
  [`services.*.labels services.*.annotations services.*.sysctls services.*.build.labels
    services.*.build.additional_contexts services.*.deploy.labels services.*.volumes.*.volume.labels
    networks.*.labels volumes.*.labels secrets.*.labels configs.*.labels`]: mappings("empty"),
  [`services.*.dns services.*.dns_opt services.*.dns_search services.*.env_file services.*.label_file services.*.tmpfs
    services.*.build.no_cache_filter`]: lists,
  "services.*.provider.options.*": option,
  "services.*.build": longForm(lengthenBuild),
  "services.*.depends_on": dependencies,
  "services.*.networks services.*.models": longForm((node) => namesAsMapping(node, nullFor)),
  "services.*.extra_hosts services.*.build.extra_hosts": hosts,
  "services.*.logging": logging,
  "networks.*.ipam.config": addressPools,
});

/** The places where `null` in a later file means "none", not "nothing to say". */
const NULL_REPLACES = new Set<MergeRule | undefined>([replace]);

/**
 * `over` merged over `base`. Tags stay on what `over` brought, so that the result can be merged over something else again;
 * `withoutTags` ends that.
 */
export function merge(base: Node, over: Node, context: MergeContext): Node {
  return mergeAt({ base, over, table: mergeTable, path: [], context });
}

/** Merges one service over another, by the rules for services. */
export function mergeService(base: Node, over: Node, name: string, context: MergeContext): Node {
  return mergeAt({
    base,
    over,
    table: mergeTable.keys.get("services")?.otherKeys,
    path: ["services", name],
    context,
  });
}

function mergeAt(step: MergeStep): Node {
  const { base, over, table } = step;
  if (over.tag !== undefined) return replace(step);
  if (base.tag === "reset") return over;
  if (isNull(over) && !NULL_REPLACES.has(table?.rule)) return base;
  return table?.rule === undefined ? mergeByKind(step) : table.rule(step);
}

function mergeByKind(step: MergeStep): Node {
  const { base, over, table, path, context } = step;
  if (base.kind === "scalar") return replace(step);
  if (base.kind === "seq" && over.kind === "seq") return { ...base, items: [...base.items, ...over.items] };
  if (base.kind === "map" && over.kind === "map") {
    return overlay({ base, over, context }, (key, value, known) =>
      mergeAt({
        base: known,
        over: value,
        table: table && belowKey(table, key),
        path: [...path, key],
        context,
      }),
    );
  }
  const wanted = base.kind === "map" ? "a mapping" : "a list";
  const found = over.kind === "scalar" ? "a single value" : over.kind === "map" ? "a mapping" : "a list";
  context.report.error(
    "conflict",
    `cannot override ${path.join(".")}: it is ${wanted}, and this is ${found}`,
    {
      place: over.place,
      path,
      related: [{ message: "what it would be merged into", place: base.place }],
    },
  );
  return base;
}

function overlay(
  { base, over, context }: { readonly base: MapNode; readonly over: MapNode; readonly context: MergeContext },
  combine: (key: string, value: Node, known: Node) => Node,
): MapNode {
  const entries = copyEntries(base.entries);
  over.entries.forEach((entry, key) => {
    const known = base.entries.get(key);
    if (known === undefined || entry.value.tag !== undefined) {
      if (known !== undefined) context.history?.replaced(entry.value.place, known.value.place);
      entries.set(key, entry);
      return;
    }
    const value = combine(key, entry.value, known.value);
    entries.set(key, { keyPlace: value === known.value ? known.keyPlace : entry.keyPlace, value });
  });
  return map(entries, over.place ?? base.place);
}

/** The tree with every `!reset` value taken out and every `!override` mark dropped. */
export function withoutTags(node: Node): Node {
  if (node.tag === "reset") return scalar(null, node.place);
  const untagged = node.tag === undefined ? node : untag(node);
  return mapChildren(untagged, (value) => (value.tag === "reset" ? undefined : withoutTags(value)));
}

function untag(node: Node): Node {
  const { tag: _, ...rest } = node;
  return rest;
}
