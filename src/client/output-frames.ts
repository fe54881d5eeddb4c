// The framing of attach, logs and exec output: 8 bytes of header (stream, three zeros, length big-endian), then the
// payload. Terminals are not framed. Reading is by iteration, so a slow reader holds the engine back.
import type { Readable } from "node:stream";
import type { OutputChunk } from "./engine-client.ts";

const HEADER_LENGTH = 8;

/**
 * Output of an engine as chunks, one for each frame; `tty` output as it comes. Ends with the stream, and quietly when
 * `signal` aborts; the stream is destroyed when the reader leaves early.
 */
export async function* readOutput(
  stream: Readable,
  options: { readonly tty: boolean; readonly signal?: AbortSignal },
): AsyncGenerator<OutputChunk, void, void> {
  const { tty, signal } = options;
  const leave = (): void => void stream.destroy();
  signal?.addEventListener("abort", leave, { once: true });
  try {
    if (signal?.aborted === true) return;
    const frames = new FrameReader();
    for await (const piece of stream as AsyncIterable<Buffer>) {
      if (tty) yield { stream: "stdout", bytes: piece };
      else yield* frames.push(piece);
    }
    yield* frames.end();
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    signal?.removeEventListener("abort", leave);
    stream.destroy();
  }
}

/** Puts frames together from pieces of any size. A stream whose first byte cannot be a header is passed on as it is. */
class FrameReader {
  #pieces: Buffer[] = [];
  #length = 0;
  /** What is needed before the next step can be made. */
  #wanted = HEADER_LENGTH;
  #header: { stream: "stdout" | "stderr" } | undefined;
  #raw = false;

  *push(piece: Buffer): Generator<OutputChunk, void, void> {
    if (this.#raw) {
      yield { stream: "stdout", bytes: piece };
      return;
    }
    this.#pieces.push(piece);
    this.#length += piece.length;
    while (this.#length >= this.#wanted) {
      const header = this.#header;
      if (header === undefined) {
        if (!this.#readHeader()) {
          yield { stream: "stdout", bytes: this.#take(this.#length) };
          return;
        }
        continue;
      }
      const bytes = this.#take(this.#wanted);
      this.#header = undefined;
      this.#wanted = HEADER_LENGTH;
      if (bytes.length > 0) yield { stream: header.stream, bytes };
    }
  }

  /** A frame that was cut short is still output. */
  *end(): Generator<OutputChunk, void, void> {
    if (this.#header === undefined || this.#length === 0) return;
    yield { stream: this.#header.stream, bytes: this.#take(this.#length) };
  }

  /** False when this is no header. */
  #readHeader(): boolean {
    const joined = this.#join();
    const kind = joined[0] ?? 0;
    const framed = kind <= 2 && joined[1] === 0 && joined[2] === 0 && joined[3] === 0;
    if (!framed) {
      this.#raw = true;
      return false;
    }
    const header = this.#take(HEADER_LENGTH);
    this.#wanted = header.readUInt32BE(4);
    this.#header = { stream: kind === 2 ? "stderr" : "stdout" };
    return true;
  }

  #join(): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && this.#pieces.length === 1) return first;
    const joined = Buffer.concat(this.#pieces, this.#length);
    this.#pieces = [joined];
    return joined;
  }

  #take(length: number): Buffer {
    const joined = this.#join();
    this.#length -= length;
    this.#pieces = this.#length === 0 ? [] : [joined.subarray(length)];
    return joined.subarray(0, length);
  }
}
