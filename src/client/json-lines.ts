// Streams of JSON objects, one a line: events and pull progress.
import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";

/** The stream's objects in order. Ends with the stream, quietly when `signal` aborts; destroys it in every case. */
export async function* readJsonLines<T>(
  stream: Readable,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const leave = (): void => void stream.destroy();
  signal.addEventListener("abort", leave, { once: true });
  const decoder = new StringDecoder("utf8");
  let rest = "";
  try {
    if (signal.aborted) return;
    for await (const piece of stream as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.write(piece)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.trim() !== "") yield JSON.parse(line) as T;
      }
    }
    if (rest.trim() !== "") yield JSON.parse(rest) as T;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", leave);
    stream.destroy();
  }
}
