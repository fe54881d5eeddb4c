// Probes one running container, one probe after the other, until it is stopped.
import type { HealthState } from "../api-types/container.ts";
import type { Container } from "./container.ts";
import type { HealthConfig, ProbeResult } from "./health.ts";
import { nextHealth, probeDelay, startingHealth } from "./health.ts";
import type { Parts } from "./parts.ts";
import { emitContainer } from "./parts.ts";
import { timeInMilliseconds } from "./record.ts";

/** Runs one probe in the container; gives up (and kills it) when the signal is aborted. Never rejects. */
export type ProbeRunner = (
  container: Container,
  config: HealthConfig,
  signal: AbortSignal,
) => Promise<ProbeResult>;

export interface MonitorOptions {
  readonly parts: Parts;
  readonly container: Container;
  readonly config: HealthConfig;
  readonly probe: ProbeRunner;
}

export class HealthMonitor {
  readonly #options: MonitorOptions;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  /** The container has just been started. */
  start(): void {
    const { saved } = this.#options.container;
    saved.health = startingHealth(saved.health);
    this.#schedule(saved.health);
  }

  /** The engine has just found the container running: what was known of it counts. */
  resume(): void {
    const { saved } = this.#options.container;
    saved.health ??= startingHealth(undefined);
    this.#schedule(saved.health);
  }

  /** Ends a probe that runs, too. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#stopped.abort();
  }

  #schedule(state: HealthState): void {
    const delay = probeDelay(state, this.#options.config, this.#age());
    this.#timer = setTimeout(() => {
      this.#probe().catch((error: unknown) => {
        const { parts, container } = this.#options;
        parts.context.log(`health of ${container.saved.name}: no longer watched: ${String(error)}`);
      });
    }, delay);
    this.#timer.unref();
  }

  async #probe(): Promise<void> {
    const { container, config, probe, parts } = this.#options;
    const age = this.#age();
    const result = await probe(container, config, this.#stopped.signal);
    if (this.#stopped.signal.aborted) return;
    const before = container.saved.health ?? startingHealth(undefined);
    const after = nextHealth(before, result, { config, age });
    container.saved.health = after;
    if (after.Status !== before.Status) {
      parts.store.noteState(container);
      emitContainer(parts, container, `health_status: ${after.Status}`);
    }
    if (!this.#stopped.signal.aborted) this.#schedule(after);
  }

  #age(): number {
    return Date.now() - timeInMilliseconds(this.#options.container.saved.state.startedAt);
  }
}
