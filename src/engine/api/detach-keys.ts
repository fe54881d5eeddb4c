// The keys that let go of a container's terminal without ending it.
import { EngineError } from "../errors.ts";

const DEFAULT_KEYS = "ctrl-p,ctrl-q";

/** Bytes of a sequence such as `ctrl-p,ctrl-q` or `a,ctrl-@`; the default for undefined. Throws EngineError (invalid). */
export function parseDetachKeys(keys: string | undefined): Buffer {
  const bytes: number[] = [];
  for (const key of (keys ?? DEFAULT_KEYS).split(",")) {
    const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1];
    if (control !== undefined) bytes.push(control.toUpperCase().charCodeAt(0) - 64);
    else if (key.length === 1 && key.charCodeAt(0) < 128) bytes.push(key.charCodeAt(0));
    else throw new EngineError("invalid", `Invalid detach keys (${keys ?? DEFAULT_KEYS}) provided`);
  }
  return Buffer.from(bytes);
}

/** Finds the sequence in what is typed, wherever the pieces are cut. */
export class DetachScanner {
  readonly #keys: Buffer;
  #matched = 0;

  constructor(keys: Buffer) {
    this.#keys = keys;
  }

  /** Bytes to pass on (those of a sequence begun are held back until it is clear what they are), and whether to let go now. */
  scan(typed: Buffer): { readonly pass: Buffer; readonly detached: boolean } {
    const pass: number[] = [];
    for (const byte of typed) {
      if (byte === this.#keys[this.#matched]) {
        this.#matched++;
        if (this.#matched === this.#keys.length) return { pass: Buffer.from(pass), detached: true };
        continue;
      }
      pass.push(...this.#keys.subarray(0, this.#matched));
      this.#matched = byte === this.#keys[0] && this.#keys.length > 1 ? 1 : 0;
      if (this.#matched === 0) pass.push(byte);
    }
    return { pass: Buffer.from(pass), detached: false };
  }
}
