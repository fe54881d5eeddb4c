import Docker from "dockerode";
import { afterEach, describe, expect, test } from "vitest";
import { DetachScanner, parseDetachKeys } from "../../../src/engine/api/detach-keys.ts";
import type { OutputChunk } from "../../../src/engine/backend.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { EchoAttachment, startFakeEngine } from "./fake-backend.ts";
import type { Answers, FakeEngine } from "./fake-backend.ts";
import { createGate, RawClient } from "./http/raw-client.ts";

const engines: FakeEngine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function start(answers: Answers): Promise<{ client: RawClient; engine: FakeEngine }> {
  const engine = await startFakeEngine(answers);
  engines.push(engine);
  return { client: new RawClient(engine.socket), engine };
}

const idleExec = { OpenStdin: true, DetachKeys: "" };

/** Everything a stream gives until its end; dockerode's own streams are no good for iteration. */
function collect(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    stream.on("data", (piece: Buffer) => (text += piece.toString("latin1")));
    stream.on("end", () => resolve(text));
    stream.on("error", reject);
  });
}

function noContainer(): never {
  throw new EngineError("not-found", "No such container: a");
}

/** Nothing happens until the client leaves. */
function untilAborted(_options: unknown, signal: AbortSignal): AsyncIterable<never> {
  const next = async (): Promise<IteratorResult<never>> => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

async function* oneEvent(options: unknown, signal: AbortSignal): AsyncGenerator<object> {
  yield { Type: "container" };
  yield* untilAborted(options, signal);
}

async function* burst(): AsyncGenerator<OutputChunk> {
  for (let number = 0; number < 500; number++) {
    yield { stream: "stdout", bytes: Buffer.alloc(10_000, number % 256) };
  }
}

function framed(stream: 1 | 2, text: string): string {
  return `${String.fromCharCode(stream)}\0\0\0\0\0\0${String.fromCharCode(text.length)}${text}`;
}

function afterHead(text: string): string {
  return text.slice(text.indexOf("\r\n\r\n") + 4);
}

describe("attach", () => {
  test("upgraded, framed, with the client's half-close as the end of input", async () => {
    const attachment = new EchoAttachment(false, [{ stream: "stdout", bytes: Buffer.from("hello") }]);
    const { client, engine } = await start({ "containers.attach": attachment });
    client.send(
      "POST /v1.43/containers/a/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: x\r\n" +
        "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n",
    );
    expect(await client.until("hello")).toContain(
      "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
    );
    client.send("typed");
    await client.until("typed");
    client.halfClose();
    expect(afterHead(await client.untilEnd())).toBe(
      framed(1, "hello") + framed(1, "typed") + framed(2, "bye"),
    );
    expect(engine.calls).toEqual([
      ["containers.attach", "a", { stdin: true, stdout: true, stderr: true, stream: true, logs: false }],
    ]);
    expect(engine.logged).toEqual([]);
  });

  test("not upgraded, with a terminal: raw bytes", async () => {
    const { client } = await start({
      "containers.attach": new EchoAttachment(true, [{ stream: "stdout", bytes: Buffer.from("$ ") }]),
    });
    client.send("POST /containers/a/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until("$ ");
    client.halfClose();
    expect(await client.untilEnd()).toBe(
      "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n$ bye",
    );
  });

  test("before 1.42 the type does not tell framing", async () => {
    const { client } = await start({ "containers.attach": new EchoAttachment(false) });
    client.send(
      "POST /v1.41/containers/a/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n",
    );
    expect(await client.until("\r\n\r\n")).toContain("Content-Type: application/vnd.docker.raw-stream");
    client.halfClose();
    expect(afterHead(await client.untilEnd())).toBe(framed(2, "bye"));
  });

  test("input that nobody asked for is thrown away", async () => {
    const attachment = new EchoAttachment(false);
    const { client } = await start({ "containers.attach": attachment });
    client.send(
      "POST /containers/a/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\nnoise",
    );
    await client.until("101");
    client.halfClose();
    await attachment.write(Buffer.from("still here"));
    await client.until("still here");
    expect(attachment.received).toEqual(["still here"]);
    attachment.closeInput();
    await client.untilEnd();
  });

  test("the detach keys let go and are not passed on", async () => {
    const attachment = new EchoAttachment(true);
    const { client } = await start({ "containers.attach": attachment });
    client.send(
      "POST /containers/a/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n",
    );
    await client.until("101");
    client.send("ls\x10");
    await client.until("ls");
    client.send("\x11");
    await client.untilEnd();
    expect(attachment.received).toEqual(["ls"]);
    expect(attachment.detached).toBe(true);
  });

  test("a container that is not there is 404, in JSON", async () => {
    const { client } = await start({ "containers.attach": noContainer });
    client.send(
      "POST /containers/a/attach?stream=1 HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: close, Upgrade\r\n\r\n",
    );
    const text = await client.untilEnd();
    expect(text).toContain("404 Not Found");
    expect(afterHead(text)).toBe('{"message":"No such container: a"}\n');
  });

  test("a client that vanishes is let go when output cannot be delivered", async () => {
    const attachment = new EchoAttachment(false);
    const { client, engine } = await start({ "containers.attach": attachment });
    client.send(
      "POST /containers/a/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n",
    );
    await client.until("101");
    client.socket.destroy();
    await expect
      .poll(async () => {
        await attachment.write(Buffer.alloc(1000));
        return attachment.detached;
      })
      .toBe(true);
    expect(engine.logged).toEqual([]);
  });
});

describe("exec start", () => {
  const head = "POST /exec/e/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

  test("detached", async () => {
    const { client, engine } = await start({ "execs.startDetached": undefined });
    client.send(`${head}Connection: close\r\nContent-Length: 15\r\n\r\n{"Detach":true}`);
    expect(await client.untilEnd()).toContain("200 OK");
    expect(engine.calls).toEqual([["execs.startDetached", "e"]]);
  });

  test.each([
    ["upgraded", "Connection: Upgrade\r\nUpgrade: tcp\r\n", "101 UPGRADED"],
    ["not upgraded", "", "200 OK"],
  ])("%s: what follows the body is input, also in the same packet", async (_name, headers, status) => {
    const { client } = await start({
      "execs.inspect": idleExec,
      "execs.startAttached": () => new EchoAttachment(false),
    });
    client.send(`${head}${headers}Content-Length: 2\r\n\r\n{}first`);
    expect(await client.until("first")).toContain(status);
    client.send("second");
    await client.until("second");
    client.halfClose();
    expect(afterHead(await client.untilEnd())).toBe(
      framed(1, "first") + framed(1, "second") + framed(2, "bye"),
    );
  });

  test("a chunked body is read before input begins", async () => {
    const { client } = await start({
      "execs.inspect": idleExec,
      "execs.startAttached": () => new EchoAttachment(true),
    });
    client.send(`${head}Connection: Upgrade\r\nUpgrade: tcp\r\nTransfer-Encoding: chunked\r\n\r\n`);
    client.send('d\r\n{"Tty":true }\r\n');
    client.send("0\r\n\r\ninput");
    await client.until("input");
    client.halfClose();
    expect(afterHead(await client.untilEnd())).toBe("inputbye");
  });

  test("no body, chunked and not upgraded: the chunks are input", async () => {
    const { client } = await start({
      "execs.inspect": idleExec,
      "execs.startAttached": () => new EchoAttachment(false),
    });
    client.send("POST /exec/e/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    await client.until("hello");
    client.send("0\r\n\r\n");
    expect(afterHead(await client.untilEnd())).toBe(framed(1, "hello") + framed(2, "bye"));
  });

  test("the console's size is set first", async () => {
    const { client, engine } = await start({
      "execs.inspect": idleExec,
      "execs.startAttached": () => new EchoAttachment(true),
      "execs.resize": async () => undefined,
    });
    const body = '{"Tty":true,"ConsoleSize":[24,80]}';
    client.send(
      `${head}Upgrade: tcp\r\nConnection: Upgrade\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await client.until("101");
    expect(engine.calls.at(-1)).toEqual(["execs.resize", "e", { rows: 24, columns: 80 }]);
    client.halfClose();
    await client.untilEnd();
  });
});

describe("replies that begin before there is anything to say", () => {
  test("wait", async () => {
    const exit = createGate();
    const { client } = await start({
      "containers.wait": { result: exit.opened.then(() => ({ StatusCode: 3 })) },
    });
    client.send("POST /containers/a/wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await client.until("\r\n\r\n")).toContain("200 OK");
    exit.open();
    expect(await client.untilEnd()).toContain('{"StatusCode":3}');
  });

  test("a wait that its client gives up", async () => {
    let signal: AbortSignal | undefined;
    const { client, engine } = await start({
      "containers.wait": (_ref: string, _condition: string, given: AbortSignal) => {
        signal = given;
        return {
          result: new Promise((_resolve, reject) =>
            given.addEventListener("abort", () => reject(given.reason as Error)),
          ),
        };
      },
    });
    client.send("POST /containers/a/wait HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until("200 OK");
    client.socket.destroy();
    await expect.poll(() => signal?.aborted).toBe(true);
    expect(engine.logged).toEqual([]);
  });

  test("logs and events", async () => {
    const { client } = await start({
      "containers.logs": (_ref: string, options: unknown, signal: AbortSignal) => ({
        tty: false,
        records: untilAborted(options, signal),
      }),
      "events.subscribe": untilAborted,
    });
    client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until("200 OK");
    const other = new RawClient(engines[0]?.socket ?? "");
    other.send("GET /containers/a/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    await other.until("200 OK");
    client.halfClose();
    other.halfClose();
    const texts = await Promise.all([client.untilEnd(), other.untilEnd()]);
    expect(texts.map((text) => text.endsWith("\r\n\r\n0\r\n\r\n"))).toEqual([true, true]);
  });
});

describe("detach keys", () => {
  test.each([
    [undefined, [16, 17]],
    ["a,b", [97, 98]],
    ["ctrl-a", [1]],
    ["ctrl-@,ctrl-_", [0, 31]],
  ])("%s", (keys, bytes) => {
    expect([...parseDetachKeys(keys)]).toEqual(bytes);
  });

  test.each(["", "ctrl-", "ctrl-1", "ab", "a,,b", "é"])("%j is none", (keys) => {
    expect(() => parseDetachKeys(keys)).toThrow("Invalid detach keys");
  });

  test("a sequence that was only begun is passed on", () => {
    const scanner = new DetachScanner(parseDetachKeys(undefined));
    expect(scanner.scan(Buffer.from("a\x10")).pass.toString()).toBe("a");
    expect(scanner.scan(Buffer.from("b\x10\x10")).pass.toString()).toBe("\x10b\x10");
    expect(scanner.scan(Buffer.from("\x11rest"))).toMatchObject({ detached: true });
  });
});

describe("dockerode", () => {
  test("ping, version and errors", async () => {
    const { engine } = await start({
      "system.version": { ApiVersion: "1.51" },
      "containers.inspect": noContainer,
    });
    const docker = new Docker({ socketPath: engine.socket });
    expect(String(await docker.ping())).toBe("OK");
    expect(await docker.version()).toEqual({ ApiVersion: "1.51" });
    await expect(docker.getContainer("a").inspect()).rejects.toThrow(
      "(HTTP code 404) no such container - No such container: a",
    );
  });

  test("exec with input and without taking the connection over", async () => {
    const attachment = new EchoAttachment(false);
    const { engine } = await start({ "execs.inspect": idleExec, "execs.startAttached": attachment });
    const docker = new Docker({ socketPath: engine.socket });
    const stream = await docker.getExec("e").start({ stdin: true, Tty: false });
    stream.write("typed");
    await expect.poll(() => attachment.received).toEqual(["typed"]);
    attachment.closeInput();
    expect(await collect(stream)).toBe(framed(1, "typed") + framed(2, "bye"));
  });

  test("exec with the connection taken over", async () => {
    const attachment = new EchoAttachment(false);
    const { engine } = await start({ "execs.inspect": idleExec, "execs.startAttached": attachment });
    const docker = new Docker({ socketPath: engine.socket });
    const stream = await docker.getExec("e").start({ hijack: true, stdin: true });
    stream.end("typed");
    expect(await collect(stream)).toBe(framed(1, "typed") + framed(2, "bye"));
    expect(attachment.received).toEqual(["typed"]);
  });

  test("attach with the connection taken over", async () => {
    const attachment = new EchoAttachment(true);
    const { engine } = await start({ "containers.attach": attachment });
    const docker = new Docker({ socketPath: engine.socket });
    const stream = await docker
      .getContainer("a")
      .attach({ stream: true, stdin: true, stdout: true, hijack: true });
    stream.end("typed");
    expect(await collect(stream)).toBe("typedbye");
    expect(attachment.received).toEqual(["typed"]);
  });

  test("an archive into a container", async () => {
    let size = 0;
    const put = async (_ref: string, _path: string, tar: AsyncIterable<Buffer>): Promise<void> => {
      for await (const bytes of tar) size += bytes.length;
    };
    const { engine } = await start({ "containers.archivePut": put });
    const docker = new Docker({ socketPath: engine.socket });
    await docker.getContainer("a").putArchive(Buffer.alloc(300_000), { path: "/" });
    expect(size).toBe(300_000);
  });

  test("following events until aborted", async () => {
    const { engine } = await start({ "events.subscribe": oneEvent });
    const docker = new Docker({ socketPath: engine.socket });
    const stream = (await docker.getEvents({ filters: { type: ["container"] } })) as NodeJS.ReadableStream & {
      destroy(): void;
    };
    const first = await new Promise<Buffer>((resolve) => stream.once("data", resolve));
    expect(first.toString()).toBe('{"Type":"container"}\n');
    stream.destroy();
  });
});

test("a burst of output reaches a slow client whole", async () => {
  const attachment = {
    tty: true,
    output: burst(),
    write: async () => undefined,
    closeInput() {},
    detach() {},
  };
  const { client } = await start({ "containers.attach": attachment });
  client.socket.pause();
  client.send(
    "POST /containers/a/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n",
  );
  setTimeout(() => client.socket.resume(), 30);
  await client.untilEnd();
  expect(client.bytes.length - client.text.indexOf("\r\n\r\n") - 4).toBe(5_000_000);
});
