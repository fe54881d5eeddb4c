// What follows when a container's process has ended, whatever comes next.
import type { Container } from "./container.ts";
import { SHIM_KILLED } from "./orphans.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";
import { formatTime, timeInMilliseconds } from "./record.ts";
import type { Exit } from "./shim-frames.ts";
import { leaveSharedNetwork } from "./shared-network.ts";
import { emitVolumeEvents } from "./volume-mounts.ts";

/** The kernel takes, or is about to take, a process for want of memory; the container may live on. */
export function noteOutOfMemory(parts: Parts, container: Container): void {
  container.saved.state.oomKilled = true;
  parts.store.saveState(container);
  emitContainer(parts, container, "oom");
}

/** The state after a run, its network given back, and the events; to be called in the container's turn. */
export async function concludeRun(parts: Parts, container: Container, exit: Exit): Promise<void> {
  const { saved } = container;
  container.shim = undefined;
  container.health?.stop();
  container.health = undefined;
  // Nobody knows that it is well any more, which Docker tells like this, and without an event.
  if (saved.health !== undefined) saved.health = { ...saved.health, Status: "unhealthy" };
  const knowsOfOom = saved.state.oomKilled;
  const finished = formatTime(exit.seconds, exit.nanoseconds);
  const duration = timeInMilliseconds(finished) - timeInMilliseconds(saved.state.startedAt);
  Object.assign(saved.state, {
    running: false,
    restarting: false,
    paused: false,
    pid: 0,
    exitCode: exit.status,
    oomKilled: knowsOfOom || exit.oomKilled,
    finishedAt: finished,
    ...(exit.shimKilled === true ? { error: SHIM_KILLED } : {}),
  });
  saved.ports = {};
  await leaveSharedNetwork(parts, container);
  delete saved.unsettledInterface;
  saved.endpoints = await parts.networking.down(container.member, saved.endpoints);
  emitVolumeEvents(parts, container, "unmount");
  if (exit.oomKilled && !knowsOfOom) emitContainer(parts, container, "oom");
  emitContainer(parts, container, "die", {
    exitCode: String(exit.status),
    execDuration: String(Math.max(0, Math.floor(duration / 1000))),
  });
}
