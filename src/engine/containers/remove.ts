// The last step of a container's life.
import type { Container } from "./container.ts";
import { removeCgroups } from "./container-cgroups.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";
import { anonymousVolumes, removeUnused } from "./volume-mounts.ts";

/** Removes a container that has no process; to be called in its turn. */
export async function removeContainer(
  parts: Parts,
  container: Container,
  options: { volumes: boolean },
): Promise<void> {
  removeCgroups(parts.context.cgroups, container.saved);
  for (const attachment of container.waiting) attachment.abandon();
  container.waiting.clear();
  await parts.store.remove(container, options.volumes ? anonymousVolumes(container) : [], (name) =>
    removeUnused(parts.volumes, name),
  );
  emitContainer(parts, container, "destroy");
  container.changed();
  container.waiters.wakeRemoval({ StatusCode: container.saved.state.exitCode });
}
