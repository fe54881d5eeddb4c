// dockerode, the library that Node programs use, against every engine: the streams it makes of hijacked connections above all.
import type Docker from "dockerode";
import { PassThrough, Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { pack } from "tar-stream";
import { afterEach, beforeAll, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";

const LABEL = "by=dockerode-test";

/** What a stream of both kinds of output holds when it has ended. */
async function demultiplexed(
  docker: Docker,
  stream: NodeJS.ReadableStream,
): Promise<{ stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  (docker.modem as { demuxStream: (from: unknown, out: unknown, err: unknown) => void }).demuxStream(
    stream,
    stdout,
    stderr,
  );
  const both = Promise.all([text(stdout), text(stderr)]);
  stream.on("end", () => {
    stdout.end();
    stderr.end();
  });
  const [out, err] = await both;
  return { stdout: out, stderr: err };
}

async function until(stream: NodeJS.ReadableStream, words: string): Promise<string> {
  let seen = "";
  for await (const chunk of stream) {
    seen += (chunk as Buffer).toString("latin1");
    if (seen.includes(words)) return seen;
  }
  throw new Error(`the stream ended without "${words}": ${JSON.stringify(seen)}`);
}

describeEachEngine("dockerode", (engine) => {
  let docker: Docker;

  beforeAll(async () => {
    await engine().start();
    docker = engine().client();
  });

  afterEach(async () => {
    const left = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
    await Promise.all(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  });

  const create = (options: Docker.ContainerCreateOptions): Promise<Docker.Container> =>
    docker.createContainer({ Image: "slipway/host", Labels: { by: "dockerode-test" }, ...options });

  it("says what it is", async () => {
    expect((await docker.ping()) as Buffer | string).toBeTruthy();
    const [version, info] = [await docker.version(), (await docker.info()) as { OSType: string }];
    expect(version.ApiVersion).toMatch(/^1\.\d+$/);
    expect(info.OSType).toBe("linux");
  });

  it("run: output and exit status", async () => {
    const output = new PassThrough();
    const said = text(output);
    const [result, container] = (await docker.run(
      "slipway/host",
      ["sh", "-c", "echo hello; exit 4"],
      output,
      {
        Tty: true,
        Labels: { by: "dockerode-test" },
      },
    )) as [{ StatusCode: number }, Docker.Container];
    expect(result.StatusCode).toBe(4);
    expect(await said).toBe("hello\r\n");
    await container.remove();
  });

  it("attach: input to its end, both outputs apart", async () => {
    const container = await create({
      Cmd: ["sh", "-c", "wc -c; echo trouble >&2"],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
    });
    const stream = await container.attach({
      stream: true,
      hijack: true,
      stdin: true,
      stdout: true,
      stderr: true,
    });
    const output = demultiplexed(docker, stream);
    await container.start();
    stream.end("x".repeat(300_000));
    expect((await container.wait()) as { StatusCode: number }).toMatchObject({ StatusCode: 0 });
    const { stdout, stderr } = await output;
    expect([stdout.trim(), stderr]).toEqual(["300000", "trouble\n"]);
  });

  it("a terminal: what is typed comes back, its size changes, and detach keys leave it running", async () => {
    const container = await create({ Cmd: ["sh"], Tty: true, OpenStdin: true });
    const keys = {
      stream: true,
      hijack: true,
      stdin: true,
      stdout: true,
      stderr: true,
      detachKeys: "ctrl-a,d",
    };
    const stream = await container.attach(keys);
    await container.start();
    await container.resize({ h: 31, w: 97 });
    stream.write("stty size; echo do''ne\n");
    expect(await until(stream, "done")).toContain("31 97");
    const again = await container.attach(keys);
    again.write(Buffer.from([1, "d".charCodeAt(0)]));
    await buffer(again);
    expect((await container.inspect()).State.Running).toBe(true);
  });

  it("exec: input, output, exit status, a terminal of its own", async () => {
    const container = await create({ Cmd: ["sleep", "1000"] });
    await container.start();
    const command = ["sh", "-c", "cat; echo oh >&2; exit 5"];
    const exec = await container.exec({
      Cmd: command,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    });
    const stream = await exec.start({ hijack: true, stdin: true });
    const output = demultiplexed(docker, stream);
    stream.end("typed");
    expect(await output).toEqual({ stdout: "typed", stderr: "oh\n" });
    expect((await exec.inspect()).ExitCode).toBe(5);
    const terminal = await container.exec({
      Cmd: ["sh", "-c", "read word; tty; stty size"],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
    });
    const session = await terminal.start({ Tty: true, hijack: true, stdin: true });
    await terminal.resize({ h: 29, w: 95 });
    session.write("on\n");
    const shown = (await buffer(session)).toString();
    expect([shown.includes("/dev/pts/"), shown.includes("29 95")]).toEqual([true, true]);
  });

  it("logs: as they are, and as they come", async () => {
    const container = await create({
      Cmd: ["sh", "-c", "echo one; echo two >&2; read line; echo three"],
      OpenStdin: true,
    });
    await container.start();
    const follow = await container.logs({ follow: true, stdout: true, stderr: true });
    const all = demultiplexed(docker, follow);
    const input = await container.attach({ stream: true, hijack: true, stdin: true });
    input.write("go on\n");
    await container.wait();
    expect(await all).toEqual({ stdout: "one\nthree\n", stderr: "two\n" });
    const last = await container.logs({ follow: false, stdout: true, stderr: false, tail: 1 });
    expect(last.toString("latin1")).toContain("three\n");
  });

  it("archives go in and come out", async () => {
    const container = await create({ Cmd: ["sleep", "1000"] });
    const archive = pack();
    archive.entry({ name: "folder/note", mode: 0o640 }, "text");
    archive.finalize();
    await container.putArchive(Readable.from(await buffer(archive)), { path: "/tmp" });
    await container.start();
    const exec = await container.exec({ Cmd: ["cat", "/tmp/folder/note"], AttachStdout: true });
    expect((await demultiplexed(docker, await exec.start({ hijack: true }))).stdout).toBe("text");
    expect(await buffer(await container.getArchive({ path: "/tmp/folder" }))).toBeInstanceOf(Buffer);
    await expect(container.getArchive({ path: "/nowhere" })).rejects.toMatchObject({ statusCode: 404 });
  });

  it("events and statistics as they come, until they are left", async () => {
    const events = await docker.getEvents({ filters: { label: [LABEL] } });
    const container = await create({ Cmd: ["sleep", "1000"] });
    await container.start();
    expect(await until(events, '"start"')).toContain(container.id);
    const stats = (await container.stats({ stream: true })) as NodeJS.ReadableStream;
    expect(await until(stats, "\n")).toContain(container.id);
    const processes = (await container.top()) as { Processes: string[][] };
    expect(processes.Processes.flat().join(" ")).toContain("sleep 1000");
  });

  it("networks, volumes, images and what they are refused for", async () => {
    const network = await docker.createNetwork({ Name: "dockerode-net", Labels: { by: "dockerode-test" } });
    const volume = await docker.createVolume({ Name: "dockerode-volume" });
    const container = await create({
      Cmd: ["sleep", "1000"],
      HostConfig: { Binds: ["dockerode-volume:/data"], NetworkMode: "dockerode-net" },
    });
    await container.start();
    const members = ((await network.inspect()) as { Containers: object }).Containers;
    expect(Object.keys(members)).toEqual([container.id]);
    await expect(network.remove()).rejects.toMatchObject({ statusCode: 403 });
    await expect(docker.getVolume("dockerode-volume").remove()).rejects.toMatchObject({ statusCode: 409 });
    await expect(docker.getContainer("there-is-none").inspect()).rejects.toMatchObject({ statusCode: 404 });
    await expect(docker.getImage("there-is-none").inspect()).rejects.toMatchObject({ statusCode: 404 });
    await container.stop({ t: 0 });
    await expect(container.stop()).rejects.toMatchObject({ statusCode: 304 });
    await container.remove({ v: true });
    await network.remove();
    expect(volume.name).toBe("dockerode-volume");
    await docker.getVolume("dockerode-volume").remove();
    expect((await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])).toContain(
      "slipway/host:latest",
    );
  });
});
