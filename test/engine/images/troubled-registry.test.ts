// Registries with troubles of their own: asked again, believed when they refuse, told nothing that is not for them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeImage } from "./image-archives.ts";
import { auth, pullStage, pullUnavailable } from "./pull-stage.ts";
import {
  answersFor,
  bytes,
  inTurn,
  manifestAnswer,
  ranged,
  sha256,
  status,
  type Answer,
} from "./scripted-registry.ts";

if (pullUnavailable !== undefined) console.warn(`registries in trouble: skipped, ${pullUnavailable}`);

/** Takes an upload to its end. */
const accept: Answer = (request, response) =>
  void request.resume().once("end", () => response.writeHead(201).end());

describe.skipIf(pullUnavailable !== undefined)("a registry", () => {
  const stage = pullStage();

  test("that is busy is asked again, as soon as it says", async () => {
    const { image, layer } = stage;
    const { host, asked } = await stage.serve(
      answersFor(image, {
        changed: {
          "manifests/1": inTurn(status(429, { "Retry-After": "0" }), status(503), manifestAnswer(image)),
          [image.id]: inTurn(status(502), bytes(image.configJson)),
          [sha256(layer)]: inTurn(status(500), status(429), ranged(layer)),
        },
      }),
    );
    await stage.pull(host);
    expect(stage.images.inspect(`${host}/x:1`).Id).toBe(image.id);
    expect(asked.filter(({ path }) => path.endsWith("manifests/1"))).toHaveLength(3);
  });

  test("that is a mirror is left for the next where it has not all of an image", async () => {
    const { image, layer } = stage;
    const broken = await stage.serve(answersFor(image, { changed: { [sha256(layer)]: status(500) } }));
    const whole = await stage.serve(answersFor(image));
    const mirrors = [broken, whole].map(({ host }) => `http://${host}`);
    writeFileSync(join(stage.root, "registry.json"), JSON.stringify({ "registry-mirrors": mirrors }));
    await stage.pull("docker.io");
    expect(stage.images.inspect("x:1").Id).toBe(image.id);
    const blob = `/v2/library/x/blobs/${sha256(layer)}`;
    expect(broken.asked.filter(({ path }) => path === blob)).toHaveLength(1);
    expect(whole.asked.map(({ path }) => path)).toEqual([blob]);
  });

  test("that wants to be left alone for long is not waited for", async () => {
    const { host, asked } = await stage.serve({ "manifests/1": status(429, { "Retry-After": "3600" }) });
    await expect(stage.pull(host)).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("toomanyrequests") as string,
    });
    expect(asked).toHaveLength(1);
  });

  test.each([
    [401, "unauthorized", "no basic auth credentials"],
    [403, "not-found", "pull access denied"],
    [404, "not-found", "manifest unknown"],
    [501, "failed", "answered 501"],
  ])("that refuses with %d is not asked again", async (code, kind, message) => {
    const { host, asked } = await stage.serve({ "manifests/1": status(code) });
    await expect(stage.pull(host)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message) as string,
    });
    expect(asked).toHaveLength(1);
  });

  test("that is down for good is given up", async () => {
    const { host, asked } = await stage.serve({ "manifests/1": status(503) });
    await expect(stage.pull(host)).rejects.toThrow("answered 503");
    expect(asked).toHaveLength(5);
  });

  test("that takes tokens is given a new one when the old one has expired, one for all who need it", async () => {
    const image = await makeImage(
      Array.from({ length: 6 }, (_, index) => [{ name: `f${index}`, contents: "x" }]),
    );
    let issued = 0;
    let expired = 0;
    const tokens = await stage.serve({
      token: (_request, response) => {
        issued += 1;
        setTimeout(() => response.end(JSON.stringify({ token: `t${issued}` })), 20);
      },
    });
    const locked =
      (path: string, answer: Answer): Answer =>
      (request, response) => {
        const isGood = request.headers.authorization === `Bearer t${issued}` && issued > expired;
        // With the configuration ends the first token's life.
        if (isGood && path === image.id) expired = 1;
        if (isGood) return answer(request, response);
        const challenge = `Bearer realm="http://${tokens.host}/token",service="s"`;
        response.writeHead(401, { "WWW-Authenticate": challenge }).end();
      };
    const answers = Object.entries(answersFor(image)).map(
      ([path, answer]) => [path, locked(path, answer)] as const,
    );
    const { host } = await stage.serve(Object.fromEntries(answers));
    await stage.pull(host, { auth });
    expect(stage.images.inspect(`${host}/x:1`).Id).toBe(image.id);
    expect(tokens.asked).toHaveLength(2);
    expect(tokens.asked[0]?.path).toContain("scope=repository%3Ax%3Apull");
  });

  test("that sends us on: the other host's server for tokens is not told who asks", async () => {
    const { image, layer } = stage;
    const thief = await stage.serve({ token: bytes(JSON.stringify({ token: "x" })) });
    const storage = await stage.serve({
      blob: status(401, { "WWW-Authenticate": `Bearer realm="http://${thief.host}/token"` }),
    });
    const elsewhere = status(307, { location: `http://${storage.host}/blob` });
    const { host } = await stage.serve(answersFor(image, { changed: { [sha256(layer)]: elsewhere } }));
    await expect(stage.pull(host, { auth })).rejects.toThrow("unauthorized");
    expect(thief.asked).toEqual([]);
    expect(storage.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("that wants uploads elsewhere: the other host is not told who pushes", async () => {
    const { image } = stage;
    const basic = { "WWW-Authenticate": 'Basic realm="x"' };
    const thief = await stage.serve({ upload: status(401, basic) });
    const { host } = await stage.serve({
      "/v2/": (request, response) => {
        if (request.headers.authorization === undefined) response.writeHead(401, basic);
        response.end();
      },
      "blobs/uploads/": status(202, { location: `http://${thief.host}/upload` }),
    });
    const source = await stage.serve(answersFor(image));
    await stage.pull(source.host);
    await stage.images.tag(`${source.host}/x:1`, `${host}/x`, "1");
    const push = async (): Promise<void> => {
      for await (const _line of stage.images.push(`${host}/x`, { tag: "1", auth }));
    };
    await expect(push()).rejects.toMatchObject({ kind: "unauthorized" });
    expect(thief.asked.length).toBeGreaterThan(0);
    expect(thief.asked.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  test("that lets us push but not take from its other repositories gets the layers themselves", async () => {
    const { image, layer } = stage;
    const source = await stage.serve(answersFor(image));
    await stage.pull(source.host);
    const uploads: string[] = [];
    const { host, asked } = await stage.serve({
      "y/blobs/uploads/": (request, response) => {
        if (request.url?.includes("mount="))
          response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
        else response.writeHead(202, { location: "/upload" }).end();
      },
      upload: (request, response) => {
        uploads.push(new URL(request.url ?? "", "http://x").searchParams.get("digest") ?? "");
        request.resume().once("end", () => response.writeHead(201).end());
      },
      "y/manifests/1": status(201),
      [`y/blobs/${sha256(layer)}`]: status(404),
      [`y/blobs/${image.id}`]: status(404),
      ...answersFor(image),
      "/v2/": status(200),
    });
    await stage.pull(host);
    await stage.images.tag(`${host}/x:1`, `${host}/y`, "1");
    for await (const _line of stage.images.push(`${host}/y`, { tag: "1" }));
    expect(asked.some(({ path }) => path.includes("mount="))).toBe(true);
    expect(uploads).toEqual([sha256(layer), image.id]);
  });

  test("that fails in the middle of an upload is sent the layer again", async () => {
    const { image, layer } = stage;
    const source = await stage.serve(answersFor(image));
    await stage.pull(source.host);
    const { host, asked } = await stage.serve({
      "blobs/uploads/": status(202, { location: "/upload" }),
      upload: inTurn((request) => void request.socket.destroy(), status(503), accept),
      "manifests/1": status(201),
      "/v2/": status(200),
    });
    await stage.images.tag(`${source.host}/x:1`, `${host}/x`, "1");
    for await (const _line of stage.images.push(`${host}/x`, { tag: "1" }));
    const sent = asked.filter(
      ({ method, path }) => method === "PUT" && path.includes(encodeURIComponent(sha256(layer))),
    );
    expect(sent).toHaveLength(3);
  });
});
