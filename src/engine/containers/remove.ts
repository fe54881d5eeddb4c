// The last step of a container's life.
import type { Container } from "./container.ts";
import { removeCgroupParents } from "./cgroup-parent.ts";
import { removeCgroups } from "./container-cgroups.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";
import { anonymousVolumes, removeUnused } from "./volume-mounts.ts";

/**
 * Removes a container that has no process; to be called in its turn. It is gone as soon as its folder has lost its name, whatever becomes
 * of the rest.
 */
export async function removeContainer(
  parts: Parts,
  container: Container,
  options: { volumes: boolean },
): Promise<void> {
  const volumes = options.volumes ? anonymousVolumes(container) : [];
  container.removing = true;
  let left: string;
  try {
    removeCgroups(parts.context.cgroups, container.saved);
    if (container.saved.hostConfig.CgroupParent) await removeCgroupParents(parts.context);
    left = await parts.store.forget(container, volumes);
  } catch (error) {
    container.removing = false;
    throw error;
  }
  for (const attachment of container.waiting) attachment.abandon();
  container.waiting.clear();
  try {
    for (const name of volumes) await removeUnused(parts.volumes, name);
    parts.store.discards.add(left);
  } finally {
    emitContainer(parts, container, "destroy");
    container.changed();
    container.waiters.wakeRemoval({ StatusCode: container.saved.state.exitCode });
  }
}
