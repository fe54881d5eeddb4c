import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { OutputChunk } from "../../src/client/engine-client.ts";
import { readOutput } from "../../src/client/output-frames.ts";

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

async function collect(chunks: AsyncIterable<OutputChunk>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { stream, bytes } of chunks) texts.push(`${stream}:${bytes.toString()}`);
  return texts;
}

it("gives the same frames however the bytes are cut", async () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string({ minLength: 1, unit: "binary" })), {
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(
      frames,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (parts, cuts) => {
        const bytes = Buffer.concat(parts.map(([stream, text]) => frame(stream, text)));
        const pieces: Buffer[] = [];
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const length = cuts[cut % cuts.length] ?? 1;
          pieces.push(bytes.subarray(at, at + length));
          at += length;
        }
        const expected = parts.map(
          ([stream, text]) => `${stream === 2 ? "stderr" : "stdout"}:${Buffer.from(text).toString()}`,
        );
        expect(await collect(readOutput(Readable.from(pieces), { tty: false }))).toEqual(expected);
      },
    ),
  );
});

it("leaves a terminal's output as it is", async () => {
  const pieces = [Buffer.from("a\r\n"), frame(1, "no frame here")];
  const output = await collect(readOutput(Readable.from(pieces), { tty: true }));
  expect(output).toEqual(pieces.map((piece) => `stdout:${piece.toString()}`));
});

it("passes on what cannot be framed", async () => {
  const output = await collect(
    readOutput(Readable.from([Buffer.from("plain text that is no frame")]), { tty: false }),
  );
  expect(output).toEqual(["stdout:plain text that is no frame"]);
});

it("keeps what came of a frame that was cut off", async () => {
  const cut = frame(1, "abcdef").subarray(0, 11);
  expect(await collect(readOutput(Readable.from([cut]), { tty: false }))).toEqual(["stdout:abc"]);
});

it("ends quietly on abort, and closes the stream", async () => {
  const stream = new PassThrough();
  const abort = new AbortController();
  stream.write(frame(1, "one"));
  const chunks = readOutput(stream, { tty: false, signal: abort.signal });
  expect((await chunks.next()).value).toMatchObject({ stream: "stdout" });
  abort.abort();
  expect((await chunks.next()).done).toBe(true);
  expect(stream.destroyed).toBe(true);
});

it("holds the sender back while nobody reads", async () => {
  const stream = new PassThrough({ highWaterMark: 1024 });
  const chunks = readOutput(stream, { tty: false });
  const block = frame(1, "x".repeat(4096));
  await Promise.all([chunks.next(), stream.write(block)]);
  let written = 0;
  while (stream.write(block)) written += 1;
  expect(written).toBeLessThan(10);
  const drained = once(stream, "drain");
  for (let read = 0; read <= written; read += 1) await chunks.next();
  await drained;
  await chunks.return();
});
