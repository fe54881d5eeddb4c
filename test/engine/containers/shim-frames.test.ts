import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExecOutput } from "../../../src/engine/containers/exec-output.ts";
import { FrameDecoder, parseExit } from "../../../src/engine/containers/shim-frames.ts";
import { appendState, DAMAGED, lastState } from "../../../src/engine/containers/state-journal.ts";
import { encodeFrame } from "../../../src/engine/native/frame.ts";
import { connectIn } from "../../../src/engine/native/unix-connection.ts";
import { hasFields } from "../../../src/engine/state-file.ts";

const bytes = (text: string): Buffer => Buffer.from(text);

describe("frames", () => {
  it("come out as they went in, wherever the bytes are cut", () => {
    const frames = fc.array(fc.tuple(fc.constantFrom("O", "E", "X"), fc.uint8Array({ maxLength: 40 })));
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(([type, payload]) => encodeFrame(type, payload)));
        const decoder = new FrameDecoder();
        const received = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const end = at + (cuts[i % cuts.length] ?? 1);
          received.push(...decoder.push(bytes.subarray(at, end)));
          at = end;
        }
        expect(received.map(({ type, payload }) => [type, [...payload]])).toEqual(
          sent.map(([type, payload]) => [type, [...payload]]),
        );
      }),
    );
  });

  it("tell how a process ended", () => {
    expect(parseExit("137 1 1700000000.000000042")).toEqual({
      status: 137,
      oomKilled: true,
      seconds: 1_700_000_000,
      nanoseconds: 42,
    });
    expect(parseExit("")).toBeUndefined();
  });
});

describe("a control socket", () => {
  it("is reached however deep its folder is", async () => {
    const base = mkdtempSync(join(tmpdir(), "slipway-ctl-"));
    const deep = join(base, "d".repeat(120));
    const { mkdirSync } = await import("node:fs");
    mkdirSync(deep);
    expect(await connectIn(deep, "ctl")).toBeUndefined();
    expect(await connectIn(join(base, "missing".repeat(20)), "ctl")).toBeUndefined();
    const server = createServer((socket) => socket.end("hello"));
    const here = process.cwd();
    const directory = await import("node:fs").then((fs) => fs.openSync(deep, "r"));
    server.listen(`/proc/self/fd/${directory}/ctl`);
    await new Promise((resolve) => server.once("listening", resolve));
    expect(process.cwd()).toBe(here);
    const socket = await connectIn(deep, "ctl");
    const received: Buffer[] = [];
    for await (const bytes of socket ?? []) received.push(bytes as Buffer);
    expect(Buffer.concat(received).toString()).toBe("hello");
    await new Promise((resolve) => server.close(resolve));
    rmSync(base, { recursive: true });
  });
});

const isWhole = (state: unknown): boolean => hasFields(state, { n: "number" });

describe("the journal of a run", () => {
  it("gives the last whole state, past torn ones, and does not grow for ever", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-journal-"));
    const path = join(folder, "state");
    expect(lastState(path, isWhole)).toBeUndefined();
    appendState(path, { n: 1 });
    appendState(path, { n: 2 });
    expect(lastState(path, isWhole)).toEqual({ n: 2 });
    appendFileSync(path, '\n{"n": 3');
    expect(lastState(path, isWhole)).toEqual({ n: 2 });
    appendState(path, { n: 4 });
    expect(lastState(path, isWhole)).toEqual({ n: 4 });
    for (let n = 0; n < 3000; n++) appendState(path, { n, filler: "x".repeat(100) });
    expect(lastState(path, isWhole)).toMatchObject({ n: 2999 });
    expect(readFileSync(path).length).toBeLessThan(70_000);
    writeFileSync(path, Buffer.alloc(500));
    expect(lastState(path, isWhole)).toBe(DAMAGED);
    rmSync(folder, { recursive: true });
  });
});

describe("the output of an exec", () => {
  it("goes to every reader, each its streams, and stops its source for the slowest", async () => {
    const flow: boolean[] = [];
    const output = new ExecOutput((on) => flow.push(on));
    const both = output.reader({ stdout: true, stderr: true });
    const one = output.reader({ stdout: false, stderr: true });
    output.push({ stream: "stdout", bytes: Buffer.alloc(300 * 1024) });
    output.push({ stream: "stderr", bytes: bytes("e") });
    expect(flow).toEqual([false]);
    output.end();
    const read = async (reader: typeof both): Promise<number[]> => {
      const sizes: number[] = [];
      for await (const chunk of reader) sizes.push(chunk.bytes.length);
      return sizes;
    };
    expect(await read(one)).toEqual([1]);
    expect(flow).toEqual([false]);
    expect(await read(both)).toEqual([300 * 1024, 1]);
    expect(flow).toEqual([false, true]);
  });

  it("flows on when a slow reader leaves", async () => {
    const flow: boolean[] = [];
    const output = new ExecOutput((on) => flow.push(on));
    const reader = output.reader({ stdout: true, stderr: true });
    output.push({ stream: "stdout", bytes: Buffer.alloc(300 * 1024) });
    reader.leave();
    expect(flow).toEqual([false, true]);
    output.push({ stream: "stdout", bytes: Buffer.alloc(300 * 1024) });
    expect(flow).toEqual([false, true]);
    for await (const chunk of reader) throw new Error(`got ${chunk.bytes.length} bytes after leaving`);
  });
});
