import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AttachOptions, Attachment, LogOptions } from "../../../src/engine/backend.ts";
import { actionsOf, collect, logOf, openRealEngine, refusal, untilSaid } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const NOW = new AbortController().signal;
const ALL: AttachOptions = { stdin: true, stdout: true, stderr: true, stream: true, logs: false };
const LOG: LogOptions = { stdout: true, stderr: true, follow: false, timestamps: false };

async function readUntil(attachment: Attachment, text: string): Promise<string> {
  let seen = "";
  const output = attachment.output[Symbol.asyncIterator]();
  while (!seen.includes(text)) {
    const { value, done } = await output.next();
    if (done) throw new Error(`ended after ${JSON.stringify(seen)}`);
    seen += value.bytes.toString();
  }
  return seen;
}
describe.skipIf(refusal !== undefined)("a real container's streams", () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await openRealEngine();
  });
  afterAll(() => engine.end());

  it("give an attachment that was there before the start everything from the first byte", async () => {
    for (let i = 0; i < 10; i++) {
      const id = await engine.create({ Cmd: ["sh", "-c", "echo first; echo second >&2"] });
      const attachment = await engine.containers.attach(id, ALL);
      const output = collect(attachment.output);
      await engine.containers.start(id);
      expect(await output).toEqual({ stdout: "first\n", stderr: "second\n" });
      expect(actionsOf(engine, id)).toEqual(["create", "attach", "start", "die"]);
    }
  });

  it("carry input until the client has no more", async () => {
    const id = await engine.create({ Cmd: ["wc", "-c"], OpenStdin: true, StdinOnce: true });
    const attachment = await engine.containers.attach(id, ALL);
    const early = attachment.write(Buffer.from("before the start "));
    const output = collect(attachment.output);
    await engine.containers.start(id);
    await early;
    for (let i = 0; i < 40; i++) await attachment.write(Buffer.alloc(50_000, "x"));
    attachment.closeInput();
    expect((await output).stdout.trim()).toBe(String(2_000_000 + 17));
  });

  it("do not slow the container's input down for ever, nor end it, when it is not to be once", async () => {
    const id = await engine.create({ Cmd: ["cat"], OpenStdin: true });
    await engine.containers.start(id);
    const first = await engine.containers.attach(id, ALL);
    await first.write(Buffer.from("one\n"));
    expect(await readUntil(first, "one\n")).toBe("one\n");
    first.closeInput();
    first.detach();
    const second = await engine.containers.attach(id, ALL);
    await second.write(Buffer.from("two\n"));
    expect(await readUntil(second, "two\n")).toBe("two\n");
    expect(engine.containers.inspect(id).State.Running).toBe(true);
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("end an attachment with its input, when that does not end the container's", async () => {
    const Cmd = ["sh", "-c", "read line; echo got $line; read more; echo got $more"];
    const id = await engine.create({ Cmd, OpenStdin: true });
    await engine.containers.start(id);
    for (const line of ["one\n", "two\n"]) {
      const attachment = await engine.containers.attach(id, ALL);
      const output = collect(attachment.output);
      await attachment.write(Buffer.from(line));
      attachment.closeInput();
      await output;
    }
    await engine.containers.wait(id, "not-running", NOW).result;
    expect((await logOf(engine, id)).stdout).toBe("got one\ngot two\n");
    expect(actionsOf(engine, id)).not.toContain("detach");
  });

  it("begin with what earlier runs said, before there is another", async () => {
    const id = await engine.create({ Cmd: ["sh", "-c", "echo said; echo to blame >&2"] });
    await engine.containers.start(id);
    await engine.containers.wait(id, "not-running", NOW).result;
    const attachment = await engine.containers.attach(id, { ...ALL, logs: true });
    const output = attachment.output[Symbol.asyncIterator]();
    const said = [(await output.next()).value, (await output.next()).value];
    expect(said.map(({ bytes }) => bytes.toString())).toEqual(["said\n", "to blame\n"]);
    await engine.containers.start(id);
    expect(await collect({ [Symbol.asyncIterator]: () => output })).toEqual({
      stdout: "said\n",
      stderr: "to blame\n",
    });
  });

  it("are had by whoever attaches while a container starts", async () => {
    for (let i = 0; i < 5; i++) {
      const id = await engine.create({ Cmd: ["echo", "there"] });
      const early = await engine.containers.attach(id, ALL);
      const outputs = [collect(early.output)];
      const started = engine.containers.start(id);
      while (engine.containers.inspect(id).State.Status === "created") {
        outputs.push(collect((await engine.containers.attach(id, { ...ALL, logs: true })).output));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await started;
      const wanted = outputs.map(() => ({ stdout: "there\n", stderr: "" }));
      await engine.containers.wait(id, "not-running", NOW).result;
      expect(await Promise.all(outputs)).toEqual(wanted);
    }
  });

  it("end an attachment when there is no start to come", async () => {
    const id = await engine.create({ Cmd: ["/nowhere"] });
    const attachment = await engine.containers.attach(id, ALL);
    const output = collect(attachment.output);
    await expect(engine.containers.start(id)).rejects.toThrow("no such file");
    expect(await output).toEqual({ stdout: "", stderr: "" });
    const other = collect((await engine.containers.attach(id, ALL)).output);
    await engine.containers.remove(id, { force: false, volumes: false });
    expect(await other).toEqual({ stdout: "", stderr: "" });
  });

  it.each([true, false])(
    "end an attachment made during a start that fails (AutoRemove: %s)",
    async (AutoRemove) => {
      const id = await engine.create({ Cmd: ["/nowhere"], HostConfig: { AutoRemove } });
      const start = { isOver: false };
      const started = engine.containers.start(id).finally(() => (start.isOver = true));
      started.catch(() => undefined);
      const ends: Promise<unknown>[] = [];
      while (!start.isOver) {
        const attached = engine.containers.attach(id, { ...ALL, logs: true });
        ends.push(attached.then(({ output }) => collect(output)).catch((error: Error) => error.message));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await expect(started).rejects.toThrow("no such file");
      const ended = { stdout: "", stderr: "" };
      const refused = `No such container: ${id}`;
      for (const end of await Promise.all(ends)) expect([ended, refused]).toContainEqual(end);
      if (!AutoRemove) await engine.containers.remove(id, { force: false, volumes: false });
    },
  );

  it("make a container wait for a reader that does not read", async () => {
    const id = await engine.create({
      Cmd: ["sh", "-c", "head -c 20000000 /dev/zero; echo done >&2"],
      HostConfig: { LogConfig: { Type: "none" } },
    });
    const attachment = await engine.containers.attach(id, { ...ALL, stdin: false });
    await engine.containers.start(id);
    const before = process.memoryUsage().rss;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(engine.containers.inspect(id).State.Running).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(15e6);
    let size = 0;
    for await (const chunk of attachment.output) size += chunk.bytes.length;
    expect(size).toBe(20_000_005);
  });

  it("are a terminal when asked for", async () => {
    const id = await engine.create({ Cmd: ["sh"], Tty: true, OpenStdin: true, StdinOnce: true });
    const attachment = await engine.containers.attach(id, ALL);
    expect(attachment.tty).toBe(true);
    await engine.containers.start(id);
    await engine.containers.resize(id, { rows: 33, columns: 101 });
    // The shim takes what it is told over two connections in whatever order.
    const untilSized = 'until [ "$(stty size)" = "33 101" ]; do :; done';
    await attachment.write(Buffer.from(`${untilSized}; stty size; tty; echo $TERM; exit 5\n`));
    const { stdout } = await collect(attachment.output);
    expect(stdout).toContain("33 101\r\n");
    expect(stdout).toContain("/dev/pts/0\r\n");
    expect(stdout).toContain("xterm\r\n");
    expect(await engine.containers.wait(id, "not-running", NOW).result).toEqual({ StatusCode: 5 });
  });

  it("replay the log to an attachment that asks for it", async () => {
    const id = await engine.create({ Cmd: ["sh", "-c", "echo early; sleep 600"] });
    await engine.containers.start(id);
    await untilSaid(engine, id, "early");
    const replay = await engine.containers.attach(id, { ...ALL, stream: false, logs: true });
    expect(await collect(replay.output)).toEqual({ stdout: "early\n", stderr: "" });
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("are followed without losing a line, to the end", async () => {
    const id = await engine.create({ Cmd: ["sh", "-c", "for i in $(seq 3000); do echo $i; done"] });
    const expected = Array.from({ length: 3000 }, (_, i) => `${i + 1}\n`).join("");
    await engine.containers.start(id);
    const follow = { ...LOG, follow: true };
    const readers = [1, 2, 3].map(async () =>
      collect((await engine.containers.logs(id, follow, NOW)).records),
    );
    for (const { stdout } of await Promise.all(readers)) expect(stdout).toBe(expected);
    expect((await logOf(engine, id)).stdout).toBe(expected);
    expect((await collect((await engine.containers.logs(id, { ...LOG, tail: 2 }, NOW)).records)).stdout).toBe(
      "2999\n3000\n",
    );
    const stamped = await collect(
      (await engine.containers.logs(id, { ...LOG, tail: 1, timestamps: true }, NOW)).records,
    );
    expect(stamped.stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z 3000\n$/);
  });

  it("are had in full by who asked before the container was removed", async () => {
    const id = await engine.create({ Cmd: ["echo", "last words"] });
    await engine.containers.start(id);
    await expect.poll(() => engine.containers.inspect(id).State.Status).toBe("exited");
    const { records } = await engine.containers.logs(id, { ...LOG, follow: true }, NOW);
    await engine.containers.remove(id, { force: false, volumes: true });
    expect(await collect(records)).toEqual({ stdout: "last words\n", stderr: "" });
  });

  it("are followed to the end of a run, whatever the policy does then, and until the reader leaves", async () => {
    const id = await engine.create({
      Cmd: ["sh", "-c", "echo run; read go; exit 1"],
      OpenStdin: true,
      HostConfig: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 1 } },
    });
    await engine.containers.start(id);
    const followed = collect((await engine.containers.logs(id, { ...LOG, follow: true }, NOW)).records);
    const attachment = await engine.containers.attach(id, ALL);
    await attachment.write(Buffer.from("go\n"));
    expect((await followed).stdout).toMatch(/^run\n/);
    await expect
      .poll(() => engine.containers.inspect(id))
      .toMatchObject({ RestartCount: 1, State: { Running: true, Restarting: false } });
    await engine.containers.remove(id, { force: true, volumes: true });

    const quiet = await engine.create({ Cmd: ["sleep", "600"] });
    await engine.containers.start(quiet);
    const leaving = new AbortController();
    const reading = collect(
      (await engine.containers.logs(quiet, { ...LOG, follow: true }, leaving.signal)).records,
    );
    setTimeout(() => leaving.abort(), 30);
    expect(await reading).toEqual({ stdout: "", stderr: "" });
    await engine.containers.remove(quiet, { force: true, volumes: true });
  });
});
