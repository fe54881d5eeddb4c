// The addresses of one subnet of a network: which are taken, and which comes next.
import { formatAddress, lastAddress, parseAddress, parseSubnet } from "./ip-address.ts";
import type { Subnet } from "./ip-address.ts";
import type { NetworkRecord } from "./network-record.ts";

/** What a pool is made of. */
export interface PoolOptions {
  readonly subnet: Subnet;
  /** Where addresses are chosen from; all of the subnet when undefined. */
  readonly range?: Subnet | undefined;
  /** Never given to a container: the gateway's and auxiliary addresses. */
  readonly reserved: readonly bigint[];
}

/** How many of those who gave their address back it is kept in mind for. */
const FORMER_HOLDERS = 1024;

/**
 * Gives addresses out in ascending order and starts over at the end, so that one given back is the last to be given to another: clients
 * that still know it do not reach a stranger. Whoever had it has it again, as long as it is free: they find a container that was
 * restarted.
 */
export class AddressPool {
  readonly subnet: Subnet;
  readonly #first: bigint;
  readonly #last: bigint;
  readonly #reserved: ReadonlySet<bigint>;
  readonly #taken = new Set<bigint>();
  /** What each holder gave back last, the latest at the end. */
  readonly #former = new Map<string, bigint>();
  #next: bigint;

  constructor(options: PoolOptions) {
    const { subnet } = options;
    this.subnet = subnet;
    const range = options.range ?? subnet;
    this.#first = range.first;
    this.#last = lastAddress(range);
    const reserved = new Set(options.reserved);
    // The subnet's own address and, in IPv4, the broadcast address; subnets of one or two addresses have neither.
    if (lastAddress(subnet) - subnet.first > 1n) {
      reserved.add(subnet.first);
      if (subnet.version === 4) reserved.add(lastAddress(subnet));
    }
    this.#reserved = reserved;
    this.#next = this.#first;
  }

  /** A free address, none of `avoid`: that which the holder had, if it may be; undefined when there is none. */
  take(holder: string, avoid: ReadonlySet<bigint> = new Set()): bigint | undefined {
    const former = this.#former.get(holder);
    if (former !== undefined && this.#isInRange(former) && !avoid.has(former) && this.takeExactly(former))
      return former;
    // Each address that is passed over is one of these, so the search ends after as many steps.
    const steps = BigInt(this.#taken.size + this.#reserved.size + avoid.size + 1);
    const size = this.#last - this.#first + 1n;
    for (let step = 0n; step < (steps < size ? steps : size); step++) {
      const candidate = this.#next;
      this.#next = candidate === this.#last ? this.#first : candidate + 1n;
      if (this.#reserved.has(candidate) || this.#taken.has(candidate) || avoid.has(candidate)) continue;
      this.#taken.add(candidate);
      return candidate;
    }
    return undefined;
  }

  /** A certain address; false when it is taken or reserved. */
  takeExactly(value: bigint): boolean {
    if (this.#taken.has(value) || this.#reserved.has(value)) return false;
    this.#taken.add(value);
    return true;
  }

  giveBack(value: bigint, holder: string): void {
    this.#taken.delete(value);
    this.#former.delete(holder);
    this.#former.set(holder, value);
    const [oldest] = this.#former.size > FORMER_HOLDERS ? this.#former.keys() : [];
    if (oldest !== undefined) this.#former.delete(oldest);
  }

  #isInRange(value: bigint): boolean {
    return this.#first <= value && value <= this.#last;
  }

  format(value: bigint): string {
    return formatAddress({ version: this.subnet.version, value });
  }
}

/** The pools of a network, in the order of its subnets. */
export function addressPools(record: NetworkRecord): AddressPool[] {
  return record.subnets.flatMap((config) => {
    const subnet = parseSubnet(config.Subnet ?? "");
    const isUsed = subnet?.version === 4 ? record.ipv4 : record.ipv6;
    if (subnet === undefined || !isUsed || record.configOnly === true) return [];
    const reserved = [config.Gateway ?? "", ...Object.values(config.AuxiliaryAddresses ?? {})];
    return new AddressPool({
      subnet,
      range: parseSubnet(config.IPRange ?? ""),
      reserved: reserved.flatMap((text) => parseAddress(text)?.value ?? []),
    });
  });
}
