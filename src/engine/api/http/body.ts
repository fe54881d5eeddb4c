// A request's body in either framing, as bytes that are pulled. Nothing is read before somebody asks, and the answer to
// `Expect: 100-continue` is given at that moment.
import { Readable } from "node:stream";
import { DisconnectedError, HttpError } from "./http-error.ts";
import type { RequestHead } from "./head.ts";
import type { Input } from "./input.ts";
import { BODY_PATIENCE, CHUNK_LINE_LIMIT } from "./limits.ts";

const LF = 0x0a;

/** How the body's end is known. */
export type BodyFraming = { readonly kind: "length"; readonly length: number } | { readonly kind: "chunked" };

/** The framing a head announces. Throws HttpError for one that is malformed or not spoken here. */
export function bodyFraming(head: RequestHead): BodyFraming {
  const coding = head.headers.get("transfer-encoding");
  const length = head.headers.get("content-length");
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked")
      throw new HttpError(501, `transfer coding "${coding}" is not spoken here`);
    if (length !== undefined) throw new HttpError(400, "both Content-Length and Transfer-Encoding");
    if (head.minor === 0) throw new HttpError(400, "Transfer-Encoding in HTTP/1.0");
    return { kind: "chunked" };
  }
  if (length === undefined) return { kind: "length", length: 0 };
  const bytes = Number(length);
  if (!/^\d+$/.test(length) || !Number.isSafeInteger(bytes))
    throw new HttpError(400, "malformed Content-Length");
  return { kind: "length", length: bytes };
}

/** Pulls one request's body out of the connection's input and leaves what follows it there. */
export class Body {
  readonly framing: BodyFraming;
  readonly #input: Input;
  readonly #beforeFirstRead: () => void;
  /** Bytes left of the length, or of the current chunk. */
  #left: number;
  #state: "data" | "chunk-size" | "chunk-end" | "done";
  #asked = false;
  #failure: unknown;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(input: Input, framing: BodyFraming, beforeFirstRead: () => void) {
    this.framing = framing;
    this.#input = input;
    this.#beforeFirstRead = beforeFirstRead;
    this.#left = framing.kind === "length" ? framing.length : 0;
    if (framing.kind === "chunked") this.#state = "chunk-size";
    else this.#state = framing.length === 0 ? "done" : "data";
  }

  /** True when all of it has been read. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** True when what was sent is not a body, so that nobody knows where the next request would begin. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** The next bytes; undefined at the end. Throws HttpError, DisconnectedError. Calls take turns. */
  next(): Promise<Buffer | undefined> {
    const result = this.#turn.then(() => this.#next());
    this.#turn = result.catch((error: unknown) => (this.#failure = error)); // told to the caller
    return result;
  }

  /** The rest of the body as a stream with backpressure. */
  stream(): Readable {
    const readable = new Readable({
      read: () => {
        this.next().then(
          (bytes) => readable.push(bytes ?? null),
          (error: Error) => readable.destroy(error),
        );
      },
    });
    return readable;
  }

  /** The rest of the body at once. Throws HttpError 413 when it is longer than `limit` bytes, 408 when it does not come. */
  async whole(limit: number): Promise<Buffer> {
    if (this.framing.kind === "length" && this.framing.length > limit) throw tooLarge();
    return this.#input.within(BODY_PATIENCE, "the request's body", () => this.#collect(limit));
  }

  /** Reads and throws away what is left of it, if that is at most `limit` bytes and comes. Throws HttpError, DisconnectedError. */
  async discard(limit: number): Promise<void> {
    await this.#input.within(BODY_PATIENCE, "the request's body", async () => {
      let discarded = 0;
      while (!this.done && discarded <= limit) discarded += (await this.next())?.length ?? 0;
    });
  }

  async #collect(limit: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let size = 0;
    for (let bytes = await this.next(); bytes !== undefined; bytes = await this.next()) {
      size += bytes.length;
      if (size > limit) throw tooLarge();
      pieces.push(bytes);
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }

  async #next(): Promise<Buffer | undefined> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#state === "done") return undefined;
    if (!this.#asked) {
      this.#asked = true;
      this.#beforeFirstRead();
    }
    if (this.#state === "chunk-end") await this.#endChunk();
    if (this.#state === "chunk-size") await this.#startChunk();
    if (this.#state === "data") return this.#takeData();
    return undefined;
  }

  async #takeData(): Promise<Buffer> {
    const bytes = await this.#input.read();
    if (bytes === undefined) throw new DisconnectedError();
    const mine = bytes.subarray(0, this.#left);
    this.#input.unread(bytes.subarray(mine.length));
    this.#left -= mine.length;
    if (this.#left === 0) this.#state = this.framing.kind === "length" ? "done" : "chunk-end";
    return mine;
  }

  async #startChunk(): Promise<void> {
    const line = await this.#line();
    const size = /^([0-9a-fA-F]{1,13})[ \t]*(;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw new HttpError(400, "malformed chunk size");
    this.#left = Number.parseInt(size, 16);
    if (this.#left > 0) {
      this.#state = "data";
      return;
    }
    let trailers = 0;
    for (let field = await this.#line(); field !== ""; field = await this.#line()) {
      trailers += field.length;
      if (trailers > CHUNK_LINE_LIMIT) throw new HttpError(431, "the trailer fields are too large");
    }
    this.#state = "done";
  }

  async #endChunk(): Promise<void> {
    if ((await this.#line()) !== "") throw new HttpError(400, "a chunk is longer than its size says");
    this.#state = "chunk-size";
  }

  async #line(): Promise<string> {
    let line = "";
    for (;;) {
      const bytes = await this.#input.read();
      if (bytes === undefined) throw new DisconnectedError();
      const end = bytes.indexOf(LF);
      line += bytes.toString("latin1", 0, end === -1 ? bytes.length : end);
      if (line.length > CHUNK_LINE_LIMIT) throw new HttpError(400, "a chunk's size line is too long");
      if (end === -1) continue;
      this.#input.unread(bytes.subarray(end + 1));
      return line.endsWith("\r") ? line.slice(0, -1) : line;
    }
  }
}

function tooLarge(): HttpError {
  return new HttpError(413, "the request's body is too large");
}
