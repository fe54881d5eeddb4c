// Containers as networks/ sees them.
import type { EndpointSettings } from "../api-types/network.ts";
import type { NetworkMembers } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import type { Parts } from "./parts.ts";
import { updateHosts } from "./place-host-files.ts";

export function networkMembers(parts: Pick<Parts, "store">): NetworkMembers {
  const { store } = parts;
  return {
    membersOf: (networkName) =>
      store.all().flatMap((container) => {
        const endpoint = container.saved.endpoints[networkName];
        if (endpoint === undefined) return [];
        return [{ member: container.member, running: container.shim !== undefined, endpoint }];
      }),
    find: (ref) => {
      const container = store.get(ref);
      return {
        member: container.member,
        running: container.shim !== undefined,
        pid: container.saved.state.pid,
        networkMode: container.saved.hostConfig.NetworkMode ?? "",
        endpoints: { ...container.saved.endpoints },
      };
    },
    inTurn: async (ref, change) => {
      const container = store.get(ref);
      await container.exclusive(async () => {
        if (container.gone) throw new EngineError("not-found", `No such container: ${ref}`);
        await change();
      });
    },
    noteUnsettled: (id, mac) => {
      const container = store.get(id);
      if (mac === undefined) delete container.saved.unsettledInterface;
      else container.saved.unsettledInterface = mac;
      store.saveState(container);
    },
    saveEndpoints: async (id, endpoints: Record<string, EndpointSettings>) => {
      const container = store.get(id);
      const before = container.saved.endpoints;
      container.saved.endpoints = endpoints;
      delete container.saved.unsettledInterface;
      if (container.shim !== undefined) updateHosts(container, before);
      await store.save(container);
    },
  };
}
