// A container's life: started, stopped, killed, restarted, and what follows when its process ends.
//
//     created ──start──> running ──X──> exited ──start──> running …
//                           │  └──policy──> restarting ──delay──> running
//                           └──remove(force)──> gone
import { setTimeout as after } from "node:timers/promises";
import { EngineError } from "../errors.ts";
import { concludeRun } from "./conclude.ts";
import { layoutOf } from "./container-cgroups.ts";
import type { Container } from "./container.ts";
import { freeze, thaw } from "./freezer.ts";
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
import { parseSignal } from "./signals.ts";
import { withinSeconds } from "./within-seconds.ts";

const SIGKILL = 9;
const STOP_TIMEOUT = 10;
/** Seconds within which a killed process is gone, unless the kernel holds it. */
const KILL_TIMEOUT = 10;

/** Seconds within which killed processes are gone, unless the kernel holds one; then, milliseconds between two looks. */
const ORPHAN_TIMEOUT = 10;
const LOOK_AGAIN = 1000;

export interface StopOptions {
  /** Seconds; -1 waits for ever. */
  readonly timeout?: number;
  readonly signal?: string;
}

export class Lifecycle {
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

  /** False: it ran already, or waits for its policy to start it again. */
  start(container: Container): Promise<boolean> {
    return this.#counted(container, async () => {
      if (container.removing || container.gone) {
        throw new EngineError("conflict", "container is marked for removal and cannot be started");
      }
      if (container.saved.state.paused) {
        throw new EngineError("conflict", "cannot start a paused container, try unpause instead");
      }
      if (container.saved.state.running) return false;
      container.saved.restartCount = 0;
      container.saved.manuallyStopped = false;
      container.lastDelay = 0;
      await this.#run(container);
      return true;
    });
  }

  /** False: it did not run. */
  async stop(container: Container, options: StopOptions): Promise<boolean> {
    await container.settled();
    const { config, state } = container.saved;
    if (!state.running) return false;
    const signal = parseSignal(options.signal || config.StopSignal || "SIGTERM");
    const timeout = options.timeout ?? config.StopTimeout ?? STOP_TIMEOUT;
    this.#holdDown(container);
    if (!this.#endRestarting(container)) {
      await this.#end(container, { signal, timeout });
    }
    await this.#keepDown(container);
    emitContainer(this.#parts, container, "stop");
    return true;
  }

  async restart(container: Container, options: StopOptions): Promise<void> {
    if (container.removing) throw new EngineError("conflict", "container is marked for removal");
    container.restartingByHand = true;
    try {
      await this.stop(container, options);
    } finally {
      container.restartingByHand = false;
    }
    await this.start(container);
    emitContainer(this.#parts, container, "restart");
  }

  /** Waits for the end after SIGKILL; other signals are only sent. */
  async kill(container: Container, name: string): Promise<void> {
    const signal = parseSignal(name || "SIGKILL");
    await container.settled();
    const { config, state, id } = container.saved;
    if (!state.running) {
      throw new EngineError("conflict", `cannot kill container: ${id}: container ${id} is not running`);
    }
    if (container.restartTimer !== undefined) {
      this.#holdDown(container);
      this.#endRestarting(container);
      return;
    }
    const stops = signal === SIGKILL || !config.StopSignal || parseSignal(config.StopSignal) === signal;
    if (stops) this.#holdDown(container);
    container.saved.manuallyStopped = true;
    this.#send(container, signal);
    this.#parts.store.noteState(container);
    if (stops) this.#letGoOn(container);
    if (signal === SIGKILL) await this.#gone(container);
  }

  /** Removes it, stopped by force if need be. `volumes`: its anonymous ones, too. */
  async remove(container: Container, options: { force: boolean; volumes: boolean }): Promise<void> {
    const { name } = container.saved;
    // A start that is under way ends first: then there is something to kill, or a reason to refuse.
    if (!container.removing) await container.settled();
    if (container.removing) {
      throw new EngineError("conflict", `removal of container ${name} is already in progress`);
    }
    if (container.saved.state.running && !options.force) {
      throw new EngineError(
        "conflict",
        container.saved.state.paused
          ? `cannot remove container "${name}": container is paused and must be unpaused first`
          : `cannot remove container "${name}": container is running: stop the container before removing or force remove`,
      );
    }
    container.removing = true;
    try {
      this.#holdDown(container);
      this.#endRestarting(container);
      await container.settled();
      if (container.saved.state.running) {
        this.#send(container, SIGKILL);
        this.#letGoOn(container);
        await this.#gone(container);
      }
      await container.exclusive(() => removeContainer(this.#parts, container, options));
    } catch (error) {
      container.removing = false;
      throw error;
    }
  }

  /** Holds its processes still. Throws a conflict when it does not run, or is paused. */
  pause(container: Container): Promise<void> {
    return container.exclusive(async () => {
      const { state, id } = container.saved;
      if (state.restarting) {
        throw new EngineError(
          "conflict",
          `Container ${id} is restarting, wait until the container is running`,
        );
      }
      if (container.shim === undefined) throw new EngineError("conflict", `container ${id} is not running`);
      if (state.paused) throw new EngineError("conflict", `Container ${id} is already paused`);
      await freeze(layoutOf(this.#parts.context.cgroups, container.saved), id);
      state.paused = true;
      container.health?.stop();
      this.#parts.store.noteState(container);
      emitContainer(this.#parts, container, "pause");
    });
  }

  unpause(container: Container): Promise<void> {
    return container.exclusive(async () => {
      const { state, id } = container.saved;
      if (container.shim === undefined || !state.paused) {
        throw new EngineError("conflict", `Container ${id} is not paused`);
      }
      this.#letGoOn(container);
      this.#monitor(container);
      container.health?.resume();
    });
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

  /** Stops timers. Containers live on. */
  close(): void {
    this.#closed = true;
    for (const container of this.#parts.store.all()) {
      clearTimeout(container.restartTimer);
      container.health?.stop();
      container.shim?.abandon();
    }
  }

  /** From the moment on that it is asked for: an engine that nobody else needs stays for it. */
  async #counted<T>(container: Container, start: () => Promise<T>): Promise<T> {
    this.#starts++;
    try {
      return await container.exclusive(start);
    } finally {
      this.#starts--;
    }
  }

  async #run(container: Container): Promise<void> {
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

  #watch(container: Container, shim: ShimControl): void {
    container.shim = shim;
    this.#monitor(container);
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

  #monitor(container: Container): void {
    const config = healthConfig(container.saved.config);
    if (config === undefined) return;
    container.health = new HealthMonitor({ parts: this.#parts, container, config, probe: this.#probe });
  }

  /** A signal that was sent to processes that are held still reaches them when they go on. */
  #letGoOn(container: Container): void {
    const { state, id } = container.saved;
    if (!state.paused) return;
    thaw(layoutOf(this.#parts.context.cgroups, container.saved), id);
    state.paused = false;
    this.#parts.store.noteState(container);
    emitContainer(this.#parts, container, "unpause");
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
      void this.#counted(container, () => this.#restartByPolicy(container));
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
      await this.#run(container);
    } catch (error) {
      this.#parts.context.log(
        `container ${container.saved.name}: restart failed: ${(error as Error).message}`,
      );
      this.#staysDown(container);
    }
  }

  /** No policy brings the present run back. */
  #holdDown(container: Container): void {
    container.stoppedByHand = true;
    container.saved.manuallyStopped = true;
  }

  /** That it was stopped must outlive the machine where a policy would start it again with the engine. */
  async #keepDown(container: Container): Promise<void> {
    const policy = container.saved.hostConfig.RestartPolicy?.Name ?? "no";
    if (policy !== "no" && !container.restartingByHand) await this.#parts.store.save(container);
  }

  /** Ends the wait for a restart; false when there is none. */
  #endRestarting(container: Container): boolean {
    if (container.restartTimer === undefined) return false;
    clearTimeout(container.restartTimer);
    container.restartTimer = undefined;
    container.saved.state.running = false;
    container.saved.state.restarting = false;
    this.#parts.store.noteState(container);
    this.#staysDown(container);
    return true;
  }

  /** Whoever waits for a container that was to come back is told that it does not. */
  #staysDown(container: Container): void {
    container.changed();
    container.waiters.wakeExit({ StatusCode: container.saved.state.exitCode });
  }

  async #end(container: Container, how: { signal: number; timeout: number }): Promise<void> {
    this.#send(container, how.signal);
    this.#letGoOn(container);
    if (how.timeout < 0) return await container.ended;
    if (await withinSeconds(container.ended, how.timeout)) return;
    this.#send(container, SIGKILL);
    await this.#gone(container);
  }

  #send(container: Container, signal: number): void {
    container.shim?.kill(signal);
    emitContainer(this.#parts, container, "kill", { signal: String(signal) });
  }

  async #gone(container: Container): Promise<void> {
    if (await withinSeconds(container.ended, KILL_TIMEOUT)) return;
    throw new EngineError(
      "failed",
      `container ${container.id}: tried to kill container, but did not receive an exit event`,
    );
  }
}
