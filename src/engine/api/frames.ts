// The multiplexed form of output without a terminal: stream, three zero bytes, length, payload.
import type { OutputChunk } from "../backend.ts";
import type { ApiMinor } from "./version.ts";

const MULTIPLEXED_STREAM = "application/vnd.docker.multiplexed-stream";
/** Media type of a terminal's output, and of framed output in API versions before 1.42. */
export const RAW_STREAM = "application/vnd.docker.raw-stream";

const STREAM_NUMBERS = { stdout: 1, stderr: 2 } as const;

/** Media type that says how output is framed. */
export function outputType(minor: ApiMinor, tty: boolean): string {
  return tty || minor < 42 ? RAW_STREAM : MULTIPLEXED_STREAM;
}

/** One chunk as a frame. */
export function frame(chunk: OutputChunk): Buffer {
  const framed = Buffer.allocUnsafe(8 + chunk.bytes.length);
  framed.writeUInt32BE(STREAM_NUMBERS[chunk.stream] * 0x1000000, 0);
  framed.writeUInt32BE(chunk.bytes.length, 4);
  chunk.bytes.copy(framed, 8);
  return framed;
}
