import { execFileSync } from "node:child_process";
import { request } from "node:http";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { EngineError } from "../../../src/engine/errors.ts";
import type { EngineErrorKind } from "../../../src/engine/errors.ts";
import { startFakeEngine } from "./fake-backend.ts";
import type { Answers, Call, FakeEngine } from "./fake-backend.ts";

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: unknown;
  readonly calls: readonly Call[];
}

const engines: FakeEngine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

interface Ask {
  readonly answers?: Answers;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

function send(
  socketPath: string,
  ask: { method: string; path: string; headers: Record<string, string>; body: string | Buffer | undefined },
): Promise<Omit<Reply, "calls">> {
  const { method, path, headers, body } = ask;
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, method, path, headers: { Host: "x", Connection: "close", ...headers } },
      (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(pieces).toString("latin1");
          let json: unknown;
          try {
            json = JSON.parse(text);
          } catch {
            json = undefined;
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

/** Asks a fresh engine, which answers with `answers`. */
async function ask(line: string, { answers = {}, body, headers = {} }: Ask = {}): Promise<Reply> {
  const engine = await startFakeEngine(answers);
  engines.push(engine);
  const [method = "", path = ""] = line.split(" ");
  const raw = typeof body === "string" || Buffer.isBuffer(body) || body === undefined;
  const reply = await send(engine.socket, {
    method,
    path,
    headers: raw ? headers : { "Content-Type": "application/json", ...headers },
    body: raw ? body : JSON.stringify(body),
  });
  return { ...reply, calls: engine.calls };
}

function noContainer(): never {
  throw new EngineError("not-found", "No such container: a");
}

function bug(): never {
  throw new TypeError("oops");
}

async function* importSize(archive: Readable): AsyncGenerator<object> {
  let size = 0;
  for await (const bytes of archive) size += (bytes as Buffer).length;
  yield { status: String(size) };
}

function loadAnswers(): Answers {
  return {
    "images.load": lines({ status: "x", progressDetail: { current: 1 } }, { stream: "Loaded image: a\n" }),
  };
}

async function* lines(...values: readonly (object | Error)[]): AsyncGenerator<object> {
  for (const value of values) {
    if (value instanceof Error) throw value;
    yield value;
  }
}

describe("every reply", () => {
  test("says who answers", async () => {
    const { headers, status, text } = await ask("GET /_ping");
    expect([status, text]).toEqual([200, "OK"]);
    expect(headers).toMatchObject({
      "api-version": "1.51",
      "docker-experimental": "false",
      ostype: "linux",
      server: "Slipway/9.9.9 (linux)",
      "builder-version": "1",
      swarm: "inactive",
      "cache-control": "no-cache, no-store, must-revalidate",
      pragma: "no-cache",
    });
    expect(headers["content-type"]).toContain("text/plain");
  });

  test("HEAD /_ping has no body", async () => {
    const { headers, status } = await ask("HEAD /_ping");
    expect([status, headers["content-length"], headers["api-version"]]).toEqual([200, "0", "1.51"]);
  });

  test.each([
    "GET /nothing",
    "GET /v1.43/nothing",
    "PUT /containers/json",
    "POST /session",
    "POST /grpc",
    "GET /containers/%zz/json",
    "BREW /coffee",
  ])("%s is no page", async (line) => {
    const { status, json, headers } = await ask(line);
    expect([status, json, headers["content-type"]]).toEqual([
      404,
      { message: "page not found" },
      "application/json",
    ]);
    expect(headers["api-version"]).toBe("1.51");
  });

  test.each([
    ["v1.52", "client version 1.52 is too new. Maximum supported API version is 1.51"],
    ["v1.99", "client version 1.99 is too new. Maximum supported API version is 1.51"],
    ["v2.0", "client version 2.0 is too new. Maximum supported API version is 1.51"],
    [
      "v1.10",
      "client version 1.10 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version",
    ],
  ])("%s is refused", async (version, message) => {
    const { status, json } = await ask(`GET /${version}/version`);
    expect([status, json]).toEqual([400, { message }]);
  });

  test.each(["/v1.24/version", "/v1.51/version", "/version"])("%s is answered", async (path) => {
    const { status, json } = await ask(`GET ${path}`, { answers: { "system.version": { Version: "x" } } });
    expect([status, json]).toEqual([200, { Version: "x" }]);
  });

  test.each<[EngineErrorKind, number]>([
    ["invalid", 400],
    ["unauthorized", 401],
    ["forbidden", 403],
    ["not-found", 404],
    ["conflict", 409],
    ["failed", 500],
    ["not-implemented", 501],
    ["unavailable", 503],
  ])("%s is %i", async (kind, expected) => {
    const fail = (): never => {
      throw new EngineError(kind, "because");
    };
    const { status, json } = await ask("GET /networks/x", { answers: { "networks.inspect": fail } });
    expect([status, json]).toEqual([expected, { message: "because" }]);
  });

  test("a bug is 500", async () => {
    const { status, json } = await ask("GET /networks/x", { answers: { "networks.inspect": bug } });
    expect([status, json]).toEqual([500, { message: "oops" }]);
    expect(engines[0]?.logged.join()).toContain("TypeError: oops");
  });
});

describe("what is not offered says so", () => {
  test.each(["POST /build", "GET /images/search"])("%s", async (line) => {
    const { status, json } = await ask(line);
    expect(status).toBe(501);
    expect((json as { message: string }).message).toContain("is not offered by Slipway's engine");
  });

  test.each(["GET /swarm", "GET /nodes", "POST /services/create", "GET /secrets/x"])("%s", async (line) => {
    const { status, json } = await ask(line);
    expect(status).toBe(503);
    expect((json as { message: string }).message).toContain("not a swarm manager");
  });

  test("a look at a container cannot be both one and many", async () => {
    const { status, json } = await ask("GET /containers/x/stats?stream=1&one-shot=1");
    expect([status, json]).toEqual([400, { message: "cannot have stream=true and one-shot=true" }]);
  });

  test("there are no plugins", async () => {
    expect(await ask("GET /plugins")).toMatchObject({ status: 200, json: [] });
  });
});

describe("containers", () => {
  test.each([
    ["v1.43", { leavesMode: true }],
    ["v1.44", {}],
  ])("create, by %s", async (version, others) => {
    const { status, json, calls } = await ask(`POST /${version}/containers/create?name=web&platform=linux`, {
      answers: { "containers.create": { Id: "abc", Warnings: [] } },
      body: { Image: "x", HostConfig: { NetworkMode: "none" } },
    });
    expect([status, json]).toEqual([201, { Id: "abc", Warnings: [] }]);
    expect(calls).toEqual([
      [
        "containers.create",
        { Image: "x", HostConfig: { NetworkMode: "none" } },
        { name: "web", platform: "linux", ...others },
      ],
    ]);
  });

  test.each([
    ["no body", {}, "got EOF"],
    ["no content type", { body: "{}", headers: {} }, "missing Content-Type"],
    [
      "another content type",
      { body: "{}", headers: { "Content-Type": "text/plain" } },
      "must be 'application/json'",
    ],
    ["half a body", { body: '{"Image":', headers: { "Content-Type": "application/json" } }, "invalid JSON"],
    ["a list", { body: [] }, "an object was expected"],
  ])("create with %s is 400", async (_name, options: Ask, message) => {
    const { status, json, calls } = await ask("POST /containers/create", options);
    expect(status).toBe(400);
    expect((json as { message: string }).message).toContain(message);
    expect(calls).toEqual([]);
  });

  test("before 1.44 a container has one network at create", async () => {
    const body = { NetworkingConfig: { EndpointsConfig: { a: {}, b: {} } } };
    expect((await ask("POST /v1.43/containers/create", { body })).status).toBe(400);
    const answers = { "containers.create": { Id: "abc", Warnings: [] } };
    expect((await ask("POST /v1.44/containers/create", { body, answers })).status).toBe(201);
  });

  const listAnswers = { "containers.list": [] };

  test.each([
    ["", { all: false, filters: {} }],
    ["?all=1", { all: true, filters: {} }],
    ["?all=0&limit=-1", { all: false, filters: {} }],
    ["?limit=3", { all: false, limit: 3, filters: {} }],
    ['?filters={"label":["a=b","c"]}', { all: false, filters: { label: ["a=b", "c"] } }],
    ['?filters={"label":{"a=b":true,"c":false}}', { all: false, filters: { label: ["a=b"] } }],
    ['?filters={"label":null}', { all: false, filters: { label: [] } }],
  ])("list %s", async (query, options) => {
    const { status, calls } = await ask(`GET /containers/json${query}`, { answers: listAnswers });
    expect(status).toBe(200);
    const [name, { filters, ...rest }] = calls[0] as [string, { filters: Map<string, string[]> }];
    expect([name, { ...rest, filters: Object.fromEntries(filters) }]).toEqual(["containers.list", options]);
  });

  test("sizes are counted only for who asks", async () => {
    const answers = {
      "containers.list": [{ Id: "abc" }, { Id: "gone" }],
      "containers.inspect": { Id: "abc" },
      "containers.sizes": new Map([["abc", { SizeRw: 1, SizeRootFs: 3 }]]),
    };
    const list = await ask("GET /containers/json?size=1", { answers });
    expect(list.json).toEqual([{ Id: "abc", SizeRw: 1, SizeRootFs: 3 }, { Id: "gone" }]);
    expect(list.calls.at(-1)).toEqual(["containers.sizes", ["abc", "gone"]]);
    const one = await ask("GET /containers/abc/json?size=1", { answers });
    expect(one.json).toEqual({ Id: "abc", SizeRw: 1, SizeRootFs: 3 });
    expect((await ask("GET /containers/abc/json", { answers })).calls).toHaveLength(1);
  });

  test.each([
    ['?filters={"bogus":["x"]}', "invalid filter 'bogus'"],
    ["?filters=nonsense", "invalid filter"],
    ["?filters=[1]", "invalid filter"],
    ['?filters={"label":"x"}', "invalid filter 'label'"],
    ["?limit=many", 'invalid value "many" for limit'],
  ])("list %s is 400", async (query, message) => {
    const { status, json } = await ask(`GET /containers/json${query}`, { answers: listAnswers });
    expect(status).toBe(400);
    expect((json as { message: string }).message).toContain(message);
  });

  test("inspect before 1.45 has every name among the aliases", async () => {
    const answers = {
      "containers.inspect": {
        Name: "/web",
        NetworkSettings: { Networks: { n: { Aliases: ["w"], DNSNames: ["web", "w", "0123", "host"] } } },
      },
    };
    const aliases = async (version: string): Promise<unknown> => {
      const { json } = await ask(`GET /${version}/containers/web/json`, { answers });
      return (json as { NetworkSettings: { Networks: { n: { Aliases: string[] } } } }).NetworkSettings
        .Networks.n.Aliases;
    };
    expect(await aliases("v1.44")).toEqual(["w", "0123", "host"]);
    expect(await aliases("v1.45")).toEqual(["w"]);
  });

  test.each<[string, string, unknown, number, Call]>([
    ["start", "POST /containers/a/start", true, 204, ["containers.start", "a"]],
    ["start a running one", "POST /containers/a/start", false, 304, ["containers.start", "a"]],
    [
      "stop",
      "POST /containers/a/stop?t=3&signal=INT",
      true,
      204,
      ["containers.stop", "a", { timeout: 3, signal: "INT" }],
    ],
    ["stop a stopped one", "POST /containers/a/stop", false, 304, ["containers.stop", "a", {}]],
    ["stop for ever", "POST /containers/a/stop?t=-1", true, 204, ["containers.stop", "a", { timeout: -1 }]],
    ["stop before 1.42", "POST /v1.41/containers/a/stop?signal=INT", true, 204, ["containers.stop", "a", {}]],
    [
      "restart",
      "POST /containers/a/restart?t=0",
      undefined,
      204,
      ["containers.restart", "a", { timeout: 0 }],
    ],
    ["kill", "POST /containers/a/kill", undefined, 204, ["containers.kill", "a", "SIGKILL"]],
    [
      "kill with a signal",
      "POST /containers/a/kill?signal=15",
      undefined,
      204,
      ["containers.kill", "a", "15"],
    ],
    [
      "remove",
      "DELETE /containers/a?v=1&force=1",
      undefined,
      204,
      ["containers.remove", "a", { force: true, volumes: true }],
    ],
    ["rename", "POST /containers/a/rename?name=b", undefined, 204, ["containers.rename", "a", "b"]],
    [
      "resize",
      "POST /containers/a/resize?h=3&w=5",
      undefined,
      200,
      ["containers.resize", "a", { rows: 3, columns: 5 }],
    ],
  ])("%s", async (_name, line, answer, expected, call) => {
    const { status, text, calls } = await ask(line, { answers: { [call[0]]: answer } });
    expect([status, text]).toEqual([expected, ""]);
    expect(calls).toEqual([call]);
  });

  test.each([
    ["POST /containers/a/stop?t=soon", 'invalid value "soon" for t'],
    ["POST /containers/a/rename", "name cannot be empty"],
    ["POST /containers/a/resize?h=-1&w=1", "h and w"],
    ["DELETE /containers/a?link=1", "links"],
    ["POST /containers/a/wait?condition=full-moon", "invalid condition"],
    ["GET /containers/a/logs", "at least one of 'stdout' or 'stderr'"],
    ["GET /containers/a/archive", "path cannot be empty"],
  ])("%s is 400", async (line, message) => {
    const { status, json } = await ask(line);
    expect(status).toBe(400);
    expect((json as { message: string }).message).toContain(message);
  });

  test("start takes no body but a trifle", async () => {
    const answers = { "containers.start": true };
    const refused = await ask("POST /containers/a/start", { answers, body: { NetworkMode: "host" } });
    expect(refused.status).toBe(400);
    expect((await ask("POST /containers/a/start", { answers, body: {} })).status).toBe(204);
  });

  test("wait answers with an object", async () => {
    const answers = { "containers.wait": { result: Promise.resolve({ StatusCode: 7 }) } };
    const { status, json, calls } = await ask("POST /containers/a/wait?condition=next-exit", { answers });
    expect([status, json]).toEqual([200, { StatusCode: 7 }]);
    expect(calls).toEqual([["containers.wait", "a", "next-exit"]]);
  });

  test("wait for a container that is not there is 404", async () => {
    expect(
      (await ask("POST /containers/a/wait", { answers: { "containers.wait": noContainer } })).status,
    ).toBe(404);
  });

  test("logs are framed without a terminal", async () => {
    const records = lines(
      { stream: "stdout", bytes: Buffer.from("out\n") },
      { stream: "stderr", bytes: Buffer.from("err\n") },
    );
    const { headers, text, calls } = await ask(
      "GET /containers/a/logs?stdout=1&stderr=1&tail=5&since=12.5&until=0&timestamps=1&follow=1&details=1",
      { answers: { "containers.logs": { tty: false, records } } },
    );
    expect(headers["content-type"]).toBe("application/vnd.docker.multiplexed-stream");
    expect(text).toBe("\x01\0\0\0\0\0\0\x04out\n\x02\0\0\0\0\0\0\x04err\n");
    expect(calls[0]?.slice(1)).toEqual([
      "a",
      {
        stdout: true,
        stderr: true,
        follow: true,
        timestamps: true,
        details: true,
        since: 12_500_000_000n,
        tail: 5,
      },
    ]);
  });

  test("a terminal's log is not framed", async () => {
    const records = lines({ stream: "stdout", bytes: Buffer.from("x") });
    const { headers, text } = await ask("GET /containers/a/logs?stdout=1&tail=all", {
      answers: { "containers.logs": { tty: true, records } },
    });
    expect([headers["content-type"], text]).toEqual(["application/vnd.docker.raw-stream", "x"]);
  });

  const stat = { name: "etc", size: 3, mode: 2147484141, mtime: "2026-01-01T00:00:00Z", linkTarget: "" };

  test("archive: what it is", async () => {
    const { status, headers } = await ask("HEAD /containers/a/archive?path=/etc", {
      answers: { "containers.archiveStat": stat },
    });
    expect(status).toBe(200);
    const header = headers["x-docker-container-path-stat"] as string;
    expect(JSON.parse(Buffer.from(header, "base64").toString())).toEqual(stat);
  });

  test("archive: out of a container", async () => {
    const answers = {
      "containers.archiveGet": { stat, tar: Readable.from([Buffer.from("tar"), Buffer.from("ball")]) },
    };
    const { headers, text } = await ask("GET /containers/a/archive?path=/etc", { answers });
    expect([headers["content-type"], text]).toEqual(["application/x-tar", "tarball"]);
    expect(headers["x-docker-container-path-stat"]).toBeDefined();
  });

  test.each<[string, Buffer]>([
    ["plain", Buffer.from("tarball")],
    ["gzip", gzipSync("tarball")],
    ...["bzip2", "xz", "zstd"].map((program): [string, Buffer] => [
      program,
      execFileSync(program, ["-c"], { input: "tarball" }),
    ]),
  ])("archive: into a container, %s", async (_name, body) => {
    let received = "";
    const put = async (_ref: string, _path: string, tar: Readable): Promise<void> => {
      for await (const bytes of tar) received += (bytes as Buffer).toString();
    };
    const { status, calls } = await ask(
      "PUT /containers/a/archive?path=/x&noOverwriteDirNonDir=true&copyUIDGID=0",
      {
        answers: { "containers.archivePut": put },
        body,
      },
    );
    expect([status, received]).toEqual([200, "tarball"]);
    expect([calls[0]?.[1], calls[0]?.[2], calls[0]?.[4]]).toEqual([
      "a",
      "/x",
      { noOverwriteDirNonDir: true, copyUIDGID: false },
    ]);
  });

  test("archive: a packing that cannot be undone is told", async () => {
    const { json } = await ask("PUT /containers/a/archive?path=/x", {
      answers: { "containers.archivePut": (_ref: string, _path: string, tar: Readable) => tar.toArray() },
      body: Buffer.from("BZh91AY&SY"),
    });
    expect(json).toEqual({ message: "bzip2: Compressed file ends unexpectedly;" });
  });

  test.each([{}, { "Content-Type": "text/plain" }])("a login is read as JSON with %j", async (headers) => {
    const { status, calls } = await ask("POST /auth", {
      headers,
      body: '{"username":"me"}',
      answers: { "images.checkLogin": undefined },
    });
    expect([status, calls[0]?.[1]]).toEqual([200, { username: "me" }]);
  });

  test("an archive that breaks off is cut, not ended", async () => {
    const tar = Readable.from(lines(Buffer.from("half"), new Error("disk")));
    const answers = { "containers.archiveGet": { stat, tar } };
    await expect(ask("GET /containers/a/archive?path=/etc", { answers })).rejects.toThrow(
      /aborted|hang up|reset/,
    );
  });
});

describe("images", () => {
  test.each([
    ["/v1.51/images/x/json?manifests=1", "images.inspect", ["x", { manifests: true }]],
    ["/v1.47/images/x/json?manifests=1", "images.inspect", ["x", {}]],
    [
      "/v1.47/images/json?manifests=1",
      "images.list",
      [{ all: false, filters: new Map(), sharedSize: false, manifests: true }],
    ],
    [
      "/v1.46/images/json?manifests=1",
      "images.list",
      [{ all: false, filters: new Map(), sharedSize: false }],
    ],
  ])("manifests are told from the version on that has them: %s", async (path, name, args) => {
    const { calls } = await ask(`GET ${path}`, { answers: { "images.inspect": {}, "images.list": [] } });
    expect(calls).toEqual([[name, ...args]]);
  });

  test("clients of older versions find the fields and names that went", async () => {
    const image = { Id: "i", Size: 1, RepoTags: [], RepoDigests: [], Config: { Cmd: ["x"] } };
    const answers = { "images.list": [image], "images.inspect": image };
    const nameless = { RepoTags: ["<none>:<none>"], RepoDigests: ["<none>@<none>"] };
    expect((await ask("GET /v1.42/images/json", { answers })).json).toMatchObject([
      { ...nameless, VirtualSize: 1 },
    ]);
    expect((await ask("GET /v1.44/images/json", { answers })).json).toEqual([image]);
    expect((await ask("GET /v1.49/images/i/json", { answers })).json).toMatchObject({
      Config: { Cmd: ["x"], Env: null, Hostname: "", Tty: false },
    });
    expect((await ask("GET /v1.50/images/i/json", { answers })).json).toMatchObject({
      Config: image.Config,
    });
    const named = { ...image, RepoTags: ["a:1"] };
    expect((await ask("GET /v1.42/images/json", { answers: { "images.list": [named] } })).json).toEqual([
      { ...named, VirtualSize: 1 },
    ]);
  });

  test("names with slashes, tags and digests", async () => {
    const answers = { "images.inspect": { Id: "sha256:1" } };
    const { calls } = await ask("GET /images/localhost:5000/a/b@sha256:abc/json", { answers });
    expect(calls).toEqual([["images.inspect", "localhost:5000/a/b@sha256:abc", {}]]);
    const encoded = await ask("GET /images/a%2Fb%3Ac/json", { answers });
    expect(encoded.calls).toEqual([["images.inspect", "a/b:c", {}]]);
  });

  test.each([
    ["fromImage=x&tag=1", "x:1"],
    ["fromImage=x", "x"],
    ["fromImage=x:2", "x:2"],
    ["fromImage=x&tag=sha256:ab", "x@sha256:ab"],
    ["fromImage=x:2&tag=3", "x:3"],
    ["fromImage=h:5/x&tag=3", "h:5/x:3"],
    ["fromImage=h:5/x:2&tag=sha256:ab", "h:5/x@sha256:ab"],
  ])("pull %s", async (query, ref) => {
    const answers = { "images.pull": lines({ status: "one" }, { status: "two" }) };
    const { status, text, calls } = await ask(`POST /images/create?${query}`, {
      answers,
      headers: { "X-Registry-Auth": "e30=" },
    });
    expect([status, text]).toEqual([200, '{"status":"one"}\n{"status":"two"}\n']);
    expect(calls).toEqual([["images.pull", ref, { auth: "e30=" }]]);
  });

  test("a pull that fails before it begins has a status", async () => {
    const answers = { "images.pull": lines(new EngineError("not-found", "pull access denied for x")) };
    const { status, json } = await ask("POST /images/create?fromImage=x", { answers });
    expect([status, json]).toEqual([404, { message: "pull access denied for x" }]);
  });

  test("a pull that fails on its way says so in its last line", async () => {
    const answers = { "images.pull": lines({ status: "one" }, new EngineError("failed", "broken")) };
    const { status, text } = await ask("POST /images/create?fromImage=x", { answers });
    expect([status, text]).toEqual([
      200,
      '{"status":"one"}\n{"errorDetail":{"message":"broken"},"error":"broken"}\n',
    ]);
  });

  test("import", async () => {
    const { text, calls } = await ask(
      "POST /images/create?fromSrc=-&repo=r&tag=t&message=m&changes=ENV%20A=1&changes=CMD%20x",
      { answers: { "images.import": importSize }, body: Buffer.alloc(70_000) },
    );
    expect(text).toBe('{"status":"70000"}\n');
    expect(calls[0]?.[2]).toEqual({ repo: "r", tag: "t", message: "m", changes: ["ENV A=1", "CMD x"] });
  });

  test("load leaves progress out when asked", async () => {
    const loud = await ask("POST /images/load?quiet=0", { answers: loadAnswers(), body: "" });
    expect(loud.text.split("\n")).toHaveLength(3);
    const quiet = await ask("POST /images/load?quiet=1", { answers: loadAnswers(), body: "" });
    expect(quiet.text).toBe('{"stream":"Loaded image: a\\n"}\n');
  });

  test("tag and remove", async () => {
    const tagged = await ask("POST /images/a/b/tag?repo=docker.io/library/x&tag=1", {
      answers: { "images.tag": undefined },
    });
    expect([tagged.status, tagged.calls]).toEqual([201, [["images.tag", "a/b", "docker.io/library/x", "1"]]]);
    const removed = await ask("DELETE /images/a/b:1?force=1", {
      answers: { "images.remove": [{ Untagged: "a/b:1" }] },
    });
    expect([removed.status, removed.json]).toEqual([200, [{ Untagged: "a/b:1" }]]);
    expect(removed.calls).toEqual([["images.remove", "a/b:1", { force: true, noprune: false }]]);
  });
});

describe("networks and volumes", () => {
  test("networks", async () => {
    const created = await ask("POST /networks/create", {
      answers: { "networks.create": { Id: "n", Warning: "" } },
      body: { Name: "net", CheckDuplicate: true },
    });
    expect([created.status, created.calls]).toEqual([201, [["networks.create", { Name: "net" }]]]);
    expect((await ask("POST /networks/create", { body: { Driver: "bridge" } })).status).toBe(400);
    expect((await ask("GET /networks/", { answers: { "networks.list": [] } })).json).toEqual([]);
    expect((await ask("DELETE /networks/n", { answers: { "networks.remove": undefined } })).status).toBe(204);
    const connected = await ask("POST /networks/n/connect", {
      answers: { "networks.connect": undefined },
      body: { Container: "c", EndpointConfig: { Aliases: ["x"] } },
    });
    expect([connected.status, connected.calls[0]]).toEqual([
      200,
      ["networks.connect", "n", { Container: "c", EndpointConfig: { Aliases: ["x"] } }],
    ]);
    expect((await ask("POST /networks/n/connect", { body: {} })).status).toBe(400);
    const left = await ask("POST /networks/n/disconnect", {
      answers: { "networks.disconnect": undefined },
      body: { Container: "c", Force: true },
    });
    expect(left.calls[0]).toEqual(["networks.disconnect", "n", "c", true]);
  });

  test("networks of other machines are none here", async () => {
    const answers = { "networks.inspect": { Name: "n" } };
    expect((await ask("GET /networks/n?scope=local", { answers })).status).toBe(200);
    const { status, json } = await ask("GET /networks/n?scope=swarm", { answers });
    expect([status, json]).toEqual([404, { message: "network n not found" }]);
  });

  test("volumes", async () => {
    expect((await ask("POST /volumes/create", { answers: { "volumes.create": { Name: "v" } } })).status).toBe(
      201,
    );
    expect(
      (await ask("DELETE /volumes/v?force=1", { answers: { "volumes.remove": undefined } })).calls,
    ).toEqual([["volumes.remove", "v", true]]);
    const pruned = { "volumes.prune": { VolumesDeleted: [], SpaceReclaimed: 0 } };
    expect((await ask("POST /v1.41/volumes/prune", { answers: pruned })).calls).toEqual([
      ["volumes.prune", { all: ["true"] }],
    ]);
    expect((await ask("POST /v1.42/volumes/prune", { answers: pruned })).calls).toEqual([
      ["volumes.prune", {}],
    ]);
  });
});

describe("events and the engine itself", () => {
  test("events are lines of JSON", async () => {
    const { headers, text, calls } = await ask(
      'GET /events?since=5&until=6.5&filters={"type":["container"]}',
      {
        answers: { "events.subscribe": lines({ Type: "container" }, { Type: "network" }) },
      },
    );
    expect([headers["content-type"], text]).toEqual([
      "application/json",
      '{"Type":"container"}\n{"Type":"network"}\n',
    ]);
    const options = calls[0]?.[1] as { filters: Map<string, string[]> };
    expect({ ...options, filters: Object.fromEntries(options.filters) }).toEqual({
      since: 5_000_000_000n,
      until: 6_500_000_000n,
      filters: { type: ["container"] },
    });
  });

  test("events of odd times, and from the future back, are 400", async () => {
    for (const wrong of ["since=1.", "since=1.2.3", "until=12 May", "until=2020-1-1"]) {
      expect((await ask(`GET /events?${wrong.replace(" ", "%20")}`)).status).toBe(400);
    }
    const { status, json } = await ask("GET /events?since=9&until=5");
    expect([status, json]).toEqual([400, { message: "`since` time (9) cannot be after `until` time (5)" }]);
  });

  test("events may be asked for from the beginning of time, and up to it", async () => {
    const answers = { "events.subscribe": lines() };
    const { calls } = await ask("GET /events?since=0&until=0", { answers });
    expect(calls[0]?.[1]).toMatchObject({ since: 0n, until: 0n });
  });

  test.each<[string, string[]]>([
    ["/system/df", ["container", "image", "volume", "build-cache"]],
    ["/system/df?type=volume", ["volume"]],
    ["/v1.42/system/df?type=volume&type=image", ["image", "volume"]],
    ["/v1.41/system/df?type=volume", ["container", "image", "volume", "build-cache"]],
  ])("%s looks at %j", async (path, kinds) => {
    const { status, calls } = await ask(`GET ${path}`, { answers: { "system.diskUsage": {} } });
    expect([status, calls]).toEqual([200, [["system.diskUsage", new Set(kinds)]]]);
  });

  test("what is no kind of thing takes no room", async () => {
    const { status, json } = await ask("GET /system/df?type=bogus");
    expect([status, json]).toEqual([400, { message: "unknown object type: bogus" }]);
  });

  test("status and shutdown", async () => {
    expect((await ask("GET /slipway/status", { answers: { "system.status": { pid: 1 } } })).json).toEqual({
      pid: 1,
    });
    expect(
      (await ask("POST /v1.51/slipway/shutdown", { answers: { "system.shutdown": undefined } })).status,
    ).toBe(204);
  });
});
