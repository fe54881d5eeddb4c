// What a client sends, pulled piece by piece. A little is read ahead, so that a client that goes away is noticed while its request
// is being worked on; beyond that the socket waits for whoever reads.
import type { Socket } from "node:net";
import { HttpError } from "./http-error.ts";
import { READ_AHEAD } from "./limits.ts";

/** The receiving side of one connection. */
export class Input {
  readonly #socket: Socket;
  #queue: Buffer[] = [];
  #queued = 0;
  #ended = false;
  #discarding = false;
  #late: HttpError | undefined;
  #wake: (() => void) | undefined;
  #onDrainedEnd: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.once("end", () => this.#end());
    socket.once("close", () => this.#end());
  }

  /** True when the client will send nothing more and everything it sent has been read. */
  get drained(): boolean {
    return this.#ended && this.#queue.length === 0;
  }

  /** Called once, as soon as `drained` is true; at once if it is already. Undefined takes the listener away. */
  onDrainedEnd(listener: (() => void) | undefined): void {
    this.#onDrainedEnd = listener;
    this.#announce();
  }

  /** Resolves when there is something to read, or nothing will come any more. */
  async ready(): Promise<void> {
    while (this.#queue.length === 0 && !this.#ended && !this.#discarding) await this.#change();
  }

  /**
   * All that is read by `work` must have come within so many milliseconds: else it is thrown HttpError 408, and so is every reader from then
   * on. `what` is for the message.
   */
  async within<Result>(milliseconds: number, what: string, work: () => Promise<Result>): Promise<Result> {
    const timer = setTimeout(() => {
      this.#late = new HttpError(408, `${what} did not come within ${milliseconds / 1000} seconds`);
      this.#wakeReader();
    }, milliseconds);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }

  /** The next bytes, never empty; undefined at the end. One reader at a time. */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      const bytes = this.#queue.shift();
      if (bytes !== undefined) {
        this.#queued -= bytes.length;
        if (this.#queued < READ_AHEAD && this.#socket.isPaused()) this.#socket.resume();
        this.#announce();
        return bytes;
      }
      if (this.#ended || this.#discarding) return undefined;
      if (this.#late !== undefined) throw this.#late;
      await this.#change();
    }
  }

  /** Puts back what was read too much. */
  unread(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#queue.unshift(bytes);
    this.#queued += bytes.length;
  }

  /**
   * Reads away what is still sent, so that closing does not reset the connection under the last reply. Resolves when the client has
   * closed its side, or after `patience` milliseconds; beyond `limit` bytes nothing more is read and the client waits.
   */
  async discard(limit: number, patience: number): Promise<void> {
    let left = limit - this.#queued;
    this.#queue = [];
    this.#queued = 0;
    this.#discarding = true;
    this.#wakeReader();
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      const impatience = setTimeout(resolve, patience);
      const finish = (): void => {
        clearTimeout(impatience);
        resolve();
      };
      this.#socket.on("data", (bytes: Buffer) => {
        left -= bytes.length;
        if (left < 0) this.#socket.pause();
      });
      this.#socket.once("end", finish);
      this.#socket.once("close", finish);
      this.#socket.resume();
    });
  }

  #receive(bytes: Buffer): void {
    if (bytes.length === 0 || this.#discarding) return;
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    if (this.#queued >= READ_AHEAD) this.#socket.pause();
    this.#wakeReader();
  }

  #change(): Promise<void> {
    return new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #end(): void {
    this.#ended = true;
    this.#wakeReader();
    this.#announce();
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #announce(): void {
    if (!this.drained || this.#onDrainedEnd === undefined) return;
    const listener = this.#onDrainedEnd;
    this.#onDrainedEnd = undefined;
    listener();
  }
}
