// Clients that lose what comes together with the head of their answer get the head alone.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBinary } from "../../../src/engine/native/binary.ts";
import { untilRead } from "../../../src/engine/native/until-read.ts";
import { EchoAttachment, startFakeEngine, type FakeEngine } from "./fake-backend.ts";
import { createGate, RawClient } from "./http/raw-client.ts";

let folder: string;
let binary: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-until-read-"));
  binary = await findBinary(folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a client by the name of", () => {
  let engine: FakeEngine;

  afterEach(async () => engine.close());

  test.each(["docker-sdk-python/5.0.3", "docker-compose/1.29.2 docker-py/5.0.3 Linux/6.1.0"])(
    "%s, which reads late, reads the head before there is output",
    async (agent) => {
      const answers = {
        "execs.inspect": { OpenStdin: true, DetachKeys: "" },
        "execs.startAttached": () =>
          new EchoAttachment(true, [
            { stream: "stdout", bytes: Buffer.from("first, ") },
            { stream: "stdout", bytes: Buffer.from("second, ") },
          ]),
      };
      const waitedFor = createGate();
      engine = await startFakeEngine(answers, (socket) => {
        const read = untilRead(binary, socket);
        waitedFor.open();
        return read;
      });
      const late = connect({ path: engine.socket, allowHalfOpen: true });
      late.pause();
      late.write(
        `POST /exec/e/start HTTP/1.1\r\nHost: x\r\nUser-Agent: ${agent}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n` +
          'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"Tty":true}',
      );
      await waitedFor.opened;
      // By the time that another has its answer, the output would be there.
      const other = new RawClient(engine.socket);
      other.send("GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      await other.untilEnd();
      const reads: string[] = [];
      late.on("data", (bytes: Buffer) => reads.push(bytes.toString()));
      late.resume();
      await once(late, "data");
      late.end("input, ");
      await once(late, "end");
      expect(reads[0]).toMatch(/^HTTP\/1\.1 101 UPGRADED\r\n[^]*\r\n\r\n$/);
      expect(reads.slice(1).join("")).toBe("first, second, input, bye");
      expect(engine.logged).toEqual([]);
    },
  );
});

function state(waiting: Promise<void>): Promise<string> {
  return Promise.race([waiting.then(() => "read"), pause(100, "unread")]);
}

describe("waiting for a reader", () => {
  let server: Server;
  let ours: Socket;
  let theirs: Socket;

  beforeEach(async () => {
    const path = join(folder, "s");
    server = createServer({ allowHalfOpen: true }).listen(path);
    await once(server, "listening");
    const accepted = once(server, "connection") as Promise<[Socket]>;
    theirs = connect(path).pause();
    [ours] = await accepted;
    // Who leaves without reading resets the connection.
    ours.on("error", () => undefined);
    theirs.on("error", () => undefined);
  });

  afterEach(() => {
    ours.destroy();
    theirs.destroy();
    server.close();
  });

  test("lasts until everything has been read, also what Node keeps back", async () => {
    ours.write(Buffer.alloc(4_000_000));
    const waiting = untilRead(binary, ours);
    expect(await state(waiting)).toBe("unread");
    theirs.resume();
    await waiting;
    await expect.poll(() => theirs.bytesRead).toBe(4_000_000);
  });

  test("ends at once where nothing is unread", async () => {
    await expect(untilRead(binary, ours)).resolves.toBeUndefined();
  });

  test("ends when the client leaves without reading", async () => {
    ours.write("head");
    const waiting = untilRead(binary, ours);
    expect(await state(waiting)).toBe("unread");
    theirs.destroy();
    await waiting;
  });

  test("ends when the connection is closed from this side, which the client sees", async () => {
    ours.write("head");
    const waiting = untilRead(binary, ours);
    expect(await state(waiting)).toBe("unread");
    ours.destroy();
    await waiting;
    theirs.resume();
    await once(theirs, "end");
    await expect(untilRead(binary, ours)).resolves.toBeUndefined();
  });

  test("does not keep the client's words back", async () => {
    const received: string[] = [];
    ours.on("data", (bytes: Buffer) => received.push(bytes.toString()));
    ours.write("head");
    const waiting = untilRead(binary, ours);
    theirs.write("during");
    await expect.poll(() => received.join("")).toBe("during");
    theirs.resume();
    await waiting;
    theirs.write(" and after");
    await expect.poll(() => received.join("")).toBe("during and after");
  });

  test("leaves a socket alone that is not being read", async () => {
    ours.pause();
    await untilRead(binary, ours);
    expect(ours.isPaused()).toBe(true);
  });

  test("fails where the binary cannot tell", async () => {
    await expect(untilRead("/bin/false", ours)).rejects.toThrow("cannot be told");
  });
});
