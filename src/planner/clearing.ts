// Networks and volumes that are made anew have to be free of every container of the project first, also of those that
// are on their way out and of those that the command does not otherwise touch.

import type { PlannedResource } from "./networks.ts";
import type { ObservedContainer } from "./observed.ts";
import type { StepId } from "./plan.ts";
import { existingTarget } from "./stopping.ts";
import type { UpContext } from "./up-context.ts";

/** The step that takes a container off a network. */
export function disconnectId(container: ObservedContainer, network: string): StepId {
  return `disconnect ${container.name} from ${network}`;
}

function clearNetwork(context: UpContext, network: string, planned: PlannedResource): void {
  const { builder, observed } = context;
  if (planned.removed === undefined) return;
  const { step, cause } = planned.removed;
  for (const container of observed.containers.filter(({ networks }) => networks.includes(network))) {
    const removal = `remove ${container.name}`;
    if (builder.has(removal)) {
      builder.order(step, [removal]);
      continue;
    }
    const off = disconnectId(container, network);
    if (builder.has(off)) continue;
    const args = { network, container: existingTarget(container) };
    builder.add("disconnectNetwork", off, args, { cause });
    builder.order(step, [off]);
    builder.add(
      "connectNetwork",
      `connect ${container.name} to ${network}`,
      { ...args, endpoint: { Aliases: [container.service] } },
      { cause, after: [planned.ready] },
    );
  }
}

/** Lets the removal of each resource that is made anew come after what uses it is out of the way. */
export function clearResources(
  context: UpContext,
  networks: ReadonlyMap<string, PlannedResource>,
  volumes: ReadonlyMap<string, PlannedResource>,
): void {
  const { builder, observed } = context;
  for (const [name, planned] of networks) clearNetwork(context, name, planned);
  for (const [name, { removed }] of volumes) {
    if (removed === undefined) continue;
    const users = observed.containers.filter(({ mounts }) => mounts.some((mount) => mount.name === name));
    const removals = users.map((container) => `remove ${container.name}`).filter((id) => builder.has(id));
    builder.order(removed.step, removals);
  }
}
