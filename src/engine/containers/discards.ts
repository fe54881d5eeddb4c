// Folders of containers that are gone: removed beside everything else, because what a container wrote may be much. They have no name any
// more that anybody knows, and an engine that starts removes what is left of them.
import { setImmediate } from "node:timers/promises";
import type { EngineContext } from "../collaborators.ts";

/** Removes folders one lot after the other. */
export class Discards {
  readonly #context: EngineContext;
  readonly #waiting: string[] = [];
  #removing: Promise<void> | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** Takes a folder; one that cannot be removed is logged and stays for the next engine. */
  add(folder: string): void {
    this.#waiting.push(folder);
    this.#removing ??= this.#removeAll().finally(() => (this.#removing = undefined));
  }

  /** Resolves when all that were added are gone. */
  async settled(): Promise<void> {
    while (this.#removing !== undefined) await this.#removing;
  }

  async #removeAll(): Promise<void> {
    await setImmediate(); // the reply to whoever asked goes first
    while (this.#waiting.length > 0) {
      await this.#context.native
        .remove(this.#waiting.splice(0))
        .catch((error: unknown) => this.#context.log(`containers: ${String(error)}`));
    }
  }
}
