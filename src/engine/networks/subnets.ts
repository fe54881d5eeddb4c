// Which subnets a new network gets: those it asks for, when they are sound and free, or the next free default one.
import type { IpamConfig, NetworkCreateBody } from "../api-types.ts";
import { EngineError } from "../errors.ts";
import {
  contains,
  formatAddress,
  formatSubnet,
  overlaps,
  parseAddress,
  parseSubnet,
  subnetSize,
} from "./ip-address.ts";
import type { IpAddress, Subnet } from "./ip-address.ts";

/** The subnet of the predefined network `bridge`. */
export const bridgeSubnet = "172.17.0.0/16";

/** Default subnets in the order they are tried. */
function* defaultSubnets(): Generator<Subnet> {
  for (let second = 18; second <= 31; second++) yield subnetOf(`172.${second}.0.0/16`);
  for (let third = 0; third < 256; third += 16) yield subnetOf(`192.168.${third}.0/20`);
}

function subnetOf(text: string): Subnet {
  const subnet = parseSubnet(text);
  if (subnet === undefined) throw new EngineError("invalid", `invalid subnet ${text}: invalid CIDR address`);
  return subnet;
}

function addressOf(text: string, what: string): IpAddress {
  const address = parseAddress(text);
  if (address === undefined) throw new EngineError("invalid", `invalid ${what} ${text}: not an IP address`);
  return address;
}

/** Completes one entry of a request: gateway filled in, everything checked to lie where it must. */
function complete(config: IpamConfig, subnet: Subnet): IpamConfig {
  const smallest = subnet.version === 4 ? 30 : 126;
  if (subnet.prefix > smallest)
    throw new EngineError(
      "invalid",
      `invalid subnet ${formatSubnet(subnet)}: no room for a gateway and a container`,
    );
  const gateway = config.Gateway
    ? addressOf(config.Gateway.split("/")[0] ?? "", "gateway")
    : { version: subnet.version, value: subnet.first + 1n };
  if (!contains(subnet, gateway))
    throw new EngineError("invalid", `no matching subnet for gateway ${config.Gateway ?? ""}`);
  const range = config.IPRange ? subnetOf(config.IPRange) : undefined;
  if (range !== undefined && !contains(subnet, range))
    throw new EngineError(
      "invalid",
      `invalid ip-range ${formatSubnet(range)}: not inside subnet ${formatSubnet(subnet)}`,
    );
  for (const [name, text] of Object.entries(config.AuxiliaryAddresses ?? {})) {
    if (!contains(subnet, addressOf(text, `auxiliary address ${name}`)))
      throw new EngineError("invalid", `no matching subnet for aux-address ${text}`);
  }
  return {
    Subnet: formatSubnet(subnet),
    ...(range === undefined ? {} : { IPRange: formatSubnet(range) }),
    Gateway: formatAddress(gateway),
    ...(config.AuxiliaryAddresses && Object.keys(config.AuxiliaryAddresses).length > 0
      ? { AuxiliaryAddresses: config.AuxiliaryAddresses }
      : {}),
  };
}

function freeDefault(taken: readonly Subnet[]): Subnet {
  for (const subnet of defaultSubnets()) {
    if (!taken.some((other) => overlaps(subnet, other))) return subnet;
  }
  throw new EngineError(
    "failed",
    "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
  );
}

/** A /64 of unique local addresses; its 40 random bits come from the network's id. */
function localSubnet6(id: string, taken: readonly Subnet[]): Subnet {
  const base = (0xfdn << 120n) | (BigInt(`0x${id.slice(0, 10)}`) << 80n);
  for (let index = 0n; index < 0x10000n; index++) {
    const subnet: Subnet = { version: 6, first: base | (index << 64n), prefix: 64 };
    if (!taken.some((other) => overlaps(subnet, other))) return subnet;
  }
  throw new EngineError("failed", "no IPv6 address pool is free");
}

function requested(configs: readonly IpamConfig[]): { config: IpamConfig; subnet: Subnet }[] {
  return configs
    .filter((config) => config.Subnet)
    .map((config) => ({ config, subnet: subnetOf(config.Subnet ?? "") }));
}

/** A default subnet for each family that is wanted and was not asked for; a range or gateway without a subnet has no meaning. */
function withDefaults(
  body: NetworkCreateBody,
  id: string,
  taken: readonly Subnet[],
): { config: IpamConfig; subnet: Subnet }[] {
  const configs = body.IPAM?.Config ?? [];
  const homeless = configs.find((config) => !config.Subnet && (config.IPRange || config.Gateway));
  if (homeless !== undefined)
    throw new EngineError("invalid", "invalid IPAM config: an ip-range or gateway needs its subnet");
  const pools = requested(configs);
  if (body.EnableIPv4 !== false && !pools.some(({ subnet }) => subnet.version === 4))
    pools.push({ config: {}, subnet: freeDefault([...taken, ...pools.map(({ subnet }) => subnet)]) });
  if (body.EnableIPv6 === true && !pools.some(({ subnet }) => subnet.version === 6))
    pools.push({ config: {}, subnet: localSubnet6(id, taken) });
  return pools;
}

/**
 * The complete address configuration of a new network. `taken` are the subnets of all others. Throws EngineError: invalid for what is
 * malformed, forbidden for an overlap.
 */
export function planSubnets(body: NetworkCreateBody, id: string, taken: readonly Subnet[]): IpamConfig[] {
  const pools = withDefaults(body, id, taken);
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
  return pools.map(({ config, subnet }) => complete(config, subnet));
}
