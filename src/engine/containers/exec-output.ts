// What an exec writes, given to everyone who reads it. A reader that does not keep up stops the flow at its source; nobody's queue grows
// beyond one bound.
import type { OutputChunk } from "../backend.ts";

/** Bytes that may wait for one reader. */
const BOUND = 256 * 1024;

/** Output for one client; to be iterated once. */
export interface OutputReader extends AsyncIterable<OutputChunk> {
  /** Whether the reader reads no more. */
  readonly left: boolean;
  /** Reads no more. */
  leave(): void;
}

class Reader implements OutputReader {
  readonly streams: { readonly stdout: boolean; readonly stderr: boolean };
  readonly #onChange: (reader: Reader) => void;
  readonly #queue: OutputChunk[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  left = false;
  waiting = 0;

  constructor(streams: { stdout: boolean; stderr: boolean }, onChange: (reader: Reader) => void) {
    this.streams = streams;
    this.#onChange = onChange;
  }

  push(chunk: OutputChunk): void {
    if (this.left || !this.streams[chunk.stream]) return;
    this.#queue.push(chunk);
    this.waiting += chunk.bytes.length;
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  leave(): void {
    this.left = true;
    this.#queue.length = 0;
    this.waiting = 0;
    this.#wake?.();
    this.#onChange(this);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OutputChunk> {
    try {
      while (!this.left) {
        const chunk = this.#queue.shift();
        if (chunk !== undefined) {
          this.waiting -= chunk.bytes.length;
          this.#onChange(this);
          yield chunk;
        } else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.leave();
    }
  }
}

export class ExecOutput {
  readonly #flow: (on: boolean) => void;
  readonly #onUnread: () => void;
  readonly #readers = new Set<Reader>();
  #capture: ((bytes: Buffer) => void) | undefined;
  #stopped = false;
  #ended = false;

  /** `flow`: stops the source and lets it go on. `onUnread`: the last reader has gone, and nobody will come. */
  constructor(flow: (on: boolean) => void, onUnread: () => void = () => undefined) {
    this.#flow = flow;
    this.#onUnread = onUnread;
  }

  reader(streams: { stdout: boolean; stderr: boolean }): OutputReader {
    const reader = new Reader(streams, (changed) => {
      const isLast = changed.left && this.#readers.delete(changed) && this.#readers.size === 0;
      this.#regulate();
      if (isLast && !this.#ended && this.#capture === undefined) this.#onUnread();
    });
    this.#readers.add(reader);
    if (this.#ended) reader.end();
    return reader;
  }

  /** Whether anybody is there for what comes. */
  get isRead(): boolean {
    return this.#readers.size > 0 || this.#capture !== undefined;
  }

  /** Hands all bytes to the engine itself. */
  capture(take: (bytes: Buffer) => void): void {
    this.#capture = take;
  }

  push(chunk: OutputChunk): void {
    this.#capture?.(chunk.bytes);
    for (const reader of this.#readers) reader.push(chunk);
    this.#regulate();
  }

  /** A word of the engine's, among the output. */
  say(text: string): void {
    this.push({ stream: "stdout", bytes: Buffer.from(text) });
  }

  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.end();
  }

  #regulate(): void {
    const full = [...this.#readers].some((reader) => reader.waiting > BOUND);
    if (full === this.#stopped) return;
    this.#stopped = full;
    this.#flow(!full);
  }
}
