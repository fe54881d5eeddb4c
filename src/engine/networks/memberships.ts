// Which running containers are on which networks, and what their resolvers are told: what starts, ends and live changes have in common.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { EndpointSettings } from "../api-types/network.ts";
import type { EngineContext, NetworkMember, NetworkMembers } from "../collaborators.ts";
import { memberTable } from "./member-table.ts";
import { replaceFile } from "./names-table.ts";
import type { Network } from "./network.ts";
import type { NetworkStore } from "./network-store.ts";

/** A container's endpoints by the names of their networks. */
export type Endpoints = Readonly<Record<string, EndpointSettings>>;

/** The containers on all networks of an engine. */
export class Memberships {
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

  /** The networks that a running container is on. */
  networksOf(member: NetworkMember): Network[] {
    return this.#store.all().filter((network) => network.has(member.id));
  }

  /** Static addresses that other containers of the network, running or not, will want to have. */
  claims(network: Network, member: NetworkMember): Set<string> {
    const claims = new Set<string>();
    for (const other of this.#members?.membersOf(network.record.name) ?? []) {
      if (other.member.id === member.id) continue;
      const { IPv4Address, IPv6Address } = other.endpoint.IPAMConfig ?? {};
      for (const address of [IPv4Address, IPv6Address]) if (address) claims.add(address);
    }
    return claims;
  }

  /** A container's own table, which names those of its networks: they change while it runs. */
  tablePath(member: NetworkMember): string {
    return join(this.#store.folder, `${member.id}.names`);
  }

  writeTable(member: NetworkMember, networks: readonly Network[], endpoints: Endpoints): void {
    replaceFile(this.tablePath(member), memberTable(endpoints, networks));
  }

  /** Takes a container out of all its networks and gives these; what fails is logged, for nothing could be done about it. */
  async release(member: NetworkMember): Promise<Network[]> {
    const networks = this.networksOf(member);
    await Promise.all(
      networks.map(async (network) => {
        network.leave(member.id);
        await network.publishNames(member.id).catch((error: unknown) => this.complain(network, error));
      }),
    );
    try {
      rmSync(this.tablePath(member), { force: true });
    } catch (error) {
      this.#context.log(`container ${member.name}: its table of names stays: ${String(error)}`);
    }
    return networks;
  }

  complain(network: Network, error: unknown): void {
    this.#context.log(`network ${network.record.name}: ${String(error)}`);
  }

  emit(action: "connect" | "disconnect", network: Network, member: NetworkMember): void {
    const { id, name, driver } = network.record;
    this.#context.emit({
      Type: "network",
      Action: action,
      Actor: { ID: id, Attributes: { container: member.id, name, type: driver } },
    });
  }
}
