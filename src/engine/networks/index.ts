// Networks: addresses, bridges, names. What the API says of them, and what containers have of them.
import type { NetworksBackend } from "../backend.ts";
import type { ContainerNetworking, EngineContext, NetworkMembers } from "../collaborators.ts";
import { MemberNetworking } from "./container-networking.ts";
import { Memberships } from "./memberships.ts";
import { NetworkStore } from "./network-store.ts";
import { BridgeNetworks } from "./networks.ts";
import { resolverPort } from "./resolver-port.ts";

/** The two faces of the networks of one engine. */
export interface Networks {
  readonly backend: NetworksBackend;
  readonly networking: ContainerNetworking;
  /** To be called once, before the first request: live changes need to know the containers. */
  setMembers(members: NetworkMembers): void;
}

/**
 * Reads the networks below the state directory; the predefined ones are made when they are missing. `hasResolverRules`: containers can have rules
 * that keep their port 53 free of the resolver.
 */
export async function openNetworks(
  context: EngineContext,
  { hasResolverRules }: { readonly hasResolverRules: boolean },
): Promise<Networks> {
  const store = await NetworkStore.open(context.root, context.log);
  const memberships = new Memberships(context, store);
  return {
    backend: new BridgeNetworks(context, store, memberships),
    networking: new MemberNetworking(context, store, memberships, resolverPort(hasResolverRules)),
    setMembers: (members) => memberships.setMembers(members),
  };
}
