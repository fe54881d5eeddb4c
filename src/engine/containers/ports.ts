// Published ports: what was asked for, what the shim is told to bind, and what it has bound. Pure.
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { HostConfig, PortBinding } from "../api-types/host-config.ts";
import type { Directive, PublishedPorts } from "../collaborators.ts";
import { EngineError } from "../errors.ts";

/** One binding to make. Host port 0 takes a free one; a range takes the first free one of `first` to `last`. */
export interface PortRequest {
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostAddress: string;
  readonly first: number;
  readonly last: number;
}

/** Splits `80/tcp`; throws for what is no port. */
export function parsePort(text: string): { port: number; protocol: string } {
  const [number = "", protocol = "tcp"] = text.split("/");
  const port = Number(number);
  if (!/^\d+$/.test(number) || port < 1 || port > 65_535 || !["tcp", "udp", "sctp"].includes(protocol)) {
    throw new EngineError("invalid", `invalid port specification: "${text}"`);
  }
  return { port, protocol };
}

/** Throws for a binding that cannot be read. */
export function checkPorts(bindings: Readonly<Record<string, PortBinding[] | null>>): void {
  for (const [port, list] of Object.entries(bindings)) {
    parsePort(port);
    for (const binding of list ?? []) parseRange(binding.HostPort ?? "");
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

/** One row per binding, and one per port that is only exposed. */
export function portRows(
  ports: PublishedPorts,
): { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[] {
  return Object.entries(ports).flatMap(([key, bindings]) => {
    const { port, protocol } = parsePort(key);
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
