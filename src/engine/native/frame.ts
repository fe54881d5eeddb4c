// What the engine and its native processes send each other: a type byte, four bytes of length, the payload (docs/native.md).

/** Bytes before a frame's payload. */
export const FRAME_HEADER = 5;

/** One frame as bytes. */
export function encodeFrame(type: string, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER + payload.length);
  frame.write(type, 0, 1, "latin1");
  frame.writeUInt32BE(payload.length, 1);
  frame.set(payload, FRAME_HEADER);
  return frame;
}
