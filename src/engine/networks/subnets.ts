// Which subnets a new network gets: those it asks for, when they are sound and free, or the next free default one. Pure.
import type { IpamConfig, NetworkCreateBody } from "../api-types/network.ts";
import { EngineError } from "../errors.ts";
import {
  formatAddress,
  formatSubnet,
  lastAddress,
  overlaps,
  parseAddress,
  parseSubnet,
  subnetSize,
} from "./ip-address.ts";
import type { Subnet } from "./ip-address.ts";
import { ipamFaults } from "./ipam-check.ts";

/** The subnet of the predefined network `bridge`. */
export const bridgeSubnet = "172.17.0.0/16";

interface Pool {
  readonly config: IpamConfig;
  readonly subnet: Subnet;
}

/** Default subnets in the order they are tried. */
function* defaultSubnets(): Generator<Subnet> {
  for (let second = 18; second <= 31; second++) yield subnetOf(`172.${second}.0.0/16`);
  for (let third = 0; third < 256; third += 16) yield subnetOf(`192.168.${third}.0/20`);
}

function subnetOf(text: string): Subnet {
  const subnet = parseSubnet(text);
  if (subnet === undefined) throw new Error(`internal: ${text} is no subnet`);
  return subnet;
}

function allocationRefused(what: string, why: string): EngineError {
  return new EngineError("failed", `failed to allocate ${what}: ${why}`);
}

/** The first address that is given out: of the range, where there is one. */
function defaultGateway({ IPRange }: IpamConfig, subnet: Subnet): bigint {
  const { first } = IPRange ? subnetOf(IPRange) : subnet;
  return first === subnet.first ? first + 1n : first;
}

/** Completes one entry of a request: gateway filled in, no address said twice. */
function complete({ config, subnet }: Pool): IpamConfig {
  const asked = parseAddress(config.Gateway ?? "");
  if (lastAddress(subnet) - subnet.first < 3n)
    throw allocationRefused(`gateway (${config.Gateway ?? ""})`, "no available addresses on this pool");
  const gateway = asked ?? { version: subnet.version, value: defaultGateway(config, subnet) };
  const broadcast = subnet.version === 4 ? lastAddress(subnet) : undefined;
  if (gateway.value === subnet.first || gateway.value === broadcast)
    throw allocationRefused(`gateway (${formatAddress(gateway)})`, "Address already in use");
  const taken = new Set([gateway.value]);
  for (const [name, text] of Object.entries(config.AuxiliaryAddresses ?? {})) {
    const value = parseAddress(text)?.value ?? 0n;
    if (taken.has(value))
      throw allocationRefused(`secondary ip address (${name}:${text})`, "Address already in use");
    taken.add(value);
  }
  const auxiliary = config.AuxiliaryAddresses ?? {};
  return {
    Subnet: formatSubnet(subnet),
    ...(config.IPRange ? { IPRange: formatSubnet(subnetOf(config.IPRange)) } : {}),
    Gateway: formatAddress(gateway),
    ...(Object.keys(auxiliary).length > 0 ? { AuxiliaryAddresses: auxiliary } : {}),
  };
}

function freeDefault(taken: readonly Subnet[]): Subnet {
  for (const subnet of defaultSubnets()) {
    if (!taken.some((other) => overlaps(subnet, other))) return subnet;
  }
  throw new EngineError("invalid", "all predefined address pools have been fully subnetted");
}

/** A /64 of unique local addresses; its 40 random bits come from the network's id. */
function localSubnet6(id: string, taken: readonly Subnet[]): Subnet {
  const base = (0xfdn << 120n) | (BigInt(`0x${id.slice(0, 10)}`) << 80n);
  for (let index = 0n; index < 0x10000n; index++) {
    const subnet: Subnet = { version: 6, first: base | (index << 64n), prefix: 64 };
    if (!taken.some((other) => overlaps(subnet, other))) return subnet;
  }
  throw new EngineError("invalid", "all predefined address pools have been fully subnetted");
}

function checkTogether(pools: readonly Pool[], taken: readonly Subnet[]): void {
  for (const [index, { subnet }] of pools.entries()) {
    const others = [...taken, ...pools.slice(0, index).map((pool) => pool.subnet)];
    if (subnetSize(subnet) > 1n << 96n || (subnet.version === 4 && subnet.prefix < 8))
      throw new EngineError("invalid", `invalid subnet ${formatSubnet(subnet)}: too large`);
    if (others.some((other) => overlaps(subnet, other)))
      throw new EngineError(
        "forbidden",
        "invalid pool request: Pool overlaps with other one on this address space",
      );
  }
}

/** What a new network is planned with. */
export interface SubnetRequest {
  readonly body: NetworkCreateBody;
  readonly id: string;
  readonly families: { readonly ipv4: boolean; readonly ipv6: boolean };
  /** Subnets of all other networks, which none of this may meet. */
  readonly taken: readonly Subnet[];
  /** Where the machine itself sends packets: subnets that are chosen for it stay clear of these, too. */
  readonly routed?: readonly Subnet[];
}

/**
 * The complete address configuration of a new network, a default subnet for each family that was not asked for. Throws EngineError:
 * invalid for what is malformed or used up, forbidden for an overlap.
 */
export function planSubnets(request: SubnetRequest): IpamConfig[] {
  const { body, id, families, taken } = request;
  const configs = (body.IPAM?.Config ?? []).filter((config) => Object.values(config).some(Boolean));
  const faults = configs.flatMap((config) => ipamFaults(config, families));
  if (faults.length > 0) throw new EngineError("invalid", `invalid network config:\n${faults.join("\n")}`);
  const asked = configs.map((config) => ({ config, subnet: subnetOf(config.Subnet ?? "") }));
  const has = (version: 4 | 6): boolean => asked.some(({ subnet }) => subnet.version === version);
  const avoided = [...taken, ...(request.routed ?? []), ...asked.map(({ subnet }) => subnet)];
  // A subnet of a family that the network does not have is kept as it was said, and used for nothing.
  const used = asked.filter(({ subnet }) => (subnet.version === 4 ? families.ipv4 : families.ipv6));
  checkTogether(used, taken);
  const chosen: Pool[] = [
    ...(families.ipv4 && !has(4) ? [{ config: {}, subnet: freeDefault(avoided) }] : []),
    ...(families.ipv6 && !has(6) ? [{ config: {}, subnet: localSubnet6(id, avoided) }] : []),
  ];
  const unused = asked.filter((pool) => !used.includes(pool)).map(({ config }) => config);
  // IPv4 first, where clients look for the gateway.
  const pools = [...used, ...chosen].toSorted((a, b) => a.subnet.version - b.subnet.version);
  return [...pools.map(complete), ...unused];
}
