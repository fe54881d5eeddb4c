// `extra_hosts`: `host=ip`, `host:ip`, lists or mappings -> a sorted list of `host=ip`.
import type { Node, SeqNode } from "../node.ts";
import { scalar, seq, stringValue } from "../node.ts";
import type { Transform, TransformContext } from "./transform.ts";

/** Both forms as a list of `host=ip`; undefined for anything that is neither, or holds what is no text. */
export function hostsAsList(node: Node): SeqNode | undefined {
  if (node.kind === "scalar") return undefined;
  const items: Node[] = [];
  if (node.kind === "seq") {
    for (const item of node.items) {
      const text = stringValue(item);
      if (text === undefined) return undefined;
      items.push(scalar(withEquals(text), item.place));
    }
    return seq(items, node.place);
  }
  for (const [host, { value }] of node.entries) {
    const addresses = value.kind === "seq" ? value.items : [value];
    for (const address of addresses) {
      const text = stringValue(address);
      if (text === undefined) return undefined;
      items.push(scalar(`${host}=${text}`, address.place));
    }
  }
  return seq(items, node.place);
}

function withEquals(text: string): string {
  if (text.includes("=")) return text;
  const colon = text.indexOf(":");
  return colon < 0 ? text : `${text.slice(0, colon)}=${text.slice(colon + 1)}`;
}

export const canonicalHosts: Transform = (node, context) => {
  const list = hostsAsList(node);
  if (list === undefined) return node;
  const items = list.items.flatMap((item) => splitAddresses(item, context));
  return seq(items.toSorted(byText), list.place);
};

function splitAddresses(item: Node, { path, report }: TransformContext): Node[] {
  const text = stringValue(item) ?? "";
  const [host = "", ...rest] = text.split("=");
  const addresses = rest.join("=");
  const { place } = item;
  if (addresses === "") {
    report.error("invalid-value", `invalid additional host, missing IP: ${host}`, {
      place,
      path,
      hint: "write `host=address`",
    });
    return [];
  }
  if (!/^[^\s:=,[\]]+$/.test(host)) {
    report.error("invalid-value", `bad host name '${host}'`, { place, path });
    return [];
  }
  return addresses
    .split(",")
    .map((address) => scalar(`${host}=${address.trim().replace(/^\[(.*)\]$/, "$1")}`, place));
}

function byText(a: Node, b: Node): number {
  const [left = "", right = ""] = [stringValue(a), stringValue(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
