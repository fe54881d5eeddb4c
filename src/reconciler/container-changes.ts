// Tells waiting steps when something happened to a container. One subscription to the engine's events serves a whole
// run; it is made before the first step, so that nothing after a start is missed.

import type { EngineClient } from "../client/index.ts";
import { LABEL } from "../planner/index.ts";

/** A stream that keeps ending without a single event is not worth another try. */
const MOST_EMPTY_STREAMS = 3;

/**
 * Counts the events of each container. A waiter notes the count, looks at the container, and if it has not seen what
 * it waits for, waits for the count to move on: whatever happens after the look wakes it.
 *
 *     open() ──> following ──stream ends──> subscribing again ──> following (all waiters look again)
 *                    │                            └──fails──> lost (all waiters fail)
 *                    └──close()──> closed
 */
export class ContainerChanges {
  readonly #counts = new Map<string, number>();
  readonly #waiters = new Set<() => void>();
  readonly #closing = new AbortController();
  #reading: Promise<void> = Promise.resolve();
  #lost: unknown;

  /** Subscribes to the events of a project's containers. */
  static async open(client: EngineClient, project: string): Promise<ContainerChanges> {
    const changes = new ContainerChanges();
    const subscribe = () =>
      client.events({ labels: [`${LABEL.project}=${project}`] }, changes.#closing.signal);
    const first = await subscribe();
    changes.#reading = changes.#follow(first, subscribe);
    return changes;
  }

  async #follow(
    first: AsyncIterable<{ readonly Type: string; readonly Actor: { readonly ID: string } }>,
    subscribe: () => Promise<typeof first>,
  ): Promise<void> {
    let stream = first;
    let empty = 0;
    try {
      while (!this.#closing.signal.aborted) {
        empty += 1;
        for await (const event of stream) {
          empty = 0;
          if (event.Type === "container") this.#count(event.Actor.ID);
        }
        if (this.#closing.signal.aborted) return;
        if (empty >= MOST_EMPTY_STREAMS) throw new Error("the engine's event stream keeps ending");
        stream = await subscribe();
        for (const id of this.#counts.keys()) this.#count(id);
        this.#wake();
      }
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#lost = error;
      this.#wake();
    }
  }

  #count(id: string): void {
    this.#counts.set(id, this.count(id) + 1);
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
  }

  /** How many events of this container there were. */
  count(id: string): number {
    return this.#counts.get(id) ?? 0;
  }

  /** Resolves when the count is not `seen` any more. Rejects when events cannot be had, and on abort. */
  async next(id: string, seen: number, signal: AbortSignal): Promise<void> {
    this.#counts.set(id, this.count(id));
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        const settled = signal.aborted || this.#lost !== undefined || this.count(id) !== seen;
        if (!settled) return;
        this.#waiters.delete(check);
        signal.removeEventListener("abort", check);
        if (signal.aborted) reject(signal.reason);
        else if (this.count(id) !== seen) resolve();
        else reject(this.#lost);
      };
      this.#waiters.add(check);
      signal.addEventListener("abort", check);
      check();
    });
  }

  /** Ends the subscription; resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    await this.#reading;
  }
}
