// How a container takes part in networks. Engines before API 1.44 take one endpoint in the create call; there the rest
// are connected afterwards, before the container starts.

import type { Project, Service, ServiceNetwork } from "../../spec/index.ts";
import type { ApiBody } from "../plan.ts";
import { namespaceMode, type ContainerOfService } from "./isolation.ts";
import { compact } from "./process.ts";

const FIRST_WITH_MANY_ENDPOINTS = [1, 44] as const;

/** Whether an engine's create call takes more than one endpoint. */
function takesManyEndpoints(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split(".").map(Number);
  const [wantedMajor, wantedMinor] = FIRST_WITH_MANY_ENDPOINTS;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** One network that a container is to be on. */
export interface Endpoint {
  /** The key in the file. */
  readonly key: string;
  /** The engine's name. */
  readonly network: string;
  readonly body: ApiBody;
}

function endpointBody(source: {
  readonly name: string;
  readonly config: ServiceNetwork | null;
  readonly links: readonly string[];
  readonly macAddress: string | undefined;
}): ApiBody {
  const { name, config, links, macAddress } = source;
  const address = compact({
    IPv4Address: config?.ipv4_address,
    IPv6Address: config?.ipv6_address,
    LinkLocalIPs: config?.link_local_ips,
  });
  const options = {
    ...config?.driver_opts,
    ...(config?.interface_name === undefined
      ? {}
      : { "com.docker.network.endpoint.ifname": config.interface_name }),
  };
  return compact({
    // The engine itself adds the container's name, and follows when it is renamed.
    Aliases: [...new Set([name, ...(config?.aliases ?? [])])],
    Links: links.length === 0 ? undefined : links,
    IPAMConfig: Object.keys(address).length === 0 ? undefined : address,
    MacAddress: config?.mac_address ?? macAddress,
    DriverOpts: Object.keys(options).length === 0 ? undefined : options,
    GwPriority: config?.gw_priority,
  });
}

function withAlias(entry: string, container: string | undefined): readonly string[] {
  const [target = "", alias = target] = entry.split(":");
  return container === undefined ? [] : [`${container}:${alias}`];
}

function linkList(service: Service, containerOf: ContainerOfService): readonly string[] {
  return [
    ...(service.links ?? []).flatMap((entry) => withAlias(entry, containerOf(entry.split(":")[0] ?? ""))),
    ...(service.external_links ?? []).flatMap((entry) => withAlias(entry, entry.split(":")[0])),
  ];
}

/** The networks of a service's containers, the primary one first: highest priority, then by name. */
export function endpointsOf(
  project: Project,
  name: string,
  service: Service,
  containerOf: ContainerOfService,
): readonly Endpoint[] {
  if (service.network_mode !== undefined) return [];
  const links = linkList(service, containerOf);
  return Object.entries(service.networks ?? {})
    .toSorted(([keyA, a], [keyB, b]) => (b?.priority ?? 0) - (a?.priority ?? 0) || (keyA < keyB ? -1 : 1))
    .map(([key, config], index) => ({
      key,
      network: project.networks[key]?.name ?? `${project.name}_${key}`,
      body: endpointBody({ name, config, links, macAddress: index === 0 ? service.mac_address : undefined }),
    }));
}

/** The networking parts of the create body, and the endpoints that the create call cannot take. */
export function networkingBody(
  service: Service,
  endpoints: readonly Endpoint[],
  options: { readonly apiVersion: string; readonly containerOf: ContainerOfService },
): { readonly host: ApiBody; readonly networking: ApiBody | undefined; readonly later: readonly Endpoint[] } {
  const [primary, ...rest] = endpoints;
  if (primary === undefined) {
    const mode = namespaceMode(service.network_mode, options.containerOf) ?? "none";
    return { host: { NetworkMode: mode }, networking: undefined, later: [] };
  }
  const all = takesManyEndpoints(options.apiVersion);
  const created = all ? endpoints : [primary];
  return {
    host: { NetworkMode: primary.network },
    networking: {
      EndpointsConfig: Object.fromEntries(created.map(({ network, body }) => [network, body])),
    },
    later: all ? [] : rest,
  };
}
