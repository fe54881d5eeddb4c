// What a container's life asks of its networks: endpoints at create, addresses and names while it runs.
import type { EndpointSettings } from "../api-types/network.ts";
import type { ContainerNetworking, Directive, EngineContext, NetworkMember } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { hostBinding } from "./bridge-options.ts";
import { endpointInterface, endpointSysctls } from "./endpoint-options.ts";
import {
  cannotHaveMembers,
  checkEndpoint,
  defaultGateways,
  dnsNames,
  endpointOrder,
  publishedAddress,
  refuseSharedMac,
  restingEndpoint,
  withoutAddresses,
} from "./endpoint-settings.ts";
import { moveGateways } from "./live-networking.ts";
import type { Endpoints, Memberships } from "./memberships.ts";
import type { Network } from "./network.ts";
import type { NetworkStore } from "./network-store.ts";
import { machineNameservers } from "./upstreams.ts";

/** Networks as containers/ sees them. */
export class MemberNetworking implements ContainerNetworking {
  readonly #context: EngineContext;
  readonly #store: NetworkStore;
  readonly #memberships: Memberships;
  readonly #resolverPort: number;

  constructor(context: EngineContext, store: NetworkStore, memberships: Memberships, resolverPort: number) {
    this.#context = context;
    this.#store = store;
    this.#memberships = memberships;
    this.#resolverPort = resolverPort;
  }

  prepare(request: {
    readonly member: NetworkMember;
    readonly networkMode: string;
    readonly endpoints: Readonly<Record<string, EndpointSettings | null>>;
    readonly leavesMode?: boolean;
    readonly macAddress?: string | undefined;
  }): Record<string, EndpointSettings> {
    const { member, networkMode, macAddress } = request;
    const mode = networkMode === "" || networkMode === "default" ? "bridge" : networkMode;
    if (mode.startsWith("container:")) return {};
    const first = this.#store.find(mode);
    if (first.record.configOnly === true) throw cannotHaveMembers();
    const prepared: Record<string, EndpointSettings> = {};
    const named = Object.entries(request.endpoints).map(
      ([ref, asked]) => [ref === "default" ? first : this.#store.find(ref), asked ?? {}] as const,
    );
    const isOnMode =
      named.some(([network]) => network === first) || (named.length > 0 && request.leavesMode === true);
    if (!isOnMode) named.unshift([first, {}]);
    refuseMixture(
      first,
      named.map(([network]) => network),
    );
    for (const [network, endpoint] of named) {
      if (network.record.configOnly) throw cannotHaveMembers();
      if (!hasBridge(network)) {
        prepared[network.record.name] = restingEndpoint(network.record, member, {});
        continue;
      }
      const asked = network === first && macAddress ? { MacAddress: macAddress, ...endpoint } : endpoint;
      checkEndpoint(network.record, asked);
      refuseSharedMac(network.record, asked, prepared);
      prepared[network.record.name] = restingEndpoint(network.record, member, asked);
    }
    return prepared;
  }

  async up(
    member: NetworkMember,
    endpoints: Endpoints,
  ): Promise<{
    endpoints: Record<string, EndpointSettings>;
    directives: Directive[];
    address: string | undefined;
    hostAddress?: string | undefined;
  }> {
    const order = endpointOrder(endpoints);
    if (order.length === 0) return { endpoints: {}, directives: [], address: undefined };
    const complete: Record<string, EndpointSettings> = {};
    const joined: Network[] = [];
    try {
      for (const name of order) {
        const network = this.#store.find(name);
        complete[name] = network.join(
          member,
          endpoints[name] ?? {},
          this.#memberships.claims(network, member),
        );
        joined.push(network);
      }
      if (joined.some(hasBridge)) this.#memberships.writeTable(member, joined, complete);
      await Promise.all([
        ...joined.map((network) => network.raiseBridge(this.#context.native)),
        ...joined.map((network) => network.publishNames(member.id)),
      ]);
    } catch (error) {
      await this.#memberships.release(member);
      throw error;
    }
    for (const network of joined) this.#memberships.emit("connect", network, member);
    return {
      endpoints: complete,
      directives: this.#directives(member, complete, joined),
      address: publishedAddress(complete),
      hostAddress: this.#hostBinding(complete),
    };
  }

  async down(member: NetworkMember, endpoints: Endpoints): Promise<Record<string, EndpointSettings>> {
    for (const network of await this.#memberships.release(member))
      this.#memberships.emit("disconnect", network, member);
    return Object.fromEntries(
      Object.entries(endpoints).map(([name, endpoint]) => [name, withoutAddresses(endpoint)]),
    );
  }

  adopt(member: NetworkMember, endpoints: Endpoints): void {
    for (const [name, endpoint] of Object.entries(endpoints)) {
      const network = this.#store.byName(name);
      if (network === undefined) {
        this.#context.log(`container ${member.name}: its network ${name} is not there`);
        continue;
      }
      network.adopt(member, endpoint);
      network.publishNames(member.id).catch((error: unknown) => this.#memberships.complain(network, error));
    }
  }

  async settle(
    running: { readonly member: NetworkMember; readonly pid: number },
    endpoints: Endpoints,
    mac: string,
  ): Promise<Record<string, EndpointSettings>> {
    const kept = Object.fromEntries(
      Object.entries(endpoints).filter(([, endpoint]) => endpoint.MacAddress !== mac),
    );
    await this.#context.native.call(["net", "disconnect", String(running.pid), mac]);
    const networks = Object.keys(kept).flatMap((name) => this.#store.byName(name) ?? []);
    this.#memberships.writeTable(running.member, networks, kept);
    // Whichever interface had the default route, the one it belongs to has it afterwards.
    await moveGateways(this.#context.native, running.pid, {
      before: { ipv4: undefined, ipv6: undefined },
      endpoints: kept,
    });
    return kept;
  }

  async renamed(member: NetworkMember, endpoints: Endpoints): Promise<void> {
    await Promise.all(
      Object.entries(endpoints).map(async ([name, endpoint]) => {
        const network = this.#store.byName(name);
        if (network === undefined) return;
        // The record that holds it is saved by the caller, with the name itself.
        endpoint.DNSNames = dnsNames(network.record, member, endpoint.Aliases);
        network.rename(member);
        if (network.has(member.id)) await network.publishNames(member.id);
      }),
    );
  }

  /** Published ports belong to the network of the default route. */
  #hostBinding(endpoints: Endpoints): string | undefined {
    const { ipv4, ipv6 } = defaultGateways(endpoints);
    const name = ipv4 ?? ipv6;
    return name === undefined ? undefined : hostBinding(this.#store.find(name).record.options);
  }

  #directives(member: NetworkMember, endpoints: Endpoints, networks: readonly Network[]): Directive[] {
    if (!networks.some(hasBridge)) return [];
    const gateways = defaultGateways(endpoints);
    const leadsOut = networks.some((network) => !network.record.internal);
    const names = interfaceNames(networks, endpoints);
    return [
      ...networks.flatMap((network, index): Directive[] => {
        const { name } = network.record;
        const endpoint = endpoints[name] ?? {};
        const interfaceName = names[index] ?? "";
        const gives = { ipv4: gateways.ipv4 === name, ipv6: gateways.ipv6 === name };
        return [
          ["endpoint", interfaceName, ...network.endpointFields(endpoint, gives)],
          ...endpointSysctls(endpoint, interfaceName).map((setting): Directive => ["sysctl", ...setting]),
        ];
      }),
      ["resolver", String(this.#resolverPort)],
      ["names", this.#memberships.tablePath(member)],
      ...(leadsOut ? machineNameservers().map((address): Directive => ["upstream", address]) : []),
    ];
  }
}

/** The networks `host` and `none` are only names for what a container has, or has not. */
function hasBridge(network: Network): boolean {
  return network.record.driver === "bridge";
}

function isHost(network: Network): boolean {
  return network.record.driver === "host";
}

/**
 * Throws EngineError (invalid) for `host` or `none` beside another network, and for `host` where the mode (the network `first`) is another or the
 * other way round: the mode decides whose interfaces a container sees.
 */
function refuseMixture(first: Network, chosen: readonly Network[]): void {
  const isAlone = new Set(chosen).size === 1;
  if (chosen.every((network) => (isAlone || hasBridge(network)) && isHost(network) === isHost(first))) return;
  throw new EngineError(
    "invalid",
    "conflicting options: cannot attach both user-defined and non-user-defined network-modes",
  );
}

/** Those that are not named are numbered, each prefix from 0, around those that are. */
function interfaceNames(networks: readonly Network[], endpoints: Endpoints): string[] {
  const asked = networks.map(({ record }) => endpointInterface(endpoints[record.name] ?? {}));
  const taken = new Set(asked);
  return networks.map(({ interfacePrefix }, index) => {
    const name = asked[index] ?? firstFree(interfacePrefix, taken);
    taken.add(name);
    return name;
  });
}

function firstFree(prefix: string, taken: ReadonlySet<string | undefined>): string {
  for (let number = 0; ; number++) if (!taken.has(`${prefix}${number}`)) return `${prefix}${number}`;
}
