// Who waits for a container to end or to vanish.
import type { WaitResult } from "../backend.ts";

type Condition = "exit" | "removal";

/** Waiters of one container. A waiter leaves when its signal is aborted. */
export class Waiters {
  readonly #waiting = new Map<(result: WaitResult) => void, Condition>();

  /** Resolves at the next exit (or removal, if that comes first); rejects with the signal's reason when aborted. */
  next(condition: Condition, signal?: AbortSignal): Promise<WaitResult> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const leave = (): void => {
        this.#waiting.delete(done);
        signal?.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason as Error);
      };
      const done = (result: WaitResult): void => {
        leave();
        resolve(result);
      };
      this.#waiting.set(done, condition);
      signal?.addEventListener("abort", abort);
    });
  }

  wakeExit(result: WaitResult): void {
    for (const [done, condition] of this.#waiting) if (condition === "exit") done(result);
  }

  wakeRemoval(result: WaitResult): void {
    for (const done of this.#waiting.keys()) done(result);
  }
}
