// A container's life as clients command it: started, stopped, killed, restarted, paused, removed. What happens by itself is in runs.ts.
//
//     created ──start──> running ──X──> exited ──start──> running …
//                           │  └──policy──> restarting ──delay──> running
//                           └──remove(force)──> gone
import { EngineError } from "../errors.ts";
import { layoutOf } from "./container-cgroups.ts";
import type { Container } from "./container.ts";
import { freeze } from "./freezer.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";
import { removeContainer } from "./remove.ts";
import { requireRunning } from "./require-running.ts";
import type { Runs } from "./runs.ts";
import { parseSignal } from "../signals.ts";
import { withinSeconds } from "./within-seconds.ts";

const SIGKILL = 9;
const STOP_TIMEOUT = 10;
/** Seconds within which a killed process is gone, unless the kernel holds it. */
const KILL_TIMEOUT = 10;

export interface StopOptions {
  /** Seconds; -1 waits for ever. */
  readonly timeout?: number;
  readonly signal?: string;
}

export class Lifecycle {
  /** What it commands. */
  readonly runs: Runs;
  readonly #parts: Parts;

  constructor(parts: Parts, runs: Runs) {
    this.#parts = parts;
    this.runs = runs;
  }

  /** False: it ran already, or waits for its policy to start it again. */
  start(container: Container): Promise<boolean> {
    return this.runs.inTurn(container, async () => {
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
      await this.runs.run(container);
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
    this.runs.holdDown(container);
    if (!this.runs.endRestarting(container)) {
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
      this.runs.holdDown(container);
      this.runs.endRestarting(container);
      return;
    }
    const stops = signal === SIGKILL || !config.StopSignal || parseSignal(config.StopSignal) === signal;
    if (stops) this.runs.holdDown(container);
    container.saved.manuallyStopped = true;
    this.#send(container, signal);
    this.#parts.store.noteState(container);
    if (stops) this.runs.letGoOn(container);
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
      this.runs.holdDown(container);
      this.runs.endRestarting(container);
      await container.settled();
      if (container.saved.state.running) {
        this.#send(container, SIGKILL);
        this.runs.letGoOn(container);
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
      requireRunning(container);
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
      this.runs.letGoOn(container);
      this.runs.monitor(container);
      container.health?.resume();
    });
  }

  /** That it was stopped must outlive the machine where a policy would start it again with the engine. */
  async #keepDown(container: Container): Promise<void> {
    const policy = container.saved.hostConfig.RestartPolicy?.Name ?? "no";
    if (policy !== "no" && !container.restartingByHand) await this.#parts.store.save(container);
  }

  async #end(container: Container, how: { signal: number; timeout: number }): Promise<void> {
    this.#send(container, how.signal);
    this.runs.letGoOn(container);
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
