// `ports`: `[[ip:]host:]container[/protocol]` with ranges -> one mapping per container port.
import type { MapNode, Node, NodePath, Place } from "../node.ts";
import { child, mapOf, scalar, scalarText, seq, stringValue, withEntry, withoutEntry } from "../node.ts";
import type { Report } from "../report.ts";
import { isIPv4, isIPv6 } from "../ip-address.ts";
import type { Transform } from "./transform.ts";

/** One port in the terms of the long syntax. */
interface PortParts {
  readonly hostIp: string;
  readonly published: string;
  readonly target: number;
  readonly protocol: string;
}

type Parsed = { readonly ports: readonly PortParts[] } | { readonly problem: string };

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Every short entry in its long form, and the defaults of long ones filled in. */
export const canonicalPorts: Transform = (node, { path, report }) => {
  if (node.kind !== "seq") return node;
  const items: Node[] = [];
  node.items.forEach((item, index) => {
    if (item.kind === "map") {
      const address = child(item, "host_ip");
      const problem = addressProblem(stringValue(address) ?? "");
      const at = [...path, String(index), "host_ip"];
      if (problem !== undefined)
        report.error("invalid-value", `${at.join(".")}: ${problem}`, { place: address?.place, path: at });
      reportMissingTarget(item, [...path, String(index)], report);
      items.push(withDefaults(item));
      return;
    }
    const text = shortForm(item);
    if (text === undefined) {
      items.push(item);
      return;
    }
    const parsed = parsePorts(text);
    if ("problem" in parsed) {
      const at = [...path, String(index)];
      report.error("invalid-value", parsed.problem, { place: item.place, path: at });
    } else {
      for (const port of parsed.ports) items.push(longForm(port, item.place));
    }
  });
  return seq(items, node.place);
};

/** The text of a short entry; undefined for what the schema refuses. */
function shortForm(item: Node): string | undefined {
  if (item.kind !== "scalar" || typeof item.value === "boolean") return undefined;
  if (item.isFloat !== true) return scalarText(item);
  return Number.isInteger(item.value) ? `${String(item.value)}.0` : undefined;
}

function reportMissingTarget(item: MapNode, path: NodePath, report: Report): void {
  if (item.entries.has("target")) return;
  report.error("schema", `${path.join(".")} needs a \`target\` port`, { place: item.place, path });
}

function longForm(port: PortParts, place: Place | undefined): Node {
  const { hostIp, published } = port;
  return mapOf(
    {
      mode: scalar("ingress", place),
      host_ip: hostIp === "" ? undefined : scalar(hostIp, place),
      target: scalar(port.target, place),
      published: published === "" ? undefined : scalar(published, place),
      protocol: scalar(port.protocol, place),
    },
    place,
  );
}

function withDefaults(item: MapNode): Node {
  let port = item;
  const published = child(port, "published");
  const text = published?.kind === "scalar" ? scalarText(published) : undefined;
  if (text === "") port = withoutEntry(port, "published");
  else if (text !== undefined) port = withEntry(port, "published", scalar(text, published?.place));
  if (!port.entries.has("mode")) port = withEntry(port, "mode", scalar("ingress", item.place));
  if (!port.entries.has("protocol")) port = withEntry(port, "protocol", scalar("tcp", item.place));
  return port;
}

/** Reads the short syntax. The problem, if there is one, says what is wrong in the user's terms. */
function parsePorts(text: string): Parsed {
  const [spec = "", given = "", ...more] = text.split("/");
  const protocol = given === "" ? "tcp" : given;
  if (more.length > 0) return { problem: `invalid port ${text}: more than one protocol` };
  const { hostIp, host, container } = splitSpec(spec);
  if (container === "") return { problem: `no port specified: ${text}<empty>` };
  if (!["tcp", "udp", "sctp"].includes(protocol.toLowerCase()))
    return { problem: `invalid proto: ${protocol}` };
  const problem = addressProblem(hostIp);
  if (problem !== undefined) return { problem };
  const targets = parseRange(container);
  if (targets === undefined) return { problem: `invalid containerPort: ${container}` };
  const published = host === "" ? undefined : parseRange(host);
  if (host !== "" && published === undefined) return { problem: `invalid hostPort: ${host}` };
  const count = targets.last - targets.first;
  if (published !== undefined && published.last - published.first !== count && count > 0) {
    return { problem: `invalid ranges specified for container and host ports: ${container} and ${host}` };
  }
  const ports: PortParts[] = [];
  for (let offset = 0; offset <= count; offset++) {
    const target = targets.first + offset;
    ports.push({
      hostIp,
      target,
      published: publishedText(published, offset, count),
      protocol: protocol.toLowerCase(),
    });
  }
  return { ports: ports.toSorted((a, b) => (String(a.target) < String(b.target) ? -1 : 1)) };
}

function addressProblem(hostIp: string): string | undefined {
  return hostIp === "" || isIPv4(hostIp) || isIPv6(hostIp) ? undefined : `invalid IP address: ${hostIp}`;
}

function publishedText(published: Range | undefined, offset: number, count: number): string {
  if (published === undefined) return "";
  if (count > 0 || published.first === published.last) return String(published.first + offset);
  return `${published.first}-${published.last}`;
}

function splitSpec(spec: string): { hostIp: string; host: string; container: string } {
  const parts = spec.split(":");
  const container = parts.pop() ?? "";
  const host = parts.pop() ?? "";
  return { hostIp: parts.join(":").replace(/^\[(.*)\]$/, "$1"), host, container };
}

function parseRange(text: string): Range | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first <= last && last <= 65_535 ? { first, last } : undefined;
}
