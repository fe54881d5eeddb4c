// The frames that the engine and a shim send each other (docs/native.md).
import { encodeFrame, FRAME_HEADER } from "../native/frame.ts";
import type { LogPlace } from "./log-file.ts";

export interface Frame {
  readonly type: string;
  readonly payload: Buffer;
}

/** Terminal size. */
export function encodeWindow(rows: number, columns: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt16BE(Math.min(rows, 0xffff), 0);
  payload.writeUInt16BE(Math.min(columns, 0xffff), 2);
  return encodeFrame("W", payload);
}

/** A signal for the process. */
export function encodeKill(signal: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(signal);
  return encodeFrame("K", payload);
}

/** Which output a connection wants; `place`: and to be told up to where it is in the log already. */
export function encodeAttach(streams: { stdout: boolean; stderr: boolean; place?: boolean }): Buffer {
  const bits = (streams.stdout ? 1 : 0) | (streams.stderr ? 2 : 0) | (streams.place === true ? 4 : 0);
  return encodeFrame("A", Buffer.from([bits]));
}

/** The payload of frame `L`. */
export function parseLogPlace(text: string): LogPlace {
  const [number, inode, offset] = text.split(" ");
  return { number: Number(number), inode: Number(inode), offset: Number(offset) };
}

/** Cuts a stream of bytes into frames, wherever the pieces were cut. */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that `bytes` completes; their payloads share its memory. */
  push(bytes: Buffer): Frame[] {
    let buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    while (buffer.length >= FRAME_HEADER) {
      const end = FRAME_HEADER + buffer.readUInt32BE(1);
      if (buffer.length < end) break;
      frames.push({ type: buffer.toString("latin1", 0, 1), payload: buffer.subarray(FRAME_HEADER, end) });
      buffer = buffer.subarray(end);
    }
    this.#rest = buffer;
    return frames;
  }
}

/** How a process ended. */
export interface Exit {
  /** 128+n for signal n. */
  readonly status: number;
  readonly oomKilled: boolean;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** The shim was killed and could not say: the status is what it must be, and something of the container may live on. */
  readonly shimKilled?: true;
}

/** The payload of frame `X` and of the exit file; undefined for what is neither. */
export function parseExit(text: string): Exit | undefined {
  const match = /^(\d+) ([01]) (\d+)\.(\d{1,9})/.exec(text);
  if (match === null) return undefined;
  return {
    status: Number(match[1]),
    oomKilled: match[2] === "1",
    seconds: Number(match[3]),
    nanoseconds: Number((match[4] ?? "").padEnd(9, "0")),
  };
}
