// Networks of a container that runs: one more interface, or one less.
import type { EndpointSettings } from "../api-types/network.ts";
import type { EngineContext, Native, NetworkMember } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { endpointInterface, endpointSysctls } from "./endpoint-options.ts";
import { defaultGateways } from "./endpoint-settings.ts";
import type { Endpoints, Memberships } from "./memberships.ts";
import type { Network } from "./network.ts";

/** A container that runs, for changes of its networks. */
export interface RunningMember {
  readonly member: NetworkMember;
  readonly pid: number;
  readonly endpoints: Endpoints;
}

/** Connects and disconnects while a container runs. */
export class LiveNetworking {
  readonly #context: EngineContext;
  readonly #memberships: Memberships;

  constructor(context: EngineContext, memberships: Memberships) {
    this.#context = context;
    this.#memberships = memberships;
  }

  /** Gives a running container one more interface. Afterwards the endpoint is complete and in its record. */
  async attach(running: RunningMember, network: Network, asked: EndpointSettings): Promise<void> {
    const { member, pid } = running;
    const { native } = this.#context;
    const endpoint = network.join(member, asked, this.#memberships.claims(network, member));
    const { name } = network.record;
    const endpoints = { ...running.endpoints, [name]: endpoint };
    const gateways = defaultGateways(endpoints);
    let connected = false;
    try {
      await network.raiseBridge(native);
      if (network.record.driver !== "bridge") return await this.#save(running, network, endpoints);
      this.#memberships.members.noteUnsettled(member.id, endpoint.MacAddress);
      const fields = network.endpointFields(endpoint, {
        ipv4: gateways.ipv4 === name,
        ipv6: gateways.ipv6 === name,
      });
      connected = true;
      const interfaceName = endpointInterface(endpoint) ?? `${network.interfacePrefix}%d`;
      await native.call(["net", "connect", String(pid), interfaceName, ...fields]);
      const sysctls = endpointSysctls(endpoint, "IFNAME").flat();
      if (sysctls.length > 0)
        await native.call(["net", "sysctl", String(pid), endpoint.MacAddress ?? "", ...sysctls]);
      await network.publishNames(member.id);
      this.#memberships.writeTable(member, this.#memberships.networksOf(member), endpoints);
      if (!network.has(member.id)) throw new EngineError("conflict", `container ${member.id} is not running`);
      await this.#save(running, network, endpoints);
    } catch (error) {
      // What there is of the interface goes again; when even that fails, the first failure is the one to tell.
      if (connected)
        await native
          .call(["net", "disconnect", String(pid), endpoint.MacAddress ?? ""])
          .catch((undo: unknown) => this.#memberships.complain(network, undo));
      this.#memberships.members.noteUnsettled(member.id, undefined);
      network.leave(member.id);
      await network.publishNames(member.id);
      throw error;
    }
  }

  async #save({ member }: RunningMember, network: Network, endpoints: Endpoints): Promise<void> {
    await this.#memberships.members.saveEndpoints(member.id, endpoints);
    this.#memberships.emit("connect", network, member);
  }

  /** Takes the interface on a network from a running container. */
  async detach(running: RunningMember, network: Network): Promise<void> {
    const { member, pid } = running;
    const { native } = this.#context;
    const { [network.record.name]: endpoint, ...rest } = running.endpoints;
    const before = defaultGateways(running.endpoints);
    if (network.record.driver === "bridge") {
      this.#memberships.members.noteUnsettled(member.id, endpoint?.MacAddress);
      await native.call(["net", "disconnect", String(pid), endpoint?.MacAddress ?? ""]);
    }
    network.leave(member.id);
    await network.publishNames(member.id);
    this.#memberships.writeTable(member, this.#memberships.networksOf(member), rest);
    await moveGateways(native, pid, { before, endpoints: rest });
    await this.#memberships.members.saveEndpoints(member.id, rest);
    this.#memberships.emit("disconnect", network, member);
  }
}

/** The default route went with the interface that had it; the next in order takes over. */
export async function moveGateways(
  native: Native,
  pid: number,
  change: { readonly before: ReturnType<typeof defaultGateways>; readonly endpoints: Endpoints },
): Promise<void> {
  const { before, endpoints } = change;
  const now = defaultGateways(endpoints);
  const move = async (
    name: string | undefined,
    gateway: (endpoint: EndpointSettings) => string[],
  ): Promise<void> => {
    const endpoint = name === undefined ? undefined : endpoints[name];
    if (endpoint === undefined) return;
    await native.call(["net", "gateway", String(pid), endpoint.MacAddress ?? "", ...gateway(endpoint)]);
  };
  if (now.ipv4 !== before.ipv4) await move(now.ipv4, (endpoint) => [endpoint.Gateway ?? ""]);
  if (now.ipv6 !== before.ipv6) await move(now.ipv6, (endpoint) => ["", endpoint.IPv6Gateway ?? ""]);
}
