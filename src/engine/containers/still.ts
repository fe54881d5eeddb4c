// Looking at a container's files while nothing changes them.
import { EngineError } from "../errors.ts";
import type { Container } from "./container.ts";
import type { Lifecycle } from "./lifecycle.ts";

/** Does the work with the container's processes paused; where they cannot be held still, they go on while they are looked at. */
export async function whileStill<Result>(
  lifecycle: Lifecycle,
  container: Container,
  work: () => Promise<Result>,
): Promise<Result> {
  const isHeld = await holdStill(lifecycle, container);
  try {
    return await work();
  } finally {
    if (isHeld) await lifecycle.unpause(container);
  }
}

async function holdStill(lifecycle: Lifecycle, container: Container): Promise<boolean> {
  const { running, paused, restarting } = container.saved.state;
  if (!running || paused || restarting) return false;
  try {
    await lifecycle.pause(container);
    return true;
  } catch (error) {
    const isTolerable = error instanceof EngineError && ["not-implemented", "conflict"].includes(error.kind);
    if (isTolerable) return false;
    throw error;
  }
}
