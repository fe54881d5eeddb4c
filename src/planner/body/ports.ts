// Published and exposed ports.

import type { Service } from "../../spec/index.ts";
import type { ApiBody } from "../plan.ts";

const EXPOSED = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/;

function exposedPorts(entry: string): readonly string[] {
  const match = EXPOSED.exec(entry);
  if (match === null) return [];
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  const protocol = match[3] ?? "tcp";
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => `${first + index}/${protocol}`);
}

/** `ExposedPorts`, and `PortBindings` for the host part. */
export function portsBody(service: Service): { readonly config: ApiBody; readonly host: ApiBody } {
  const exposed = new Set((service.expose ?? []).flatMap(exposedPorts));
  const bindings: Record<string, { HostIp?: string; HostPort: string }[]> = {};
  for (const port of service.ports ?? []) {
    const key = `${port.target}/${port.protocol}`;
    exposed.add(key);
    (bindings[key] ??= []).push({
      ...(port.host_ip === undefined ? {} : { HostIp: port.host_ip }),
      HostPort: port.published ?? "",
    });
  }
  return {
    config:
      exposed.size === 0 ? {} : { ExposedPorts: Object.fromEntries([...exposed].map((key) => [key, {}])) },
    host: Object.keys(bindings).length === 0 ? {} : { PortBindings: bindings },
  };
}
