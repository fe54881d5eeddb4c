// The three files every container is given: /etc/hosts, /etc/hostname and /etc/resolv.conf. Pure.
import { isIP } from "node:net";
import type { HostConfig } from "../api-types/host-config.ts";
import type { Directive } from "../collaborators.ts";
import { EngineError } from "../errors.ts";

const STANDARD_HOSTS = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

/** Stands for the address of the machine, in place of one. */
const HOST_GATEWAY = "host-gateway";
const ENGINE_RESOLVER = "127.0.0.11";
const PUBLIC_RESOLVERS = ["8.8.8.8", "8.8.4.4"];

export interface HostsRequest {
  /** Of the machine, for a container in its network; undefined in a network of its own. */
  readonly machineHosts: string | undefined;
  readonly extraHosts: readonly string[];
  /** Others that the container has links to. */
  readonly links?: readonly { readonly address: string; readonly names: string }[];
  /** The container's addresses, one per network. */
  readonly addresses: readonly string[];
  readonly hostname: string;
  readonly domainname: string;
  /** What `host-gateway` means. */
  readonly hostGateway: string;
}

/** /etc/hosts */
export function hostsFile(request: HostsRequest): string {
  const base = request.machineHosts ?? STANDARD_HOSTS;
  const names = ownNames(request);
  const lines = [
    ...request.extraHosts.map((entry) => extraHost(entry, request.hostGateway)),
    ...(request.links ?? []).map(({ address, names: others }) => `${address}\t${others}`),
    ...(request.machineHosts === undefined ? request.addresses.map((address) => `${address}\t${names}`) : []),
  ];
  const ended = base === "" || base.endsWith("\n") ? base : `${base}\n`;
  return ended + lines.map((line) => `${line}\n`).join("");
}

/**
 * /etc/hosts of a container that runs, whose own addresses have changed: the lines of those that are gone are taken out, those that are
 * new come last, and whatever else has been written there stays.
 */
export function changedHosts(
  text: string,
  change: {
    readonly gone: readonly string[];
    readonly added: readonly string[];
    readonly hostname: string;
    readonly domainname: string;
  },
): string {
  const line = (address: string): string => `${address}\t${ownNames(change)}`;
  const gone = new Set(change.gone.map(line));
  const kept = text.split("\n").filter((each) => !gone.has(each));
  const ended = kept.join("\n");
  const base = ended === "" || ended.endsWith("\n") ? ended : `${ended}\n`;
  return base + change.added.map((address) => `${line(address)}\n`).join("");
}

/** /etc/hosts of a container that runs, with a link's line where the one linked to has its address now. */
export function relinkedHosts(
  text: string,
  link: { readonly address: string; readonly names: string },
): string {
  const lines = text
    .split("\n")
    .map((line) => (line.endsWith(`\t${link.names}`) ? `${link.address}\t${link.names}` : line));
  return lines.join("\n");
}

function ownNames(own: { readonly hostname: string; readonly domainname: string }): string {
  return own.domainname === "" ? own.hostname : `${own.hostname}.${own.domainname} ${own.hostname}`;
}

/** /etc/resolv.conf; `network` is what networks/ gave, `machine` the machine's own file. */
export function resolvConfFile(host: HostConfig, network: readonly Directive[], machine: string): string {
  const has = network.some(([name]) => name === "resolver");
  const own = parseResolvConf(machine);
  const search = host.DnsSearch?.length ? host.DnsSearch.filter((domain) => domain !== ".") : own.search;
  const asked = host.DnsOptions ?? [];
  const kept = asked.length > 0 ? asked : own.options;
  const options = has && !kept.some((option) => option.startsWith("ndots:")) ? [...kept, "ndots:0"] : kept;
  const servers = has ? [ENGINE_RESOLVER] : nameservers(host, own.nameservers);
  return [
    ...servers.map((server) => `nameserver ${server}`),
    ...(search.length > 0 ? [`search ${search.join(" ")}`] : []),
    ...(options.length > 0 ? [`options ${options.join(" ")}`] : []),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** The network's directives with the container's own choice of upstream servers, if it made one. */
export function withOwnUpstreams(host: HostConfig, network: readonly Directive[]): Directive[] {
  const own = host.Dns ?? [];
  if (own.length === 0 || !network.some(([name]) => name === "resolver")) return [...network];
  return [
    ...network.filter(([name]) => name !== "upstream"),
    ...own.map((address): Directive => ["upstream", address]),
  ];
}

function nameservers(host: HostConfig, machine: readonly string[]): readonly string[] {
  if (host.Dns?.length) return host.Dns;
  if (host.NetworkMode === "host") return machine;
  const reachable = machine.filter((server) => !server.startsWith("127.") && server !== "::1");
  return reachable.length > 0 ? reachable : PUBLIC_RESOLVERS;
}

function parseResolvConf(text: string): { nameservers: string[]; search: string[]; options: string[] } {
  const found = { nameservers: [] as string[], search: [] as string[], options: [] as string[] };
  for (const line of text.split("\n")) {
    const [key, ...words] = line.trim().split(/\s+/);
    if (key === "nameserver" && words[0]) found.nameservers.push(words[0]);
    if (key === "search") found.search = words;
    if (key === "options") found.options = words;
  }
  return found;
}

/** Throws for an entry that is no `name:address`. */
export function checkExtraHosts(entries: readonly string[]): void {
  for (const entry of entries) {
    const { name, address } = splitExtraHost(entry);
    if (!/^[^\s]+$/.test(name) || address === undefined) {
      throw new EngineError("invalid", `bad format for add-host: "${entry}"`);
    }
    if (address !== HOST_GATEWAY && isIP(address) === 0) {
      throw new EngineError("invalid", `invalid IP address in add-host: "${address}"`);
    }
  }
}

function extraHost(entry: string, hostGateway: string): string {
  const { name, address = "" } = splitExtraHost(entry);
  return `${address === HOST_GATEWAY ? hostGateway : address}\t${name}`;
}

/** Split at the first colon: an address of IPv6 has more. */
function splitExtraHost(entry: string): { name: string; address: string | undefined } {
  const separator = entry.search(/[:=]/);
  if (separator < 0) return { name: entry, address: undefined };
  return { name: entry.slice(0, separator), address: entry.slice(separator + 1).replace(/^\[(.*)\]$/, "$1") };
}
