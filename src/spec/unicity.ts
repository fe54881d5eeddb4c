// Lists whose items have an identity: of two items with the same key the later one stays, in the place of the earlier.
// Runs on canonical values.
import type { History } from "./history.ts";
import type { Node } from "./node.ts";
import { child, scalarText, stringValue, withItems } from "./node.ts";
import type { Rules } from "./path-table.ts";

/** The identity of an item; undefined for one that has none and is always kept. */
export type KeyOf = (item: Node) => string | undefined;

const textBeforeEquals: KeyOf = (item) => text(item)?.split("=", 1)[0];

const portKey: KeyOf = (item) => {
  if (item.kind !== "map") return text(item);
  const host = text(child(item, "host_ip")) ?? "0.0.0.0";
  const published = text(child(item, "published")) ?? "";
  return `${host}:${published}:${text(child(item, "target"))}/${text(child(item, "protocol")) ?? "tcp"}`;
};

/** The lists whose items have an identity. */
export const identityRules: Rules<KeyOf> = {
  [`services.*.build.tags services.*.cap_add services.*.cap_drop services.*.dns services.*.dns_opt
    services.*.dns_search services.*.links services.*.profiles services.*.tmpfs services.*.networks.*.aliases
    services.*.networks.*.link_local_ips`]: textBeforeEquals,
  "services.*.volumes services.*.devices": (item) => text(child(item, "target")),
  "services.*.configs": (item) => fileKey(item, "/"),
  "services.*.secrets": (item) => fileKey(item, "/run/secrets/"),
  "services.*.ports": portKey,
  "services.*.expose": (item) => text(item),
  "services.*.env_file": (item) => text(child(item, "path")),
};

function text(node: Node | undefined): string | undefined {
  return node?.kind === "scalar" ? scalarText(node) : undefined;
}

function fileKey(item: Node, folder: string): string | undefined {
  const target = stringValue(child(item, "target"));
  if (target !== undefined) return target;
  const source = stringValue(child(item, "source"));
  return source && folder + source;
}

/** The list with repeated items dropped. */
export function withoutRepeated(list: Node, keyOf: KeyOf, history?: History): Node {
  if (list.kind !== "seq" || list.items.length < 2) return list;
  const items = lastOfEach(list.items, keyOf, history);
  return items.length === list.items.length ? list : withItems(list, items);
}

function lastOfEach(items: readonly Node[], keyOf: KeyOf, history: History | undefined): readonly Node[] {
  const indexes = new Map<string, number>();
  const kept: Node[] = [];
  for (const item of items) {
    const key = keyOf(item);
    const at = key === undefined ? undefined : indexes.get(key);
    if (at !== undefined) {
      history?.replaced(item.place, kept[at]?.place);
      kept[at] = item;
      continue;
    }
    if (key !== undefined) indexes.set(key, kept.length);
    kept.push(item);
  }
  return kept;
}
