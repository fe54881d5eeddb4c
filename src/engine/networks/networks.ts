// Networks as the API's routes see them.
import type { NetworkConnectBody, NetworkCreateBody, NetworkInspect } from "../api-types/network.ts";
import type { Filters, NetworksBackend } from "../backend.ts";
import type { EngineContext } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { pruned } from "../events.ts";
import { checkBridgeOptions, optionsWithoutEffect } from "./bridge-options.ts";
import { cannotHaveMembers, checkEndpoint, refuseSharedMac, restingEndpoint } from "./endpoint-settings.ts";
import { LiveNetworking } from "./live-networking.ts";
import { machineRoutes } from "./machine-routes.ts";
import type { Memberships } from "./memberships.ts";
import { listFilter, pruneFilter } from "./network-filters.ts";
import {
  bridgeName,
  inspectRecord,
  isPredefined,
  newRecord,
  predefinedNames,
  withConfiguration,
} from "./network-record.ts";
import type { NetworkRecord } from "./network-record.ts";
import type { Network } from "./network.ts";
import type { NetworkStore } from "./network-store.ts";

/**
 * Networks are bridges in the engine's own network namespace. They are kept apart by switching forwarding off on every bridge
 * (native/net-bridge.c): nothing is routed between them. What goes to a gateway or farther is carried by a process of its own, which
 * knows no container's address (native/net-egress.h).
 */
export class BridgeNetworks implements NetworksBackend {
  readonly #context: EngineContext;
  readonly #store: NetworkStore;
  readonly #memberships: Memberships;
  readonly #live: LiveNetworking;

  constructor(context: EngineContext, store: NetworkStore, memberships: Memberships) {
    this.#context = context;
    this.#store = store;
    this.#memberships = memberships;
    this.#live = new LiveNetworking(context, memberships);
  }

  async create(asked: NetworkCreateBody): Promise<{ Id: string; Warning: string }> {
    checkRequest(asked);
    if (this.#store.byName(asked.Name) !== undefined)
      throw new EngineError("conflict", `network with name ${asked.Name} already exists`);
    const body = this.#configured(asked);
    const record = newRecord(body, { taken: this.#store.subnets(), routed: machineRoutes() });
    if (this.#store.all().some((other) => bridgeName(other.record) === bridgeName(record)))
      throw new EngineError("forbidden", `networks have same bridge name: ${bridgeName(record)}`);
    await this.#store.add(record);
    this.#emit("create", record);
    const ignored = record.configOnly === true ? [] : optionsWithoutEffect(record.options);
    const warning = ignored.length === 0 ? "" : `driver options without effect: ${ignored.join(", ")}`;
    return { Id: record.id, Warning: warning };
  }

  /** The request, completed by the configuration that it names. */
  #configured(body: NetworkCreateBody): NetworkCreateBody {
    const name = body.ConfigFrom?.Network;
    if (!name) return body;
    const source = this.#store.byName(name)?.record;
    if (source?.configOnly !== true)
      throw new EngineError("not-found", `configuration network "${name}" does not exist`);
    return withConfiguration(body, source);
  }

  list(filters: Filters): NetworkInspect[] {
    const used = new Set(this.#store.all().flatMap((network) => (network.isUsed ? network.record.id : [])));
    const fits = listFilter(filters, (record) => used.has(record.id));
    return this.#store
      .all()
      .filter(({ record }) => fits(record))
      .map(({ record }) => inspectRecord(record));
  }

  inspect(ref: string): NetworkInspect {
    const network = this.#store.find(ref);
    return inspectRecord(network.record, network.containers());
  }

  async remove(ref: string): Promise<void> {
    await this.#removeOne(this.#store.find(ref));
  }

  connect(ref: string, body: NetworkConnectBody): Promise<void> {
    return this.#inTurn(body.Container, () => this.#connect(this.#store.find(ref), body));
  }

  /** There is no endpoint without a container here, so there is nothing that only force could remove. */
  disconnect(ref: string, container: string, _force: boolean): Promise<void> {
    return this.#inTurn(container, () => this.#disconnect(this.#store.find(ref), container));
  }

  async prune(filters: Filters): Promise<{ NetworksDeleted: string[] }> {
    const fits = pruneFilter(filters);
    const { members } = this.#memberships;
    const deleted: string[] = [];
    for (const network of this.#store.all()) {
      const { record } = network;
      // Containers that are stopped need their networks when they start again.
      if (
        isPredefined(record) ||
        network.isUsed ||
        !fits(record) ||
        members.membersOf(record.name).length > 0
      )
        continue;
      await this.#removeOne(network);
      deleted.push(record.name);
    }
    this.#context.emit(pruned("network", 0));
    return { NetworksDeleted: deleted };
  }

  async #connect(network: Network, body: NetworkConnectBody): Promise<void> {
    const { name } = network.record;
    const { members } = this.#memberships;
    const found = members.find(body.Container);
    const asked = body.EndpointConfig ?? {};
    refuseConnection(network.record, found);
    checkEndpoint(network.record, asked);
    refuseSharedMac(network.record, asked, found.endpoints);
    if (!found.running) {
      const endpoint = restingEndpoint(network.record, found.member, asked);
      await members.saveEndpoints(found.member.id, { ...found.endpoints, [name]: endpoint });
      return;
    }
    if (Object.hasOwn(found.endpoints, name))
      throw new EngineError(
        "forbidden",
        `endpoint with name ${found.member.name} already exists in network ${name}`,
      );
    await this.#live.attach(found, network, asked);
  }

  async #disconnect(network: Network, container: string): Promise<void> {
    const { name } = network.record;
    const { members } = this.#memberships;
    const found = members.find(container);
    if (network.record.driver === "host") throw hostNetworkConflict();
    if (!Object.hasOwn(found.endpoints, name))
      throw new EngineError("failed", `container ${found.member.id} is not connected to network ${name}`);
    if (found.running) return this.#live.detach(found, network);
    const { [name]: _removed, ...rest } = found.endpoints;
    await members.saveEndpoints(found.member.id, rest);
  }

  /** Each change of a container's networks starts from what the one before has saved, and none is made while it starts or ends. */
  async #inTurn(container: string, change: () => Promise<void>): Promise<void> {
    await this.#memberships.members.inTurn(container, change);
  }

  async #removeOne(network: Network): Promise<void> {
    const { record } = network;
    if (isPredefined(record))
      throw new EngineError("forbidden", `${record.name} is a pre-defined network and cannot be removed`);
    if (network.isUsed)
      throw new EngineError(
        "forbidden",
        `error while removing network: network ${record.name} id ${record.id} has active endpoints`,
      );
    if (
      this.#store.all().some((other) => other.record.configFrom === record.name && record.configOnly === true)
    )
      throw new EngineError(
        "forbidden",
        `error while removing network: configuration network "${record.name}" is in use`,
      );
    await this.#store.remove(network, () => network.dissolve(this.#context.native));
    this.#emit("destroy", record);
  }

  #emit(action: "create" | "destroy", record: NetworkRecord): void {
    const { id, name, driver } = record;
    this.#context.emit({
      Type: "network",
      Action: action,
      Actor: { ID: id, Attributes: { name, type: driver } },
    });
  }
}

function checkRequest(body: NetworkCreateBody): void {
  if (predefinedNames.includes(body.Name) || body.Name === "default")
    throw new EngineError("forbidden", `operation is not permitted on predefined ${body.Name} network`);
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(body.Name ?? ""))
    throw new EngineError(
      "invalid",
      `invalid network name "${body.Name ?? ""}": only [a-zA-Z0-9][a-zA-Z0-9_.-]* are allowed`,
    );
  checkKind(body);
  checkBridgeOptions(body.Options ?? {});
  const ipam = body.IPAM?.Driver || "default";
  if (ipam !== "default") throw new EngineError("not-found", `plugin "${ipam}" not found`);
}

function checkKind(body: NetworkCreateBody): void {
  const driver = body.Driver || "bridge";
  if (driver === "host" || driver === "null")
    throw new EngineError("forbidden", `only one instance of "${driver}" network is allowed`);
  if (driver === "overlay" || !["", "local"].includes(body.Scope ?? "") || body.Ingress === true)
    throw new EngineError(
      "unavailable",
      "This node is not a swarm manager. This engine runs on one machine: use a bridge network.",
    );
  if (driver === "macvlan" || driver === "ipvlan")
    throw new EngineError(
      "not-implemented",
      `network driver "${driver}" is not supported by this engine, which leaves the machine's interfaces alone: use a bridge network`,
    );
  if (driver !== "bridge") throw new EngineError("not-found", `plugin "${driver}" not found`);
  if (!body.ConfigFrom?.Network) return;
  if (Object.keys(body.Options ?? {}).length > 0)
    throw new EngineError(
      "forbidden",
      "network driver options are not supported if the network depends on a configuration network",
    );
  if ((body.IPAM?.Config ?? []).length > 0)
    throw new EngineError(
      "forbidden",
      "user specified configurations are not supported if the network depends on a configuration network",
    );
}

function hostNetworkConflict(): EngineError {
  return new EngineError(
    "invalid",
    "container cannot be disconnected from host network or connected to host network",
  );
}

/** Containers without a network of their own cannot be given interfaces. */
function refuseConnection(
  network: NetworkRecord,
  container: { readonly networkMode: string; readonly endpoints: Readonly<Record<string, unknown>> },
): void {
  const { networkMode, endpoints } = container;
  if (networkMode === "host" || networkMode.startsWith("container:"))
    throw new EngineError(
      "invalid",
      "container sharing network namespace with another container or host cannot be connected to any other network",
    );
  if (network.driver === "host") throw hostNetworkConflict();
  if (network.configOnly === true) throw cannotHaveMembers();
  if ((network.driver === "null" && Object.keys(endpoints).length > 0) || Object.hasOwn(endpoints, "none"))
    throw new EngineError(
      "invalid",
      "container cannot be connected to multiple networks with one of the networks in private (none) mode",
    );
}
