// The engine's side of a control connection: frames out, frames in, kept in the order they came.
import { connect } from "node:net";
import type { Duplex } from "node:stream";

/** One frame from the shim. */
export interface Frame {
  readonly type: string;
  readonly payload: Buffer;
}

/** A control connection: fd 3 of the shim, or one through its socket. */
export class ShimClient {
  readonly frames: Frame[] = [];
  readonly #socket: Duplex;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #wake: (() => void)[] = [];

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("error", () => undefined); // followed by "close", which is what waiters are told
    socket.on("close", () => {
      this.#isClosed = true;
      this.#tell();
    });
    socket.on("end", () => {
      this.#isClosed = true;
      this.#tell();
    });
  }

  /** Through the control socket of a running shim. */
  static async connect(path: string): Promise<ShimClient> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new ShimClient(socket);
  }

  send(type: string, payload: Buffer = Buffer.alloc(0)): void {
    const header = Buffer.alloc(5);
    header.write(type, "latin1");
    header.writeUInt32BE(payload.length, 1);
    this.#socket.write(Buffer.concat([header, payload]));
  }

  attach(streams = 3): void {
    this.send("A", Buffer.from([streams]));
  }

  input(text: string): void {
    this.send("I", Buffer.from(text));
  }

  kill(signal: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(signal);
    this.send("K", payload);
  }

  resize(rows: number, columns: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt16BE(rows, 0);
    payload.writeUInt16BE(columns, 2);
    this.send("W", payload);
  }

  /** Stops taking anything from the shim. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Text of the first frame of a type, waited for. Rejects when the connection ends without one. */
  async first(type: string): Promise<string> {
    return this.#until(`frame ${type}`, () => {
      return this.frames.find((frame) => frame.type === type)?.payload.toString();
    });
  }

  /** All that was written to stdout or to the terminal (`O`), or to stderr (`E`), until now. */
  text(type: "O" | "E" = "O"): string {
    return Buffer.concat(this.frames.filter((f) => f.type === type).map((f) => f.payload)).toString();
  }

  /** Output that matches, waited for. */
  async outputMatching(pattern: RegExp, type: "O" | "E" = "O"): Promise<RegExpMatchArray> {
    return this.#until(`output like ${String(pattern)}`, () => this.text(type).match(pattern) ?? undefined);
  }

  /** Resolves when the shim has closed the connection. */
  async closed(): Promise<void> {
    while (!this.#isClosed) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** Status and whether memory had run out, from frame `X`. */
  async exited(): Promise<{ status: number; oom: boolean; time: string }> {
    const [status, oom, time = ""] = (await this.first("X")).split(" ");
    return { status: Number(status), oom: oom === "1", time };
  }

  async #until<T>(what: string, find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.#isClosed) {
        const seen = this.frames.map((frame) => `${frame.type} ${frame.payload.toString()}`).join("\n");
        throw new Error(`the connection ended before ${what}; there was:\n${seen}`);
      }
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= 5) {
      const end = 5 + this.#received.readUInt32BE(1);
      if (this.#received.length < end) break;
      this.frames.push({
        type: String.fromCharCode(this.#received[0] ?? 0),
        payload: this.#received.subarray(5, end),
      });
      this.#received = this.#received.subarray(end);
    }
    this.#tell();
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
