// Whether what a request says of its addresses can be: every fault, in the words that Docker's clients know. Pure.
import type { IpamConfig } from "../api-types/network.ts";
import { contains, formatSubnet, overlaps, parseAddress, parseSubnet } from "./ip-address.ts";
import type { Subnet } from "./ip-address.ts";

/** The faults of one entry. Subnets of a family that the network does not have are not looked at. */
export function ipamFaults(config: IpamConfig, families: { readonly ipv6: boolean }): string[] {
  const text = config.Subnet ?? "";
  const subnet = parseSubnet(text);
  if (subnet === undefined) return [`invalid subnet ${text}: invalid CIDR block notation`];
  if (subnet.version === 6 && !families.ipv6) return [];
  return [
    ...hostBits("subnet", text, subnet),
    ...rangeFaults(config.IPRange, subnet),
    ...addressFaults("gateway", config.Gateway, config.Gateway, subnet),
    ...Object.entries(config.AuxiliaryAddresses ?? {}).flatMap(([name, address]) =>
      addressFaults("auxiliary address", name, address, subnet),
    ),
  ];
}

function hostBits(what: string, text: string, subnet: Subnet): string[] {
  const address = parseAddress(text.split("/")[0] ?? "");
  if (address?.value === subnet.first) return [];
  return [`invalid ${what} ${text}: it should be ${formatSubnet(subnet)}`];
}

function rangeFaults(text: string | undefined, subnet: Subnet): string[] {
  if (!text) return [];
  const range = parseSubnet(text);
  if (range === undefined) return [`invalid ip-range ${text}: invalid CIDR block notation`];
  if (range.version !== subnet.version)
    return [`invalid ip-range ${text}: parent subnet is an IPv${subnet.version} block`];
  const bits = hostBits("ip-range", text, range);
  if (range.prefix < subnet.prefix)
    return [
      ...bits,
      `invalid ip-range ${text}: CIDR block is bigger than its parent subnet ${formatSubnet(subnet)}`,
    ];
  if (overlaps(range, subnet)) return bits;
  return [
    ...bits,
    `invalid ip-range ${text}: parent subnet ${formatSubnet(subnet)} doesn't contain ip-range`,
  ];
}

function addressFaults(
  what: string,
  name: string | undefined,
  text: string | undefined,
  subnet: Subnet,
): string[] {
  if (!text) return [];
  const address = parseAddress(text);
  if (address === undefined) return [`invalid ${what} ${name}: invalid address`];
  if (address.version !== subnet.version)
    return [`invalid ${what} ${name}: parent subnet is an IPv${subnet.version} block`];
  if (contains(subnet, address)) return [];
  return [`invalid ${what} ${name}: parent subnet ${formatSubnet(subnet)} doesn't contain this address`];
}
