// What a container's life asks of its networks: endpoints at create, addresses and names while it runs.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { EndpointSettings } from "../api-types.ts";
import type {
  ContainerNetworking,
  Directive,
  EngineContext,
  NetworkMember,
  NetworkMembers,
} from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { hostBinding } from "./bridge-options.ts";
import {
  checkEndpoint,
  defaultGateways,
  dnsNames,
  endpointOrder,
  publishedAddress,
  restingEndpoint,
  withoutAddresses,
} from "./endpoint-settings.ts";
import { memberTable } from "./member-table.ts";
import { replaceFile } from "./names-table.ts";
import type { Network } from "./network.ts";
import type { NetworkStore } from "./network-store.ts";
import { machineNameservers } from "./upstreams.ts";

type Endpoints = Readonly<Record<string, EndpointSettings>>;

/** A container that runs, for changes of its networks. */
export interface RunningMember {
  readonly member: NetworkMember;
  readonly pid: number;
  readonly endpoints: Endpoints;
}

/** Networks as containers/ sees them, and the live changes that networks/ makes. */
export class MemberNetworking implements ContainerNetworking {
  readonly #context: EngineContext;
  readonly #store: NetworkStore;
  #members: NetworkMembers | undefined;

  constructor(context: EngineContext, store: NetworkStore) {
    this.#context = context;
    this.#store = store;
  }

  setMembers(members: NetworkMembers): void {
    this.#members = members;
  }

  get members(): NetworkMembers {
    if (this.#members === undefined) throw new Error("internal: networks were not told of the containers");
    return this.#members;
  }

  prepare(
    member: NetworkMember,
    networkMode: string,
    endpoints: Readonly<Record<string, EndpointSettings | null>>,
  ): Record<string, EndpointSettings> {
    const mode = networkMode === "" || networkMode === "default" ? "bridge" : networkMode;
    if (mode.startsWith("container:") || this.#isShared(mode)) return {};
    const first = this.#store.find(mode);
    const prepared: Record<string, EndpointSettings> = {};
    const named = Object.entries(endpoints).map(
      ([ref, asked]) => [ref === "default" ? first : this.#store.find(ref), asked ?? {}] as const,
    );
    if (!named.some(([network]) => network === first)) named.unshift([first, {}]);
    for (const [network, asked] of named) {
      if (network.record.driver !== "bridge")
        throw new EngineError(
          "invalid",
          `conflicting options: cannot attach both user-defined and non-user-defined network-modes`,
        );
      checkEndpoint(network.record, asked);
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
        complete[name] = network.join(member, endpoints[name] ?? {}, this.#claims(network, member));
        joined.push(network);
      }
      await Promise.all([
        ...joined.map((network) => network.raiseBridge(this.#context.native)),
        ...joined.map((network) => network.publishNames(member.id)),
        this.#writeTable(member, joined, complete),
      ]);
    } catch (error) {
      await this.#release(member);
      throw error;
    }
    for (const network of joined) this.#emit("connect", network, member);
    return {
      endpoints: complete,
      directives: this.#directives(member, complete, joined),
      address: publishedAddress(complete),
      hostAddress: this.#hostBinding(complete),
    };
  }

  async down(member: NetworkMember, endpoints: Endpoints): Promise<Record<string, EndpointSettings>> {
    for (const network of await this.#release(member)) this.#emit("disconnect", network, member);
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
      network.publishNames(member.id).catch((error: unknown) => this.#complain(network, error));
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
    // Whichever interface had the default route, the one it belongs to has it afterwards.
    await this.#moveGateways(running.pid, { ipv4: undefined, ipv6: undefined }, kept);
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

  /** Gives a running container one more interface. Afterwards the endpoint is complete and in its record. */
  async attach(running: RunningMember, network: Network, asked: EndpointSettings): Promise<void> {
    const { member, pid } = running;
    const { native } = this.#context;
    const endpoint = network.join(member, asked, this.#claims(network, member));
    const { name } = network.record;
    const endpoints = { ...running.endpoints, [name]: endpoint };
    const gateways = defaultGateways(endpoints);
    let connected = false;
    try {
      await network.raiseBridge(native);
      this.members.noteUnsettled(member.id, endpoint.MacAddress);
      const fields = network.endpointFields(endpoint, {
        ipv4: gateways.ipv4 === name,
        ipv6: gateways.ipv6 === name,
      });
      connected = true;
      await native.call(["net", "connect", String(pid), network.interfaceName("%d"), ...fields]);
      await network.publishNames(member.id);
      await this.#writeTable(member, this.#networksOf(member), endpoints);
      if (!network.has(member.id)) throw new EngineError("conflict", `container ${member.id} is not running`);
      await this.members.saveEndpoints(member.id, endpoints);
    } catch (error) {
      // What there is of the interface goes again; when even that fails, the first failure is the one to tell.
      if (connected)
        await native
          .call(["net", "disconnect", String(pid), endpoint.MacAddress ?? ""])
          .catch((undo: unknown) => this.#complain(network, undo));
      this.members.noteUnsettled(member.id, undefined);
      network.leave(member.id);
      await network.publishNames(member.id);
      throw error;
    }
    this.#emit("connect", network, member);
  }

  /** Takes the interface on a network from a running container. */
  async detach(running: RunningMember, network: Network): Promise<void> {
    const { member, pid } = running;
    const { native } = this.#context;
    const { [network.record.name]: endpoint, ...rest } = running.endpoints;
    const before = defaultGateways(running.endpoints);
    this.members.noteUnsettled(member.id, endpoint?.MacAddress);
    await native.call(["net", "disconnect", String(pid), endpoint?.MacAddress ?? ""]);
    network.leave(member.id);
    await network.publishNames(member.id);
    await this.#writeTable(member, this.#networksOf(member), rest);
    await this.#moveGateways(pid, before, rest);
    await this.members.saveEndpoints(member.id, rest);
    this.#emit("disconnect", network, member);
  }

  /** The default route went with the interface that had it; the next in order takes over. */
  async #moveGateways(
    pid: number,
    before: { ipv4: string | undefined; ipv6: string | undefined },
    endpoints: Endpoints,
  ): Promise<void> {
    const now = defaultGateways(endpoints);
    const move = async (
      name: string | undefined,
      gateway: (endpoint: EndpointSettings) => string[],
    ): Promise<void> => {
      const endpoint = name === undefined ? undefined : endpoints[name];
      if (endpoint === undefined) return;
      await this.#context.native.call([
        "net",
        "gateway",
        String(pid),
        endpoint.MacAddress ?? "",
        ...gateway(endpoint),
      ]);
    };
    if (now.ipv4 !== before.ipv4) await move(now.ipv4, (endpoint) => [endpoint.Gateway ?? ""]);
    if (now.ipv6 !== before.ipv6) await move(now.ipv6, (endpoint) => ["", endpoint.IPv6Gateway ?? ""]);
  }

  /** Published ports belong to the network of the default route. */
  #hostBinding(endpoints: Endpoints): string | undefined {
    const { ipv4, ipv6 } = defaultGateways(endpoints);
    const name = ipv4 ?? ipv6;
    return name === undefined ? undefined : hostBinding(this.#store.find(name).record.options);
  }

  #isShared(ref: string): boolean {
    return this.#store.find(ref).record.driver !== "bridge";
  }

  #networksOf(member: NetworkMember): Network[] {
    return this.#store.all().filter((network) => network.has(member.id));
  }

  /** Static addresses that other containers of the network, running or not, will want to have. */
  #claims(network: Network, member: NetworkMember): Set<string> {
    const claims = new Set<string>();
    for (const other of this.#members?.membersOf(network.record.name) ?? []) {
      if (other.member.id === member.id) continue;
      const { IPv4Address, IPv6Address } = other.endpoint.IPAMConfig ?? {};
      for (const address of [IPv4Address, IPv6Address]) if (address) claims.add(address);
    }
    return claims;
  }

  #directives(member: NetworkMember, endpoints: Endpoints, networks: readonly Network[]): Directive[] {
    const gateways = defaultGateways(endpoints);
    const leadsOut = networks.some((network) => !network.record.internal);
    return [
      ...networks.map((network, index): Directive => {
        const { name } = network.record;
        const gives = { ipv4: gateways.ipv4 === name, ipv6: gateways.ipv6 === name };
        return [
          "endpoint",
          network.interfaceName(index),
          ...network.endpointFields(endpoints[name] ?? {}, gives),
        ];
      }),
      ["resolver"],
      ["names", this.#tablePath(member)],
      ...(leadsOut ? machineNameservers().map((address): Directive => ["upstream", address]) : []),
    ];
  }

  /** A container's own table, which only names those of its networks: they change while it runs. */
  #tablePath(member: NetworkMember): string {
    return join(this.#store.folder, `${member.id}.names`);
  }

  async #writeTable(
    member: NetworkMember,
    networks: readonly Network[],
    endpoints: Endpoints,
  ): Promise<void> {
    await replaceFile(this.#tablePath(member), memberTable(endpoints, networks));
  }

  /** Takes a container out of all its networks; what fails is logged, for nothing could be done about it. */
  async #release(member: NetworkMember): Promise<Network[]> {
    const networks = this.#networksOf(member);
    await Promise.all(
      networks.map(async (network) => {
        network.leave(member.id);
        await network.publishNames(member.id).catch((error: unknown) => this.#complain(network, error));
      }),
    );
    try {
      await rm(this.#tablePath(member), { force: true });
    } catch (error) {
      this.#context.log(`container ${member.name}: its table of names stays: ${String(error)}`);
    }
    return networks;
  }

  #complain(network: Network, error: unknown): void {
    this.#context.log(`network ${network.record.name}: ${String(error)}`);
  }

  #emit(action: "connect" | "disconnect", network: Network, member: NetworkMember): void {
    const { id, name, driver } = network.record;
    this.#context.emit({
      Type: "network",
      Action: action,
      Actor: { ID: id, Attributes: { container: member.id, name, type: driver } },
    });
  }
}
