// Each call as it goes over the wire, and what comes of the answers.
import { globalAgent } from "node:http";
import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { OutputChunk } from "../../src/client/engine-client.ts";
import { frame, json, startFakeApi, type FakeApi, type FakeRoutes } from "./fake-api.ts";

let api: FakeApi | undefined;

async function start(routes: FakeRoutes): Promise<FakeApi> {
  api = await startFakeApi(routes);
  return api;
}

afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function collect(chunks: AsyncIterable<OutputChunk>): Promise<string> {
  let text = "";
  for await (const { stream, bytes } of chunks) text += `${stream}:${bytes.toString()}|`;
  return text;
}

const { signal } = new AbortController();

describe("containers", () => {
  it("are created with their name in the query, and give their warnings", async () => {
    const { client, calls } = await start({
      answers: { "POST /containers/create": json(201, { Id: "abc", Warnings: ["careful"] }) },
    });
    const body = { Image: "a", Labels: { x: "y" } };
    const made = await client.createContainer("web-1", body, { platform: "linux/amd64" });
    expect(made).toEqual({ id: "abc", warnings: ["careful"] });
    expect(calls[0]).toMatchObject({ query: { name: "web-1", platform: "linux/amd64" }, body });
  });

  it("are listed by label, stopped ones included", async () => {
    const { client, calls } = await start({ answers: { "GET /containers/json": json(200, []) } });
    await client.listContainers({ labels: ["a=b", "c"] });
    expect(calls[0]?.query).toEqual({ all: "true", filters: '{"label":["a=b","c"]}' });
  });

  it("that run already are started without an error", async () => {
    const { client } = await start({
      answers: { "POST /containers/x/start": (_call, response) => void response.writeHead(304).end() },
    });
    await expect(client.startContainer("x")).resolves.toBeUndefined();
  });

  it("that cannot start say why in a code", async () => {
    const message =
      "driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated";
    const { client } = await start({ answers: { "POST /containers/x/start": json(500, { message }) } });
    await expect(client.startContainer("x")).rejects.toMatchObject({
      code: "port-in-use",
      resource: "container x",
      status: 500,
      message,
    });
  });

  it("are stopped with a timeout only when there is one", async () => {
    const stopped = json(204, undefined);
    const { client, calls } = await start({
      answers: { "POST /containers/x/stop": (call, response) => (stopped(call, response), undefined) },
    });
    await client.stopContainer("x", {});
    await client.stopContainer("x", { timeout: 0 });
    expect(calls.map(({ query }) => query)).toEqual([{}, { t: "0" }]);
  });

  it("may take longer to stop than Node keeps an unused connection", async () => {
    // Its options are left out of Node's types.
    const { options } = globalAgent as unknown as { options: { timeout: number } };
    const { timeout } = options;
    options.timeout = 20;
    try {
      const { client } = await start({
        answers: {
          "POST /containers/x/stop": (_call, response) => {
            setTimeout(() => response.writeHead(204).end(), 100);
          },
        },
      });
      await expect(client.stopContainer("x", {})).resolves.toBeUndefined();
    } finally {
      options.timeout = timeout;
    }
  });

  it("take an archive", async () => {
    const { client, calls } = await start({
      answers: { "PUT /containers/x/archive": (_call, response) => void response.writeHead(200).end() },
    });
    await client.putArchive("x", "/run", Buffer.from("tar"));
    expect(calls[0]).toMatchObject({ query: { path: "/run" }, body: Buffer.from("tar") });
  });
});

describe("output", () => {
  it("of a log comes record by record", async () => {
    const { client, calls } = await start({
      answers: {
        "GET /containers/x/logs": (_call, response) => {
          const bytes = Buffer.concat([frame(1, "out\n"), frame(2, "err\n")]);
          response.write(bytes.subarray(0, 5));
          response.end(bytes.subarray(5));
        },
      },
    });
    expect(await collect(client.containerLogs("x", { tail: 5, timestamps: true, tty: false }, signal))).toBe(
      "stdout:out\n|stderr:err\n|",
    );
    expect(calls[0]?.query).toEqual({ stdout: "true", stderr: "true", tail: "5", timestamps: "true" });
  });

  it("of an attach comes live, from the moment it is resolved", async () => {
    const sockets: Socket[] = [];
    const { client } = await start({
      hijacks: {
        "POST /containers/x/attach": (_call, socket) => {
          sockets.push(socket);
        },
      },
    });
    const chunks = await client.attachContainer("x", { tty: false }, signal);
    sockets[0]?.end(frame(1, "first line\n"));
    expect(await collect(chunks)).toBe("stdout:first line\n|");
  });

  it("of an attach ends on abort", async () => {
    const abort = new AbortController();
    const { client } = await start({
      hijacks: { "POST /containers/x/attach": (_call, socket) => void socket.write(frame(1, "x")) },
    });
    const chunks = await client.attachContainer("x", { tty: false }, abort.signal);
    setImmediate(() => abort.abort());
    await expect(collect(chunks)).resolves.toMatch(/^(stdout:x\|)?$/);
  });

  it("cannot be attached to where there is no such container", async () => {
    const { client } = await start({});
    await expect(client.attachContainer("y", { tty: false }, signal)).rejects.toMatchObject({
      code: "not-found",
      message: "no such thing",
    });
  });
});

describe("exec", () => {
  const created = { "POST /containers/x/exec": json(201, { Id: "e1" }) };

  it("sends input, goes on printing after the input has ended, and gives the exit code", async () => {
    const { client, calls } = await start({
      answers: { ...created, "GET /exec/e1/json": json(200, { Running: false, ExitCode: 7 }) },
      hijacks: {
        "POST /exec/e1/start": (_call, socket) => {
          let input = "";
          socket.on("data", (bytes: Buffer) => (input += bytes.toString()));
          socket.on("end", () => {
            socket.write(frame(1, `got ${input}`));
            socket.end(frame(2, "bye"));
          });
        },
      },
    });
    const request = {
      command: ["cat"],
      tty: false,
      stdin: true,
      env: ["A=b"],
      user: "ada",
      workingDir: "/w",
      size: { rows: 30, columns: 90 },
    };
    const session = await client.exec("x", request);
    await session.write(Buffer.from("in"));
    session.closeInput();
    expect(await collect(session.output)).toBe("stdout:got in|stderr:bye|");
    expect(await session.exitCode()).toBe(7);
    expect(calls[0]?.body).toMatchObject({
      Cmd: ["cat"],
      AttachStdin: true,
      Tty: false,
      Env: ["A=b"],
      User: "ada",
      WorkingDir: "/w",
      ConsoleSize: [30, 90],
    });
  });

  it("waits until the engine knows the exit code", async () => {
    let asked = 0;
    const { client } = await start({
      answers: {
        ...created,
        "GET /exec/e1/json": (call, response) => {
          asked += 1;
          json(200, { Running: asked < 3, ExitCode: asked < 3 ? null : 0 })(call, response);
        },
      },
      hijacks: { "POST /exec/e1/start": (_call, socket) => void socket.end() },
    });
    const session = await client.exec("x", { command: ["true"], tty: false, stdin: false });
    expect(await collect(session.output)).toBe("");
    expect(await session.exitCode()).toBe(0);
    expect(asked).toBe(3);
  });

  it("lets go of a detached one", async () => {
    const { client, calls } = await start({
      answers: { ...created, "POST /exec/e1/start": (_call, response) => void response.writeHead(200).end() },
    });
    const session = await client.exec("x", { command: ["true"], tty: false, stdin: false, detach: true });
    expect(await collect(session.output)).toBe("");
    expect(calls[1]?.body).toMatchObject({ Detach: true });
  });
});

describe("images", () => {
  it("that are not there are undefined", async () => {
    const { client } = await start({
      answers: { "GET /images/a/json": json(404, { message: "No such image: a:latest" }) },
    });
    expect(await client.inspectImage("a")).toBeUndefined();
  });

  it("are pulled one tag at a time, and tell their progress", async () => {
    const { client, calls } = await start({
      answers: {
        "POST /images/create": (_call, response) => {
          response.write('{"status":"Pulling"}\r\n{"status":"Do');
          response.end('ne"}\r\n');
        },
      },
    });
    const lines: unknown[] = [];
    for await (const line of client.pullImage("r:5000/a", {}, signal)) lines.push(line);
    expect(lines).toEqual([{ status: "Pulling" }, { status: "Done" }]);
    expect(calls[0]?.query).toEqual({ fromImage: "r:5000/a", tag: "latest" });
  });

  it("that cannot be pulled fail with what the stream reports", async () => {
    const { client } = await start({
      answers: {
        "POST /images/create": (_call, response) =>
          void response.end('{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}\n'),
      },
    });
    const pulling = client.pullImage("a:9", {}, signal).next();
    await expect(pulling).rejects.toMatchObject({ code: "image-not-found", resource: "image a:9" });
  });
});

describe("events", () => {
  it("come one by one until abort", async () => {
    const abort = new AbortController();
    const event = { Type: "container", Action: "start", Actor: { ID: "x", Attributes: {} }, timeNano: 1 };
    const { client, calls } = await start({
      answers: { "GET /events": (_call, response) => void response.write(`${JSON.stringify(event)}\n`) },
    });
    const events = await client.events({ labels: ["p=q"] }, abort.signal);
    const seen: unknown[] = [];
    for await (const each of events) {
      seen.push(each);
      abort.abort();
    }
    expect(seen).toEqual([event]);
    expect(JSON.parse(calls[0]?.query["filters"] ?? "")).toEqual({ label: ["p=q"], type: ["container"] });
  });
});

it("an engine that is not there is unreachable", async () => {
  const gone = await start({});
  await gone.close();
  await expect(gone.client.version()).rejects.toMatchObject({ code: "unreachable" });
});
