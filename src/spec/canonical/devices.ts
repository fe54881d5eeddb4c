// Devices: `source[:target[:permissions]]`, and requests for devices that the engine picks (`gpus`).
import type { Transform } from "./transform.ts";
import type { Node } from "../node.ts";
import { child, mapChildren, mapOf, scalar, seq, stringValue, withEntry } from "../node.ts";

/** `devices`: every short entry in its long form. */
export const canonicalDevices: Transform = (node, { path, report }) => {
  if (node.kind !== "seq") return node;
  const items: Node[] = [];
  for (const [index, item] of node.items.entries()) {
    const text = stringValue(item);
    if (text === undefined) {
      items.push(item);
      continue;
    }
    const [source = "", target = source, permissions = "rwm", ...more] = text.split(":");
    if (more.length > 0) {
      report.error("invalid-value", `confusing device mapping, please use long syntax: ${text}`, {
        place: item.place,
        path: [...path, String(index)],
      });
      continue;
    }
    const { place } = item;
    const values = {
      source: scalar(source, place),
      target: scalar(target, place),
      permissions: scalar(permissions, place),
    };
    items.push(mapOf(values, place));
  }
  return seq(items, node.place);
};

/** `gpus`: `all`, or a list of requests. */
export const canonicalGpus: Transform = (node, context) => {
  if (stringValue(node) === "all")
    return seq([mapOf({ count: scalar(-1, node.place) }, node.place)], node.place);
  return canonicalDeviceRequests(node, context);
};

/** A list of device requests: `count: all` is -1, and so is no count where no ids are given. */
export const canonicalDeviceRequests: Transform = (node, { path, report }) => {
  if (node.kind !== "seq") return node;
  return mapChildren(node, (item, index) => {
    if (item.kind !== "map") return item;
    const count = child(item, "count");
    const hasIds = item.entries.has("device_ids");
    if (count === undefined) return hasIds ? item : withEntry(item, "count", scalar(-1, item.place));
    if (hasIds) {
      const message = `"count" and "device_ids" attributes are exclusive`;
      report.error("conflict", message, { place: count.place, path: [...path, index, "count"] });
    }
    const text = stringValue(count);
    if (text?.toLowerCase() === "all") return withEntry(item, "count", scalar(-1, count.place));
    if (text === undefined) return item;
    if (/^-?\d+$/.test(text)) return withEntry(item, "count", scalar(Number(text), count.place));
    const at = [...path, index, "count"];
    const message = `${at.join(".")} must be a number or \`all\`, not "${text}"`;
    report.error("invalid-value", message, { place: count.place, path: at });
    return item;
  });
};
