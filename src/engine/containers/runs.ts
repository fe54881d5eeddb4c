// The runs of containers: from the launch of a process to what follows its end, and the next by the restart policy.
//
//     launch ──X──> ended ──policy──> restarting ──delay──> launch …
import { setTimeout as after } from "node:timers/promises";
import { concludeRun } from "./conclude.ts";
import { layoutOf } from "./container-cgroups.ts";
import type { Container } from "./container.ts";
import { thaw } from "./freezer.ts";
import { healthConfig } from "./health.ts";
import { HealthMonitor } from "./health-monitor.ts";
import type { ProbeRunner } from "./health-monitor.ts";
import { endOrphans } from "./orphans.ts";
import { updateLinks } from "./place-host-files.ts";
import { launch } from "./start.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";
import { timeInMilliseconds } from "./record.ts";
import { removeContainer } from "./remove.ts";
import { restartDelay } from "./restart-policy.ts";
import type { Exit } from "./shim-frames.ts";
import { killedNow } from "./shim-control.ts";
import type { ShimControl } from "./shim-control.ts";

/** Seconds within which killed processes are gone, unless the kernel holds one; then, milliseconds between two looks. */
const ORPHAN_TIMEOUT = 10;
const LOOK_AGAIN = 1000;

/** Lifecycle decides that a container is to run, or to stay down; what happens by itself is here. */
export class Runs {
  readonly #parts: Parts;
  readonly #probe: ProbeRunner;
  #closed = false;
  #starts = 0;

  constructor(parts: Parts, probe: ProbeRunner) {
    this.#parts = parts;
    this.#probe = probe;
  }

  /** A container is about to run, though it does not yet. */
  get isStarting(): boolean {
    return this.#starts > 0;
  }

  /**
   * A start, in the container's turn. It counts from the moment on that it is asked for:
   * an engine that nobody else needs stays for it.
   */
  async inTurn<T>(container: Container, start: () => Promise<T>): Promise<T> {
    this.#starts++;
    try {
      return await container.exclusive(start);
    } finally {
      this.#starts--;
    }
  }

  /** Launches its process; to be called in the container's turn. Throws an EngineError when that fails, and a container that removes itself is gone. */
  async run(container: Container): Promise<void> {
    container.stoppedByHand = false;
    try {
      this.#watch(container, await launch(this.#parts, container));
      updateLinks(this.#parts, container);
      container.health?.start();
    } catch (error) {
      if (container.saved.hostConfig.AutoRemove && !container.removing) {
        await removeContainer(this.#parts, container, { volumes: true });
      }
      throw error;
    }
  }

  /** Takes up a container that was found running: `shim` is the connection to it. */
  adopt(container: Container, shim: ShimControl): void {
    this.#watch(container, shim);
    if (!container.saved.state.paused) container.health?.resume();
  }

  /** Takes up a container whose shim is dead, and whose processes the kernel does not let go yet. */
  concludeWhenEnded(container: Container): void {
    container.ended = this.#conclude(container, Promise.resolve(killedNow()));
  }

  /** Deals with the end of a run that no engine saw; nothing of the policy is decided here. */
  async concludeUnseen(container: Container, exit: Exit): Promise<void> {
    await concludeRun(this.#parts, container, exit);
    this.#parts.store.noteState(container);
  }

  /** Makes what probes its health, where it has a probe; nothing is probed yet. */
  monitor(container: Container): void {
    const config = healthConfig(container.saved.config);
    if (config === undefined) return;
    container.health = new HealthMonitor({ parts: this.#parts, container, config, probe: this.#probe });
  }

  /** A signal that was sent to processes that are held still reaches them when they go on. */
  letGoOn(container: Container): void {
    const { state, id } = container.saved;
    if (!state.paused) return;
    thaw(layoutOf(this.#parts.context.cgroups, container.saved), id);
    state.paused = false;
    this.#parts.store.noteState(container);
    emitContainer(this.#parts, container, "unpause");
  }

  /** No policy brings the present run back. */
  holdDown(container: Container): void {
    container.stoppedByHand = true;
    container.saved.manuallyStopped = true;
  }

  /** Ends the wait for a restart; false when there is none. */
  endRestarting(container: Container): boolean {
    if (container.restartTimer === undefined) return false;
    clearTimeout(container.restartTimer);
    container.restartTimer = undefined;
    container.saved.state.running = false;
    container.saved.state.restarting = false;
    this.#parts.store.noteState(container);
    this.#staysDown(container);
    return true;
  }

  /** Stops timers. Containers live on. */
  close(): void {
    this.#closed = true;
    for (const container of this.#parts.store.all()) {
      clearTimeout(container.restartTimer);
      container.health?.stop();
      container.shim?.abandon();
    }
  }

  #watch(container: Container, shim: ShimControl): void {
    container.shim = shim;
    this.monitor(container);
    container.ended = this.#conclude(container, shim.exited);
  }

  /** In the container's turn; between two looks at processes that the kernel does not let go, others may have theirs. */
  async #conclude(container: Container, exited: Promise<Exit>): Promise<void> {
    const exit = await exited;
    try {
      let isOver = await container.exclusive(() => this.#exited(container, exit, ORPHAN_TIMEOUT));
      while (!isOver && !this.#closed) {
        await after(LOOK_AGAIN, undefined, { ref: false });
        isOver = await container.exclusive(() => this.#exited(container, exit, 0));
      }
    } catch (error) {
      this.#parts.context.log(`container ${container.saved.name}: after its end: ${String(error)}`);
    }
  }

  /** False when processes of it are still there, and it has not ended. */
  async #exited(container: Container, exit: Exit, seconds: number): Promise<boolean> {
    if (exit.shimKilled === true && !(await endOrphans(this.#parts, container, { seconds }))) return false;
    await concludeRun(this.#parts, container, exit);
    const { saved } = container;
    const delay = container.restartingByHand ? undefined : this.#nextDelay(container);
    if (delay !== undefined) this.#scheduleRestart(container, delay);
    this.#parts.store.noteState(container);
    container.changed();
    container.waiters.wakeExit({ StatusCode: exit.status });
    const vanishes = saved.hostConfig.AutoRemove && !container.restartingByHand && !container.removing;
    if (vanishes) {
      await removeContainer(this.#parts, container, { volumes: true });
    }
    return true;
  }

  #nextDelay(container: Container): number | undefined {
    const { hostConfig, state, restartCount } = container.saved;
    return restartDelay({
      policy: hostConfig.RestartPolicy?.Name ?? "no",
      maximumRetries: hostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
      exitCode: state.exitCode,
      stoppedByHand: container.stoppedByHand || container.removing || this.#closed,
      restarts: restartCount,
      duration: timeInMilliseconds(state.finishedAt) - timeInMilliseconds(state.startedAt),
      lastDelay: container.lastDelay,
    });
  }

  #scheduleRestart(container: Container, delay: number): void {
    const { state } = container.saved;
    container.lastDelay = delay;
    state.running = true;
    state.restarting = true;
    container.restartTimer = setTimeout(() => {
      void this.inTurn(container, () => this.#restartByPolicy(container));
    }, delay);
    container.restartTimer.unref();
  }

  async #restartByPolicy(container: Container): Promise<void> {
    container.restartTimer = undefined;
    if (!container.saved.state.restarting || container.removing || this.#closed) return;
    container.saved.restartCount++;
    container.saved.state.running = false;
    container.saved.state.restarting = false;
    try {
      await this.run(container);
    } catch (error) {
      this.#parts.context.log(
        `container ${container.saved.name}: restart failed: ${(error as Error).message}`,
      );
      this.#staysDown(container);
    }
  }

  /** Whoever waits for a container that was to come back is told that it does not. */
  #staysDown(container: Container): void {
    container.changed();
    container.waiters.wakeExit({ StatusCode: container.saved.state.exitCode });
  }
}
