// Published ports: what was asked for, what the shim is told to bind, and what it has bound. Pure.
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { HostConfig, PortBinding } from "../api-types/host-config.ts";
import type { Directive, PublishedPorts } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { parseAddress } from "../networks/ip-address.ts";

/** One binding to make. Host port 0 takes a free one; a range takes the first free one of `first` to `last`. */
export interface PortRequest {
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostAddress: string;
  readonly first: number;
  readonly last: number;
}

/** The usual spelling of a port: `80` and `80/TCP` are `80/tcp`. What is no port stays none. */
export function portName(text: string): string {
  const [number = "", protocol = "tcp", ...rest] = text.split("/");
  return [number, protocol.toLowerCase(), ...rest].join("/");
}

/** Splits `80/tcp`; undefined for what is no port. */
function readPort(text: string): { port: number; protocol: string } | undefined {
  const [number = "", protocol = "tcp"] = portName(text).split("/");
  const port = Number(number);
  const isPort = /^\d+$/.test(number) && port >= 1 && port <= 65_535;
  return isPort && ["tcp", "udp", "sctp"].includes(protocol) ? { port, protocol } : undefined;
}

/** Splits `80/tcp`; throws for what is no port. */
export function parsePort(text: string): { port: number; protocol: string } {
  const port = readPort(text);
  if (port === undefined) throw new EngineError("invalid", `invalid port specification: "${text}"`);
  return port;
}

/** Throws for a binding that cannot be read. */
export function checkPorts(bindings: Readonly<Record<string, PortBinding[] | null>>): void {
  for (const [port, list] of Object.entries(bindings)) {
    parsePort(port);
    for (const { HostIp = "", HostPort = "" } of list ?? []) {
      parseRange(HostPort);
      if (HostIp !== "" && parseAddress(HostIp) === undefined) {
        throw new EngineError("invalid", `invalid IP address to publish port ${port} on: "${HostIp}"`);
      }
    }
  }
}

/** Every binding the container asks for, in the order of its ports. */
export function portRequests(host: HostConfig, config: ContainerConfig): PortRequest[] {
  const wanted = new Map<string, readonly PortBinding[]>();
  if (host.PublishAllPorts) for (const port of Object.keys(config.ExposedPorts ?? {})) wanted.set(port, [{}]);
  for (const [port, list] of Object.entries(host.PortBindings ?? {})) {
    wanted.set(port, list === null || list.length === 0 ? [{}] : list);
  }
  return [...wanted].flatMap(([key, list]) => {
    const { port, protocol } = parsePort(key);
    return list.map((binding) => ({
      containerPort: port,
      protocol,
      hostAddress: binding.HostIp ?? "",
      ...parseRange(binding.HostPort ?? ""),
    }));
  });
}

/** The directive that binds one port; `address` is the container's own. */
export function publishDirective(request: PortRequest, hostPort: number, address: string): Directive {
  return [
    "publish",
    request.protocol,
    request.hostAddress,
    String(hostPort),
    address,
    String(request.containerPort),
  ];
}

/** The lines of frame `P` and the ports that are only exposed, as inspect shows them. */
export function publishedPorts(report: string, config: ContainerConfig): PublishedPorts {
  const ports: PublishedPorts = {};
  for (const line of report.split("\n")) {
    const [protocol, address, hostPort, containerPort] = line.split(" ");
    if (!protocol || address === undefined || !hostPort || !containerPort) continue;
    (ports[`${containerPort}/${protocol}`] ??= []).push({ HostIp: address, HostPort: hostPort });
  }
  for (const port of Object.keys(config.ExposedPorts ?? {})) ports[port] ??= null;
  return ports;
}

/** One row per binding, and one per port that is only exposed. Images may say anything of those: what is no port has no row. */
export function portRows(
  ports: PublishedPorts,
): { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[] {
  return Object.entries(ports).flatMap(([key, bindings]) => {
    const named = readPort(key);
    if (named === undefined) return [];
    const { port, protocol } = named;
    if (bindings === null) return [{ PrivatePort: port, Type: protocol }];
    return bindings.map((binding) => ({
      IP: binding.HostIp ?? "",
      PrivatePort: port,
      PublicPort: Number(binding.HostPort),
      Type: protocol,
    }));
  });
}

function parseRange(text: string): { first: number; last: number } {
  if (text === "") return { first: 0, last: 0 };
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || last > 65_535 || first > last) {
    throw new EngineError("invalid", `invalid port specification: "${text}"`);
  }
  return { first, last };
}
