// Networks: addresses, bridges, names. What the API says of them, and what containers have of them.
import type { NetworksBackend } from "../backend.ts";
import type { ContainerNetworking, EngineContext, NetworkMembers } from "../collaborators.ts";
import { MemberNetworking } from "./container-networking.ts";
import { Memberships } from "./memberships.ts";
import { NetworkStore } from "./network-store.ts";
import { BridgeNetworks } from "./networks.ts";

/** The two faces of the networks of one engine. */
export interface Networks {
  readonly backend: NetworksBackend;
  readonly networking: ContainerNetworking;
  /** To be called once, before the first request: live changes need to know the containers. */
  setMembers(members: NetworkMembers): void;
}

/** Reads the networks below the state directory; the predefined ones are made when they are missing. */
export async function openNetworks(context: EngineContext): Promise<Networks> {
  const store = await NetworkStore.open(context.root, context.log);
  const memberships = new Memberships(context, store);
  return {
    backend: new BridgeNetworks(context, store, memberships),
    networking: new MemberNetworking(context, store, memberships),
    setMembers: (members) => memberships.setMembers(members),
  };
}
