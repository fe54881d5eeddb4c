// One network while the engine runs: its free addresses, its running members, its bridge and its names.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { EndpointSettings, NetworkInspect } from "../api-types/network.ts";
import type { Native, NetworkMember } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { addressPools } from "./address-pool.ts";
import type { AddressPool } from "./address-pool.ts";
import { interfacePrefix, isolatesMembers, mtuOf } from "./bridge-options.ts";
import { dnsNames, macFor, restingEndpoint } from "./endpoint-settings.ts";
import { contains, formatAddress, formatSubnet, parseAddress } from "./ip-address.ts";
import { NamesTable } from "./names-table.ts";
import type { NamesLine } from "./names-table.ts";
import { bridgeName, isPredefined } from "./network-record.ts";
import type { NetworkRecord } from "./network-record.ts";

/** A running container's place on a network. */
interface Lease {
  readonly member: NetworkMember;
  readonly endpoint: EndpointSettings;
}

type Family = 4 | 6;

/** A network and its running members. Addresses are taken and given back at once, so that callers need no lock. */
export class Network {
  readonly record: NetworkRecord;
  readonly #pools: readonly AddressPool[];
  readonly #leases = new Map<string, Lease>();
  readonly #names: NamesTable;
  /** The anchor in whose namespace the bridge is, and when it is there. */
  #bridge: { anchor: number; raised: Promise<unknown> } | undefined;
  #mayHaveBridge: boolean;

  /** `fresh`: made just now, so that no earlier engine can have made its bridge. */
  constructor(folder: string, record: NetworkRecord, options: { readonly fresh: boolean }) {
    this.record = record;
    this.#pools = addressPools(record);
    this.#names = new NamesTable(join(folder, this.tableFile));
    this.#mayHaveBridge = !options.fresh && record.driver === "bridge";
  }

  /** The name of its table of names, below the folder of the networks. */
  get tableFile(): string {
    return `${this.record.id}.names`;
  }

  get isUsed(): boolean {
    return this.#leases.size > 0;
  }

  has(memberId: string): boolean {
    return this.#leases.has(memberId);
  }

  /**
   * Takes addresses for a container and gives its complete endpoint. `avoid` are addresses that others have asked for by name and may
   * come to claim. Throws EngineError when the address is in use or none is free.
   */
  join(member: NetworkMember, asked: EndpointSettings, avoid: ReadonlySet<string>): EndpointSettings {
    this.leave(member.id);
    const taker = { holder: member.id, avoid };
    const ipv4 = this.#take(4, asked.IPAMConfig?.IPv4Address, taker);
    let ipv6: Taken | undefined;
    try {
      ipv6 = this.#take(6, asked.IPAMConfig?.IPv6Address, taker);
    } catch (error) {
      ipv4?.pool.giveBack(ipv4.value, member.id);
      throw error;
    }
    const address = ipv4?.text ?? ipv6?.text;
    const mac = asked.MacAddress || (address === undefined ? "" : macFor(address));
    const endpoint: EndpointSettings = {
      ...restingEndpoint(this.record, member, asked),
      MacAddress: mac,
      EndpointID: randomBytes(32).toString("hex"),
      Gateway: ipv4 === undefined ? "" : this.#gateway(ipv4.pool),
      IPAddress: ipv4?.text ?? "",
      IPPrefixLen: ipv4?.pool.subnet.prefix ?? 0,
      IPv6Gateway: ipv6 === undefined ? "" : this.#gateway(ipv6.pool),
      GlobalIPv6Address: ipv6?.text ?? "",
      GlobalIPv6PrefixLen: ipv6?.pool.subnet.prefix ?? 0,
    };
    this.#leases.set(member.id, { member, endpoint });
    return endpoint;
  }

  /** Enters a container that has these addresses already. */
  adopt(member: NetworkMember, endpoint: EndpointSettings): void {
    for (const text of [endpoint.IPAddress, endpoint.GlobalIPv6Address]) {
      const address = parseAddress(text ?? "");
      if (address !== undefined)
        this.#pools.find((pool) => contains(pool.subnet, address))?.takeExactly(address.value);
    }
    this.#leases.set(member.id, { member, endpoint });
  }

  /** Gives a container's addresses back; false when it was not here. */
  leave(memberId: string): boolean {
    const lease = this.#leases.get(memberId);
    if (lease === undefined) return false;
    this.#leases.delete(memberId);
    for (const text of [lease.endpoint.IPAddress, lease.endpoint.GlobalIPv6Address]) {
      const address = parseAddress(text ?? "");
      if (address !== undefined)
        this.#pools.find((pool) => contains(pool.subnet, address))?.giveBack(address.value, memberId);
    }
    return true;
  }

  /** The container has another name now. */
  rename(member: NetworkMember): void {
    const lease = this.#leases.get(member.id);
    if (lease === undefined) return;
    const endpoint = { ...lease.endpoint, DNSNames: dnsNames(this.record, member, lease.endpoint.Aliases) };
    this.#leases.set(member.id, { member, endpoint });
  }

  /** Whether members find each other by name; on predefined networks they do not. */
  get hasNames(): boolean {
    return !isPredefined(this.record);
  }

  /** Resolves when resolvers answer as the membership of this container is now. */
  publishNames(memberId: string): Promise<void> {
    if (!this.hasNames) return Promise.resolve();
    const lease = this.#leases.get(memberId);
    if (lease === undefined) return this.#names.delete(memberId);
    return this.#names.set(memberId, namesLines(lease.endpoint, this.record.name));
  }

  /** Makes the bridge where there is none yet in this anchor's namespace. */
  async raiseBridge(native: Native): Promise<void> {
    if (this.record.driver !== "bridge") return;
    const anchor = await native.anchor();
    if (this.#bridge?.anchor !== anchor) {
      this.#mayHaveBridge = true;
      const raised = native.call(["net", "bridge-add", bridgeName(this.record), ...this.#bridgeFields()]);
      const bridge = { anchor, raised };
      this.#bridge = bridge;
      raised.catch(() => {
        if (this.#bridge === bridge) this.#bridge = undefined; // the next container tries again
      });
    }
    await this.#bridge?.raised;
  }

  /** Takes away what it has outside of memory and its record. */
  async dissolve(native: Native): Promise<void> {
    await this.#bridge?.raised.catch(() => undefined);
    if (this.#mayHaveBridge) await native.call(["net", "bridge-del", bridgeName(this.record)]);
    this.#bridge = undefined;
    this.#mayHaveBridge = false;
    await this.#names.remove();
  }

  /** Its running members, as `GET /networks/{id}` shows them. */
  containers(): NonNullable<NetworkInspect["Containers"]> {
    return Object.fromEntries(
      [...this.#leases.values()].map(({ member, endpoint }) => [
        member.id,
        {
          Name: member.name,
          EndpointID: endpoint.EndpointID ?? "",
          MacAddress: endpoint.MacAddress ?? "",
          IPv4Address: withPrefix(endpoint.IPAddress, endpoint.IPPrefixLen),
          IPv6Address: withPrefix(endpoint.GlobalIPv6Address, endpoint.GlobalIPv6PrefixLen),
        },
      ]),
    );
  }

  /** What the names of members' interfaces begin with, before their number. */
  get interfacePrefix(): string {
    return interfacePrefix(this.record.options);
  }

  /** The fields of directive `endpoint` and of `net connect` behind the interface's name. */
  endpointFields(endpoint: EndpointSettings, gateways: { ipv4: boolean; ipv6: boolean }): string[] {
    const mtu = mtuOf(this.record.options);
    return [
      bridgeName(this.record),
      addressList(withPrefix(endpoint.IPAddress, endpoint.IPPrefixLen), linkLocal(endpoint, 4)),
      endpoint.MacAddress ?? "",
      gateways.ipv4 ? (endpoint.Gateway ?? "") : "",
      addressList(
        withPrefix(endpoint.GlobalIPv6Address, endpoint.GlobalIPv6PrefixLen),
        linkLocal(endpoint, 6),
      ),
      gateways.ipv6 ? (endpoint.IPv6Gateway ?? "") : "",
      mtu === 0 ? "" : String(mtu),
      this.#otherSubnets(endpoint).join(","),
    ];
  }

  /** Subnets of the network that the endpoint has no address in: their members are on the same bridge. */
  #otherSubnets(endpoint: EndpointSettings): string[] {
    const own = [endpoint.IPAddress, endpoint.GlobalIPv6Address].flatMap(
      (text) => parseAddress(text ?? "") ?? [],
    );
    return this.#pools
      .map(({ subnet }) => subnet)
      .filter((subnet) => own.some(({ version }) => version === subnet.version))
      .filter((subnet) => !own.some((address) => contains(subnet, address)))
      .map(formatSubnet);
  }

  /** What `net bridge-add` wants behind the bridge's name: each subnet's gateway, and what members may do. */
  #bridgeFields(): string[] {
    const gatewaysOf = (family: Family): string =>
      this.#pools
        .filter(({ subnet }) => subnet.version === family)
        .map((pool) => withPrefix(this.#configuredGateway(pool), pool.subnet.prefix))
        .join(",");
    return [
      gatewaysOf(4),
      gatewaysOf(6),
      String(mtuOf(this.record.options) || ""),
      ...(this.record.internal ? [] : ["outbound"]),
      ...(isolatesMembers(this.record.options) ? ["isolated"] : []),
    ];
  }

  #configuredGateway(pool: AddressPool): string | undefined {
    return this.record.subnets.find((config) => {
      const gateway = parseAddress(config.Gateway ?? "");
      return gateway !== undefined && contains(pool.subnet, gateway);
    })?.Gateway;
  }

  /** Internal networks lead nowhere else. */
  #gateway(pool: AddressPool): string {
    return this.record.internal ? "" : (this.#configuredGateway(pool) ?? "");
  }

  #take(
    family: Family,
    wanted: string | undefined,
    { holder, avoid }: { holder: string; avoid: ReadonlySet<string> },
  ): Taken | undefined {
    const pools = this.#pools.filter(({ subnet }) => subnet.version === family);
    const address = parseAddress(wanted ?? "");
    if (address !== undefined) {
      const pool = pools.find(({ subnet }) => contains(subnet, address));
      if (pool?.takeExactly(address.value) !== true)
        throw new EngineError(
          "forbidden",
          `Address already in use: ${wanted ?? ""} on network ${this.record.name}`,
        );
      return { pool, value: address.value, text: formatAddress(address) };
    }
    const avoided = new Set([...avoid].flatMap((text) => parseAddress(text)?.value ?? []));
    for (const pool of pools) {
      const value = pool.take(holder, avoided);
      if (value !== undefined) return { pool, value, text: pool.format(value) };
    }
    if (pools.length === 0) return undefined;
    throw new EngineError(
      "failed",
      `no available IPv${family} addresses on this network's address pools: ${this.record.name} (${this.record.id})`,
    );
  }
}

interface Taken {
  readonly pool: AddressPool;
  readonly value: bigint;
  readonly text: string;
}

/** With the prefix lengths that RFC 3927 and RFC 4291 give to such addresses. */
function linkLocal(endpoint: EndpointSettings, version: Family): string[] {
  return (endpoint.IPAMConfig?.LinkLocalIPs ?? [])
    .filter((text) => parseAddress(text)?.version === version)
    .map((text) => withPrefix(text, version === 4 ? 16 : 64));
}

function addressList(address: string, more: readonly string[]): string {
  return [address, ...more].filter((text) => text !== "").join(",");
}

function withPrefix(address: string | undefined, prefix: number | undefined): string {
  return address ? `${address}/${prefix ?? 0}` : "";
}

/** Each name is known with and without the network's; the one for reverse answers, which comes first, is the container's with it. */
function namesLines(endpoint: EndpointSettings, network: string): NamesLine[] {
  const names = (endpoint.DNSNames ?? []).flatMap((name) => [`${name}.${network}`, name]);
  return [endpoint.IPAddress, endpoint.GlobalIPv6Address].flatMap((address) =>
    address ? [{ address, names }] : [],
  );
}
