// The execs that can still be asked about: those that run or are to run, and the last that ended.
import { EngineError } from "../errors.ts";
import type { Exec } from "./exec-record.ts";

/** Ended execs that can still be inspected, per engine. */
const REMEMBERED = 512;

/** The execs of one engine, by id. */
export class RememberedExecs {
  readonly #execs = new Map<string, Exec>();

  add(exec: Exec): void {
    this.#execs.set(exec.id, exec);
    exec.container.execs.add(exec.id);
    this.#forgetOldest();
  }

  /** By its id or the beginning of it. Throws EngineError (not-found). */
  get(id: string): Exec {
    const exec = this.#execs.get(id) ?? this.#byPrefix(id);
    if (exec === undefined) throw new EngineError("not-found", `No such exec instance: ${id}`);
    return exec;
  }

  forget(exec: Exec): void {
    this.#execs.delete(exec.id);
    exec.container.execs.delete(exec.id);
  }

  #byPrefix(id: string): Exec | undefined {
    const matches = /^[0-9a-f]{12,}$/.test(id)
      ? [...this.#execs.keys()].filter((key) => key.startsWith(id))
      : [];
    return matches.length === 1 ? this.#execs.get(matches[0] ?? "") : undefined;
  }

  /** Those of removed containers, and the oldest that are too many. */
  #forgetOldest(): void {
    for (const exec of this.#execs.values()) {
      const isPast = exec.container.gone || this.#execs.size > REMEMBERED;
      if (isPast && !exec.running) this.forget(exec);
    }
  }
}
