import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ExecCreateBody } from "../../../src/engine/api-types/exec.ts";
import type { Attachment } from "../../../src/engine/backend.ts";
import { actionsOf, collect, openRealEngine, processesOf, refusal } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const OUTPUT = { AttachStdout: true, AttachStderr: true };

describe.skipIf(refusal !== undefined)("an exec in a real container", () => {
  let engine: RealEngine;
  let id: string;
  beforeAll(async () => {
    engine = await openRealEngine();
  });
  beforeEach(async () => {
    id = await engine.create({
      Cmd: ["sleep", "600"],
      Env: ["OWN=1"],
      WorkingDir: "/tmp",
      HostConfig: { CgroupnsMode: "private" },
    });
    await engine.containers.start(id);
  });
  afterEach(() => engine.containers.remove(id, { force: true, volumes: true }));
  afterAll(() => engine.end());

  async function start(body: ExecCreateBody): Promise<{ exec: string; attachment: Attachment }> {
    const { Id: exec } = await engine.execs.create(id, body);
    return { exec, attachment: await engine.execs.startAttached(exec, { tty: body.Tty ?? false }) };
  }

  it("gives its output, in the container, and then its status", async () => {
    const script = "echo $OWN $MORE; pwd; hostname; id -u; echo err >&2; exit 3";
    const { exec, attachment } = await start({
      ...OUTPUT,
      Cmd: ["sh", "-c", script],
      Env: ["MORE=2"],
      User: "5",
    });
    expect(await collect(attachment.output)).toEqual({
      stdout: `1 2\n/tmp\n${id.slice(0, 12)}\n5\n`,
      stderr: "err\n",
    });
    expect(engine.execs.inspect(exec)).toMatchObject({
      Running: false,
      ExitCode: 3,
      ContainerID: id,
      Pid: 0,
    });
    expect(actionsOf(engine, id).slice(2)).toEqual([
      `exec_create: sh -c ${script}`,
      `exec_start: sh -c ${script}`,
      "exec_die",
    ]);
  });

  it("has the container's capabilities and cgroups", async () => {
    const { attachment } = await start({
      ...OUTPUT,
      Cmd: ["sh", "-c", "grep CapBnd /proc/self/status; grep -c . /proc/1/cgroup; cat /proc/self/cgroup"],
    });
    const { stdout } = await collect(attachment.output);
    expect(stdout).toContain("00000000a80425fb");
    expect(stdout).toMatch(engine.context.cgroups.version === 2 ? /^0::\/$/m : /:pids:\/$/m);
  });

  it("takes input to its end", async () => {
    const { attachment } = await start({ ...OUTPUT, AttachStdin: true, Cmd: ["wc", "-c"] });
    const output = collect(attachment.output);
    await attachment.write(Buffer.from("hello"));
    attachment.closeInput();
    expect((await output).stdout).toBe("5\n");
  });

  it("has a terminal that can be resized", async () => {
    const { exec, attachment } = await start({
      ...OUTPUT,
      AttachStdin: true,
      Tty: true,
      Cmd: ["sh"],
      ConsoleSize: [20, 70],
    });
    await attachment.write(Buffer.from("stty size\n"));
    const output = attachment.output[Symbol.asyncIterator]();
    let seen = "";
    while (!seen.includes("20 70")) seen += (await output.next()).value.bytes.toString();
    await engine.execs.resize(exec, { rows: 41, columns: 99 });
    await attachment.write(Buffer.from("stty size; exit\n"));
    for (let next = await output.next(); !next.done; next = await output.next())
      seen += next.value.bytes.toString();
    expect(seen).toContain("41 99");
  });

  it("has a terminal that can be resized while the process is only about to run", async () => {
    const Cmd = ["sh", "-c", "read go; stty size"];
    const { exec, attachment } = await start({ ...OUTPUT, AttachStdin: true, Tty: true, Cmd });
    await engine.execs.resize(exec, { rows: 42, columns: 98 });
    await attachment.write(Buffer.from("go\n"));
    expect((await collect(attachment.output)).stdout).toContain("42 98");
  });

  it("tells in its output why it could not be started", async () => {
    const { exec, attachment } = await start({ ...OUTPUT, Cmd: ["nosuchcmd"] });
    expect((await collect(attachment.output)).stdout).toMatch(
      /^OCI runtime exec failed: .*executable file not found in \$PATH.*\r\n$/s,
    );
    expect(engine.execs.inspect(exec)).toMatchObject({ Running: false, ExitCode: 127 });
  });

  it.each([
    ["stranger", "unable to find user stranger: no matching entries in passwd file"],
    ["root:strangers", "unable to find group strangers: no matching entries in group file"],
    ["-5", "uids and gids must be in range 0-2147483647"],
  ])("tells when it starts that there is no %s", async (User, text) => {
    const { exec, attachment } = await start({ ...OUTPUT, Cmd: ["true"], User });
    expect((await collect(attachment.output)).stdout).toBe(`${text}\r\n`);
    expect(engine.execs.inspect(exec)).toMatchObject({ Running: false, ExitCode: 126 });
    const detached = await engine.execs.create(id, { Cmd: ["true"], User });
    await expect(engine.execs.startDetached(detached.Id)).rejects.toThrow(text);
  });

  it("tells who starts it again once it has ended", async () => {
    const { exec, attachment } = await start({ ...OUTPUT, Cmd: ["true"] });
    await collect(attachment.output);
    const again = await engine.execs.startAttached(exec, { tty: false });
    expect((await collect(again.output)).stdout).toBe(`Error: Exec command ${exec} has already run\r\n`);
  });

  it("is told of when its client lets go of it, and only then", async () => {
    const { attachment: whole } = await start({ ...OUTPUT, Cmd: ["true"] });
    await collect(whole.output);
    whole.detach();
    expect(actionsOf(engine, id)).not.toContain("exec_detach");
    const { attachment } = await start({ ...OUTPUT, Cmd: ["sh", "-c", "echo up; sleep 600"] });
    await attachment.output[Symbol.asyncIterator]().next();
    attachment.detach();
    attachment.detach();
    expect(actionsOf(engine, id).filter((action) => action === "exec_detach")).toHaveLength(1);
  });

  it("is let be when it is detached, and refuses a second start", async () => {
    const { Id: exec } = await engine.execs.create(id, { Cmd: ["sleep", "611"] });
    expect(engine.execs.inspect(exec)).toMatchObject({ Running: false, ExitCode: null });
    await engine.execs.startDetached(exec);
    expect(engine.execs.inspect(exec)).toMatchObject({ Running: true, ExitCode: null });
    await expect(engine.execs.startDetached(exec)).rejects.toThrow("is already running");
    const joined = await engine.execs.startAttached(exec, { tty: false });
    joined.detach();
    const { Id: reader } = await engine.execs.create(id, { Cmd: ["cat"], AttachStdin: true });
    await engine.execs.startDetached(reader);
    await expect.poll(() => engine.execs.inspect(reader)).toMatchObject({ Running: false, ExitCode: 0 });
    const { Id: bad } = await engine.execs.create(id, { Cmd: ["nosuchcmd"] });
    await expect(engine.execs.startDetached(bad)).rejects.toThrow("executable file not found in $PATH");
  });

  it("ends with its container", async () => {
    const { exec, attachment } = await start({ ...OUTPUT, Cmd: ["sh", "-c", "echo up; exec sleep 612"] });
    const output = attachment.output[Symbol.asyncIterator]();
    expect((await output.next()).value.bytes.toString()).toBe("up\n");
    await engine.containers.kill(id, "KILL");
    expect((await output.next()).done).toBe(true);
    expect(engine.execs.inspect(exec)).toMatchObject({ Running: false, ExitCode: 137 });
    expect(processesOf("sleep 612")).toEqual([]);
    await expect(engine.execs.create(id, { Cmd: ["true"] })).rejects.toThrow(
      `container ${id} is not running`,
    );
  });

  it("waits for a reader that does not read, and does not fill memory", async () => {
    const { attachment } = await start({ ...OUTPUT, Cmd: ["head", "-c", "20000000", "/dev/zero"] });
    const before = process.memoryUsage().rss;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(process.memoryUsage().rss - before).toBeLessThan(15e6);
    let size = 0;
    for await (const chunk of attachment.output) size += chunk.bytes.length;
    expect(size).toBe(20_000_000);
  });

  it("refuses what is none", async () => {
    await expect(engine.execs.create(id, { Cmd: [] })).rejects.toThrow("No exec command specified");
    expect(() => engine.execs.inspect("nothing")).toThrow("No such exec instance: nothing");
  });
});

describe.skipIf(refusal !== undefined)("a health check of a real container", () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await openRealEngine();
  });
  afterAll(() => engine.end());

  const health = async (id: string, status: string): Promise<void> => {
    await expect.poll(() => engine.containers.inspect(id).State.Health).toMatchObject({ Status: status });
  };

  it("turns healthy and unhealthy with what the probe finds", async () => {
    const id = await engine.create({
      Cmd: ["sleep", "600"],
      Healthcheck: { Test: ["CMD-SHELL", "cat /tmp/ok"], Interval: 20e6, Retries: 2 },
    });
    await engine.containers.start(id);
    expect(engine.containers.inspect(id).State.Health).toMatchObject({ Status: "starting" });
    await health(id, "unhealthy");
    const touch = await engine.execs.create(id, { Cmd: ["touch", "/tmp/ok"] });
    await engine.execs.startDetached(touch.Id);
    await health(id, "healthy");
    const events = actionsOf(engine, id).filter((action) => action.startsWith("health_status"));
    expect(events).toEqual(["health_status: unhealthy", "health_status: healthy"]);
    const [row] = engine.containers.list({
      all: false,
      filters: new Map([["health", ["healthy"]]]),
    });
    expect(row?.Status).toMatch(/^Up .* \(healthy\)$/);
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("kills a probe that takes too long", async () => {
    const id = await engine.create({
      Cmd: ["sleep", "600"],
      Healthcheck: { Test: ["CMD", "sleep", "613"], Interval: 10e6, Timeout: 50e6, Retries: 1 },
    });
    await engine.containers.start(id);
    await health(id, "unhealthy");
    expect(engine.containers.inspect(id).State.Health?.Log[0]).toMatchObject({
      ExitCode: -1,
      Output: "Health check exceeded timeout (50ms)",
    });
    await engine.containers.remove(id, { force: true, volumes: true });
    expect(processesOf("sleep 613")).toEqual([]);
  });
});
