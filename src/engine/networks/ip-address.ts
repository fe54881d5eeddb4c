// IP addresses and subnets as numbers, so that both families are counted and compared alike.
import { isIP } from "node:net";

/** One address. `value` counts from 0 within the family. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** All addresses from `first` that share its leading `prefix` bits. */
export interface Subnet {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly prefix: number;
}

function bits(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

function parseV4(text: string): bigint {
  return text.split(".").reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** Groups of a part of an IPv6 address; a last dotted IPv4 part counts as two. */
function groups(text: string): bigint[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [BigInt(`0x${group}`)];
    const embedded = parseV4(group);
    return [embedded >> 16n, embedded & 0xffffn];
  });
}

function parseV6(text: string): bigint {
  const [head = "", tail] = text.split("::");
  const front = groups(head);
  const back = groups(tail ?? "");
  const gap = Array.from({ length: 8 - front.length - back.length }, () => 0n);
  return [...front, ...gap, ...back].reduce((value, group) => (value << 16n) | group, 0n);
}

/** Undefined when the text is no address; zones (`%eth0`) are none. */
export function parseAddress(text: string): IpAddress | undefined {
  const version = text.includes("%") ? 0 : isIP(text);
  if (version === 4) return { version, value: parseV4(text) };
  if (version === 6) return { version, value: parseV6(text) };
  return undefined;
}

/** The shortest usual spelling. */
export function formatAddress({ version, value }: IpAddress): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
  const parts = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  const run = longestZeroRun(parts);
  const text = (from: number, to: number): string =>
    parts
      .slice(from, to)
      .map((part) => part.toString(16))
      .join(":");
  return run.length < 2 ? text(0, 8) : `${text(0, run.start)}::${text(run.start + run.length, 8)}`;
}

function longestZeroRun(parts: readonly bigint[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < parts.length; start++) {
    let end = start;
    while (parts[end] === 0n) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}

/** "10.1.0.0/16"; bits behind the prefix are cut off. Undefined when it is no subnet. */
export function parseSubnet(text: string): Subnet | undefined {
  const [base = "", length, more] = text.split("/");
  const address = parseAddress(base);
  if (address === undefined || more !== undefined || !/^\d{1,3}$/.test(length ?? "")) return undefined;
  const prefix = Number(length);
  if (prefix > bits(address.version)) return undefined;
  const size = subnetSize({ version: address.version, prefix });
  return { version: address.version, first: (address.value / size) * size, prefix };
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress({ version: subnet.version, value: subnet.first })}/${subnet.prefix}`;
}

/** How many addresses a subnet has. */
export function subnetSize(subnet: Pick<Subnet, "version" | "prefix">): bigint {
  return 1n << BigInt(bits(subnet.version) - subnet.prefix);
}

/** The highest address. */
export function lastAddress(subnet: Subnet): bigint {
  return subnet.first + subnetSize(subnet) - 1n;
}

/** Whether an address, or all of another subnet, lies inside. */
export function contains(subnet: Subnet, inner: IpAddress | Subnet): boolean {
  if (subnet.version !== inner.version) return false;
  const [first, last] = "value" in inner ? [inner.value, inner.value] : [inner.first, lastAddress(inner)];
  return first >= subnet.first && last <= lastAddress(subnet);
}

/** Whether two subnets have an address in common. */
export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.version === b.version && a.first <= lastAddress(b) && b.first <= lastAddress(a);
}
