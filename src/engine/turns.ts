/** Lets operations that need the same things run one after the other, in the order in which they came. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs the operation when all earlier ones with any of the keys have ended; at once without keys. It must not wait for a turn itself. */
  take<T>(keys: readonly string[], operation: () => Promise<T>): Promise<T> {
    if (keys.length === 0) return operation();
    const before = keys.map((key) => this.#last.get(key));
    const result = Promise.all(before).then(operation);
    const over: Promise<void> = result.then(
      () => this.#forget(keys, over),
      () => this.#forget(keys, over),
    );
    for (const key of keys) this.#last.set(key, over);
    return result;
  }

  #forget(keys: readonly string[], turn: Promise<unknown>): void {
    for (const key of keys) if (this.#last.get(key) === turn) this.#last.delete(key);
  }
}
