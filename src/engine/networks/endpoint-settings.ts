// A container's endpoints, as the API has them: what a request may ask for, what is kept of it, and which endpoint comes first. Pure.
import { createHash } from "node:crypto";
import type { EndpointSettings } from "../api-types/network.ts";
import type { NetworkMember } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { endpointOptionFault } from "./endpoint-options.ts";
import { contains, parseAddress, parseSubnet } from "./ip-address.ts";
import { isPredefined, subnetsOf } from "./network-record.ts";
import type { NetworkRecord } from "./network-record.ts";

/** Names by which others on the same network find a container; the predefined networks have no names. */
export function dnsNames(
  network: NetworkRecord,
  member: NetworkMember,
  aliases: readonly string[] | null | undefined,
): string[] | null {
  if (isPredefined(network)) return null;
  const names = [member.name, ...(aliases ?? []), member.id.slice(0, 12), member.hostname];
  return [...new Set(names.filter((name) => name !== ""))];
}

function refuse(network: NetworkRecord, reason: string): never {
  throw new EngineError(
    "invalid",
    `invalid config for network ${network.name}: invalid endpoint settings:\n${reason}`,
  );
}

/** Of a network that only says what others are made like. */
export function cannotHaveMembers(): EngineError {
  return new EngineError("forbidden", "cannot create endpoint on configuration-only network");
}

function checkAddress(network: NetworkRecord, text: string, version: 4 | 6): void {
  const address = parseAddress(text);
  if (address?.version !== version) refuse(network, `invalid IPv${version} address: ${text}`);
  if (isPredefined(network))
    refuse(network, "user-specified IP address is supported on user-defined networks only");
  if (!subnetsOf(network).some((subnet) => contains(subnet, address)))
    refuse(network, `no configured subnet or ip-range contain the IP address ${text}`);
}

function checkMac(network: NetworkRecord, mac: string): void {
  // The lowest bit of the first byte marks group addresses, which no interface can have.
  if (!/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i.test(mac)) refuse(network, `invalid MAC address: ${mac}`);
}

/**
 * Throws EngineError (invalid) when another endpoint of the container has the MAC address: inside of a container its interfaces are
 * told apart by them.
 */
export function refuseSharedMac(
  network: NetworkRecord,
  asked: EndpointSettings,
  endpoints: Readonly<Record<string, EndpointSettings>>,
): void {
  const mac = asked.MacAddress?.toLowerCase();
  if (!mac) return;
  const other = Object.keys(endpoints).find(
    (name) => name !== network.name && endpoints[name]?.MacAddress?.toLowerCase() === mac,
  );
  if (other !== undefined)
    refuse(network, `MAC address ${mac} is this container's on network ${other} already`);
}

const linkLocalRanges = ["169.254.0.0/16", "fe80::/64"].flatMap((text) => parseSubnet(text) ?? []);

/** Throws EngineError (invalid) when a network cannot give what is asked for. */
export function checkEndpoint(network: NetworkRecord, asked: EndpointSettings): void {
  if ((asked.Aliases ?? []).length > 0 && isPredefined(network))
    refuse(network, "network-scoped aliases are only supported for user-defined networks");
  for (const alias of asked.Aliases ?? []) {
    if (!/^[!-~]+$/.test(alias)) refuse(network, `invalid alias: ${JSON.stringify(alias)}`);
  }
  if (asked.IPAMConfig?.IPv4Address) checkAddress(network, asked.IPAMConfig.IPv4Address, 4);
  if (asked.IPAMConfig?.IPv6Address) checkAddress(network, asked.IPAMConfig.IPv6Address, 6);
  for (const text of asked.IPAMConfig?.LinkLocalIPs ?? []) {
    const address = parseAddress(text);
    if (address === undefined || !linkLocalRanges.some((range) => contains(range, address)))
      refuse(network, `invalid link-local IP address: ${text}`);
  }
  if (asked.MacAddress) checkMac(network, asked.MacAddress);
  const fault = endpointOptionFault(asked);
  if (fault !== undefined) refuse(network, fault);
}

const empty = {
  EndpointID: "",
  Gateway: "",
  IPAddress: "",
  IPPrefixLen: 0,
  IPv6Gateway: "",
  GlobalIPv6Address: "",
  GlobalIPv6PrefixLen: 0,
} as const;

/** The endpoint of a container that does not run. */
export function restingEndpoint(
  network: NetworkRecord,
  member: NetworkMember,
  asked: EndpointSettings,
): EndpointSettings {
  return {
    IPAMConfig: asked.IPAMConfig ?? null,
    Links: asked.Links ?? null,
    Aliases: asked.Aliases ?? null,
    MacAddress: asked.MacAddress ?? "",
    DriverOpts: asked.DriverOpts ?? null,
    GwPriority: asked.GwPriority ?? 0,
    NetworkID: network.id,
    ...empty,
    DNSNames: dnsNames(network, member, asked.Aliases),
  };
}

/** The same endpoint without what it had while it ran. A MAC address made from the IP address goes with it. */
export function withoutAddresses(endpoint: EndpointSettings): EndpointSettings {
  const address = endpoint.IPAddress || endpoint.GlobalIPv6Address;
  const generated = address ? macFor(address) : undefined;
  const keepsMac = endpoint.MacAddress !== generated;
  return { ...endpoint, ...empty, MacAddress: keepsMac ? (endpoint.MacAddress ?? "") : "" };
}

/** 02:42 and four bytes, those of an IPv4 address or a digest of an IPv6 address: unique wherever the address is. */
export function macFor(address: string): string {
  const parsed = parseAddress(address);
  const hex =
    parsed?.version === 4
      ? parsed.value.toString(16).padStart(8, "0")
      : createHash("sha256").update(address).digest("hex").slice(0, 8);
  return `02:42:${hex.match(/../g)?.join(":") ?? ""}`;
}

/** Names of networks in the order their interfaces get their numbers, which is also the order of who gives the default route. */
export function endpointOrder(endpoints: Readonly<Record<string, EndpointSettings>>): string[] {
  const priority = (name: string): number => endpoints[name]?.GwPriority ?? 0;
  return Object.keys(endpoints).toSorted((a, b) => priority(b) - priority(a) || (a < b ? -1 : a > b ? 1 : 0));
}

/** Which network gives the default route of each family; internal ones give none, for their endpoints have no gateway. */
export function defaultGateways(endpoints: Readonly<Record<string, EndpointSettings>>): {
  ipv4: string | undefined;
  ipv6: string | undefined;
} {
  const order = endpointOrder(endpoints);
  return {
    ipv4: order.find((name) => endpoints[name]?.Gateway),
    ipv6: order.find((name) => endpoints[name]?.IPv6Gateway),
  };
}

/** The address that published ports lead to: on the network of the default route. Internal networks publish nothing. */
export function publishedAddress(endpoints: Readonly<Record<string, EndpointSettings>>): string | undefined {
  const { ipv4, ipv6 } = defaultGateways(endpoints);
  if (ipv4 !== undefined) return endpoints[ipv4]?.IPAddress;
  return ipv6 === undefined ? undefined : endpoints[ipv6]?.GlobalIPv6Address;
}
