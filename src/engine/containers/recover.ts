// When the engine starts: every container is what its folder and its shim say, whatever the engine was doing when it ended.
//
//     exit file           it ended; the file says how
//     shim answers        it runs, and is taken up again
//     shim is silent      it counts as running; taken up all the same, and what the shim says is heard when it goes on
//     neither             its shim was killed, with the machine or alone, or never quite started it: what is left of it is ended; it counts
//                         as running as long as the kernel holds on to a process of it
//
// Nothing here waits for one container for more than some seconds: all the others wait with it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { quarantine } from "../state-file.ts";
import { removeCgroupParents } from "./cgroup-parent.ts";
import { noteOutOfMemory } from "./conclude.ts";
import type { Container } from "./container.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { endOrphans, findOrphans } from "./orphans.ts";
import type { Parts } from "./parts.ts";
import { logOf } from "./parts.ts";
import { updateHosts } from "./place-host-files.ts";
import { FILES, NEVER } from "./record.ts";
import { removeContainer } from "./remove.ts";
import { startsWithEngine } from "./restart-policy.ts";
import { prepareStart } from "./start.ts";
import type { ShimControl } from "./shim-control.ts";
import type { Exit } from "./shim-frames.ts";
import { ANSWER_TIMEOUT, endStrayProcess } from "./stray-process.ts";
import { removeUnused } from "./volume-mounts.ts";
import { withinSeconds } from "./within-seconds.ts";
import { findShim, killedNow, readExit } from "./shim-control.ts";

/** Seconds within which killed processes are gone, unless the kernel holds one. */
const ORPHAN_TIMEOUT = 5;

interface Found {
  readonly container: Container;
  readonly shim: ShimControl | undefined;
  /** Ended, or was to be restarted, while no engine looked. */
  readonly endedUnseen: boolean;
}

/** Containers that run are adopted first, so that their addresses are theirs before others start. */
export async function recoverContainers(parts: Parts, lifecycle: Lifecycle): Promise<void> {
  // Connections to shims do not keep a process alive, and there is no server yet that does.
  const alive = setInterval(() => undefined, 60_000);
  try {
    await recover(parts, lifecycle);
  } finally {
    clearInterval(alive);
  }
}

async function recover(parts: Parts, lifecycle: Lifecycle): Promise<void> {
  await parts.store.load((name) => removeUnused(parts.volumes, name));
  const found = await Promise.all(parts.store.all().map((container) => look(parts, container)));
  if (found.some(({ shim }) => shim !== undefined)) prepareStart(parts);
  for (const { container, shim } of found) {
    if (shim === undefined) continue;
    await settleInterface(parts, container);
    parts.networking.adopt(container.member, container.saved.endpoints);
    lifecycle.runs.adopt(container, shim);
  }
  const lost = found.filter(({ shim }) => shim === undefined);
  const orphans = lost.length === 0 ? new Map() : findOrphans();
  const ended = await Promise.all(
    lost.map(({ container }) => endOrphans(parts, container, { seconds: ORPHAN_TIMEOUT, found: orphans })),
  );
  const isHeld = (index: number): boolean =>
    ended[index] === false && lost[index]?.container.saved.state.running === true;
  for (const { container } of lost.filter((_, index) => isHeld(index))) {
    parts.networking.adopt(container.member, container.saved.endpoints);
    lifecycle.runs.concludeWhenEnded(container);
  }
  for (const each of lost.filter((_, index) => !isHeld(index))) await settle(parts, lifecycle, each);
  for (const { container } of found) parts.logCompression.request(container);
  await removeCgroupParents(parts.context);
}

async function look(parts: Parts, container: Container): Promise<Found> {
  const { state } = container.saved;
  const endedUnseen = state.running;
  if (!state.running || state.restarting) {
    // A start that was cut short is undone by its shim, which may still be at it.
    await endStrayProcess(container.folder, (text) => logOf(parts, container, text));
    return { container, shim: undefined, endedUnseen };
  }
  if (exitOf(parts, container) !== undefined) return { container, shim: undefined, endedUnseen };
  const shim = await findShim(container.folder, {
    onWarning: (text) => logOf(parts, container, text),
    onOutOfMemory: () => noteOutOfMemory(parts, container),
    onLogBegun: () => parts.logCompression.request(container),
  });
  if (shim === undefined) return { container, shim, endedUnseen };
  const started = shim.started();
  if (
    !(await withinSeconds(
      started.then(() => undefined),
      ANSWER_TIMEOUT,
    ))
  ) {
    const { name, id } = container.saved;
    parts.context.log(`container ${name}: the process that keeps it does not answer; it counts as running`);
    void started.then(() => parts.context.log(`container ${name}: ${id.slice(0, 12)} answers again`));
  } else if (!(await started)) {
    return { container, shim: undefined, endedUnseen };
  } else parts.context.log(`container ${container.saved.name}: found running, process ${shim.pid}`);
  return { container, shim, endedUnseen: false };
}

/** How its last process ended, as the shim has noted it. */
function exitOf(parts: Parts, container: Container): Exit | undefined {
  const exit = readExit(container.folder);
  const path = join(container.folder, FILES.exit);
  if (exit === undefined && existsSync(path)) quarantine(path, "it names no exit status", parts.context.log);
  return exit;
}

/** An engine that was killed while it changed the networks of a running container has told nobody that it did. */
async function settleInterface(parts: Parts, container: Container): Promise<void> {
  const { saved, member } = container;
  const { pid } = saved.state;
  const mac = saved.unsettledInterface;
  if (mac === undefined) return;
  try {
    const before = saved.endpoints;
    saved.endpoints = await parts.networking.settle({ member, pid }, before, mac);
    updateHosts(container, before);
    delete saved.unsettledInterface;
    parts.store.noteState(container);
  } catch (error) {
    parts.context.log(`container ${saved.name}: a change of its networks stays half done: ${String(error)}`);
  }
}

async function settle(parts: Parts, lifecycle: Lifecycle, found: Found): Promise<void> {
  const { container, endedUnseen } = found;
  const { saved } = container;
  if (saved.state.restarting) {
    saved.state.running = false;
    saved.state.restarting = false;
    parts.store.noteState(container);
  } else if (saved.state.running) {
    await lifecycle.runs.concludeUnseen(container, readExit(container.folder) ?? killedNow());
  } else {
    // A start that was cut short may have taken addresses and written names.
    saved.endpoints = await parts.networking.down(container.member, saved.endpoints);
  }
  if (saved.hostConfig.AutoRemove && saved.state.startedAt !== NEVER) {
    await container.exclusive(() => removeContainer(parts, container, { volumes: true }));
    return;
  }
  const starts = startsWithEngine({
    policy: saved.hostConfig.RestartPolicy?.Name ?? "no",
    manuallyStopped: saved.manuallyStopped,
    exitCode: saved.state.exitCode,
    endedUnseen,
    everStarted: saved.state.startedAt !== NEVER,
  });
  if (starts) startAgain(parts, lifecycle, container);
}

/** Not waited for: one that cannot start must not keep the engine from serving the others. */
function startAgain(parts: Parts, lifecycle: Lifecycle, container: Container): void {
  lifecycle.start(container).catch((error: unknown) => {
    parts.context.log(`container ${container.saved.name}: could not be started again: ${String(error)}`);
  });
}
