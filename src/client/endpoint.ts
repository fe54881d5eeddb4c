// Where an engine listens: reading and writing the addresses that users and other tools give.

/** Certificates as PEM text; `verify` false accepts any server. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly verify: boolean;
}

/** An engine's address. */
export type Endpoint =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "npipe"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls?: TlsMaterial }
  | { readonly kind: "ssh"; readonly host: string; readonly port: number; readonly user?: string };

/** Reads `unix://…`, `npipe://…`, `tcp://…`, `http(s)://…`, `ssh://…` or an absolute path; undefined when it is none. */
export function parseEndpoint(address: string): Endpoint | undefined {
  if (address.startsWith("/")) return { kind: "unix", path: address };
  const scheme = /^([a-z]+):\/\//.exec(address)?.[1];
  if (scheme === undefined) return undefined;
  const rest = address.slice(scheme.length + 3);
  if (scheme === "unix") return rest.startsWith("/") ? { kind: "unix", path: rest } : undefined;
  if (scheme === "npipe") return rest === "" ? undefined : { kind: "npipe", path: rest };
  const url = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined;
  if (url === undefined || url.hostname === "") return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // The URL parser drops `:80`, which it takes for the scheme's own port.
  const port = Number(/:(\d+)(?:\/|$)/.exec(rest.replace(/^.*@/, ""))?.[1] ?? Number.NaN);
  if (scheme === "ssh") {
    const user = decodeURIComponent(url.username);
    return { kind: "ssh", host, port: Number.isNaN(port) ? 22 : port, ...(user === "" ? {} : { user }) };
  }
  if (scheme === "tcp" || scheme === "http") {
    return { kind: "tcp", host, port: Number.isNaN(port) ? 2375 : port };
  }
  if (scheme === "https") {
    return { kind: "tcp", host, port: Number.isNaN(port) ? 2376 : port, tls: { verify: true } };
  }
  return undefined;
}

/** The address as DOCKER_HOST takes it. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case "unix":
      return `unix://${endpoint.path}`;
    case "npipe":
      return `npipe://${endpoint.path}`;
    case "tcp":
      return `tcp://${bracket(endpoint.host)}:${endpoint.port}`;
    case "ssh":
      return `ssh://${endpoint.user === undefined ? "" : `${endpoint.user}@`}${bracket(endpoint.host)}:${endpoint.port}`;
  }
}

function bracket(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
