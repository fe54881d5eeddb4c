// The fake engine's event streams: each subscriber gets what happens from then on, in order.

import type { ContainerEvent } from "../../src/client/index.ts";

interface Subscriber {
  readonly wants: (event: ContainerEvent) => boolean;
  readonly queue: ContainerEvent[];
  wake: () => void;
  closed: boolean;
}

export class EventFeed {
  readonly #subscribers = new Set<Subscriber>();

  get size(): number {
    return this.#subscribers.size;
  }

  emit(event: ContainerEvent): void {
    for (const subscriber of this.#subscribers) {
      if (!subscriber.wants(event)) continue;
      subscriber.queue.push(event);
      subscriber.wake();
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const subscriber of this.#subscribers) {
      subscriber.closed = true;
      subscriber.wake();
    }
  }

  /** Subscribed from the call on; the stream ends on abort and on `close`. */
  subscribe(wants: (event: ContainerEvent) => boolean, signal: AbortSignal): AsyncIterable<ContainerEvent> {
    const subscriber: Subscriber = { wants, queue: [], wake: () => undefined, closed: false };
    this.#subscribers.add(subscriber);
    signal.addEventListener("abort", () => {
      subscriber.closed = true;
      subscriber.wake();
    });
    const subscribers = this.#subscribers;
    async function* stream(): AsyncIterable<ContainerEvent> {
      try {
        while (!subscriber.closed) {
          const event = subscriber.queue.shift();
          if (event !== undefined) {
            yield event;
            continue;
          }
          await new Promise<void>((resolve) => {
            subscriber.wake = resolve;
          });
        }
      } finally {
        subscribers.delete(subscriber);
      }
    }
    return stream();
  }
}
