// Pushing and saving: what leaves the engine comes back as the same image, and only those who may push do.
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, createHash, createSign, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ImagesBackend } from "../../../src/engine/backend.ts";
import type { ImageRoots } from "../../../src/engine/collaborators.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { freePort } from "../../support/ports.ts";
import { succeed } from "../../support/processes.ts";
import {
  registryUnavailable,
  startCuttingProxy,
  startRegistry,
  type Registry,
} from "../../support/registry.ts";
import { makeContext } from "./engine-context.ts";
import { dockerArchive, makeImage, type MadeImage } from "./image-archives.ts";

const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
const { native } = caller;
const unavailable = caller.unavailable ?? registryUnavailable();
if (unavailable !== undefined) console.warn(`push: skipped, ${unavailable}`);

interface Line {
  status?: string;
  id?: string;
  aux?: { Tag: string; Digest: string; Size: number };
}

async function collect(lines: AsyncIterable<object>): Promise<Line[]> {
  const all: Line[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

function retyped(blob: object, type: string): object {
  return { ...blob, mediaType: `application/vnd.oci.image.${type}` };
}

const header = (login: object): string => Buffer.from(JSON.stringify(login)).toString("base64url");
const login = { username: "ann", password: "s3cret:with colon" };

describe.skipIf(unavailable !== undefined)("push and save", () => {
  let root: string;
  let events: string[];
  let images: ImagesBackend & ImageRoots;
  let image: MadeImage;
  beforeAll(async () => {
    image = await makeImage([
      [{ name: "etc/base", contents: "base" }],
      [{ name: "big", contents: randomBytes(500_000).toString("hex") }],
    ]);
  });
  beforeEach(async () => {
    root = join(caller.folder(), "state");
    mkdirSync(root, { recursive: true });
    const made = makeContext(root, native);
    events = made.events;
    images = await openImages(made.context);
    await load(await dockerArchive([{ image, names: ["app:1"] }]));
  });
  afterEach(() => caller.clean());

  const load = (archive: Buffer): Promise<Line[]> => collect(images.load(Readable.from([archive])));
  const layers = (): string[] => readdirSync(join(root, "layers"));
  const forget = async (...names: string[]): Promise<void> => {
    for (const name of names) await images.remove(name, { force: true, noprune: false });
    expect(layers()).toEqual([]);
  };

  describe("to an open registry", () => {
    let registry: Registry;
    beforeAll(async () => {
      registry = await startRegistry();
    });
    afterAll(() => registry?.stop());

    test("an image that was pushed is pulled again by tag and by digest", async () => {
      const name = `${registry.host}/team/app`;
      await images.tag("app:1", name, "v1");
      const lines = await collect(images.push(name, { tag: "v1" }));
      expect(lines[0]).toEqual({ status: `The push refers to repository [${name}]` });
      expect(lines.filter(({ status }) => status === "Pushed")).toHaveLength(2);
      const aux = lines.at(-1)?.aux;
      expect(aux).toMatchObject({
        Tag: "v1",
        Digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      });
      expect(lines.at(-2)?.status).toBe(`v1: digest: ${aux?.Digest} size: ${aux?.Size}`);
      expect(images.inspect(name + ":v1").RepoDigests).toEqual([`${name}@${aux?.Digest}`]);
      expect(events).toContain(`image push ${name}:v1`);
      // Once more there is nothing to send.
      const again = await collect(images.push(name, { tag: "v1" }));
      expect(again.filter(({ status }) => status === "Layer already exists")).toHaveLength(2);
      expect(again.at(-1)?.aux).toEqual(aux);

      await forget("app:1", `${name}:v1`);
      await collect(images.pull(`${name}@${aux?.Digest}`, {}));
      expect(images.inspect(`${name}@${aux?.Digest}`).Id).toBe(image.id);
      await collect(images.pull(`${name}:v1`, {}));
      expect(images.inspect(`${name}:v1`).Id).toBe(image.id);
    });

    test("an image that was pulled is pushed on with the manifest that it came with", async () => {
      const [from, to] = [`${registry.host}/from`, `${registry.host}/to`];
      await images.tag("app:1", from, "made");
      await collect(images.push(from, { tag: "made" }));
      const at = (tag: string): string => `http://${registry.host}/v2/from/manifests/${tag}`;
      const made = (await (
        await fetch(at("made"), {
          headers: { Accept: "application/vnd.docker.distribution.manifest.v2+json" },
        })
      ).json()) as { config: object; layers: object[] };
      const mediaType = "application/vnd.oci.image.manifest.v1+json";
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType,
        config: retyped(made.config, "config.v1+json"),
        layers: made.layers.map((layer) => retyped(layer, "layer.v1.tar+gzip")),
        annotations: { by: "sömebody" },
      });
      await fetch(at("kept"), { method: "PUT", headers: { "Content-Type": mediaType }, body: manifest });
      await forget("app:1", `${from}:made`);

      await collect(images.pull(`${from}:kept`, {}));
      images = await openImages(makeContext(root, native).context);
      await images.tag(`${from}:kept`, to, "1");
      const { aux } = (await collect(images.push(to, { tag: "1" }))).at(-1) ?? {};
      expect(aux?.Digest).toBe(`sha256:${createHash("sha256").update(manifest).digest("hex")}`);
      expect(images.inspect(`${to}:1`, { manifests: true }).Manifests?.[0]?.ID).toBe(aux?.Digest);
      // What is kept of its layers is not what the manifest names when another has brought them.
      await forget(`${from}:kept`, `${to}:1`);
      await load(
        await dockerArchive([{ image, names: ["app:1"] }], (layer) => gzipSync(layer, { level: 9 })),
      );
      await collect(images.pull(`${from}:kept`, {}));
      await images.tag(`${from}:kept`, to, "2");
      expect((await collect(images.push(to, { tag: "2" }))).at(-1)?.aux?.Digest).not.toBe(aux?.Digest);
      expect((await collect(images.pull(`${to}:2`, {}))).at(-1)?.status).toContain("up to date");
    });

    test("layers that another repository of the registry has are mounted from there", async () => {
      const [one, two] = [`${registry.host}/mount/one`, `${registry.host}/mount/two`];
      await images.tag("app:1", one, "1");
      await images.tag("app:1", two, "1");
      await collect(images.push(one, { tag: "1" }));
      const lines = await collect(images.push(two, { tag: "1" }));
      expect(lines.filter(({ status }) => status === "Mounted from mount/one")).toHaveLength(2);
    });

    test("without a tag all of the repository's are pushed", async () => {
      const name = `${registry.host}/all`;
      await images.tag("app:1", name, "a");
      await images.tag("app:1", name, "b");
      const lines = await collect(images.push(name, {}));
      expect(lines.flatMap(({ aux }) => (aux ? [aux.Tag] : []))).toEqual(["a", "b"]);
    });

    test("what is not there or cannot leave is refused before the first line", async () => {
      const first = (ref: string, tag?: string): Promise<unknown> =>
        collect(images.push(ref, tag === undefined ? {} : { tag }));
      await expect(first(`${registry.host}/none`)).rejects.toThrow(
        "An image does not exist locally with the tag",
      );
      await expect(first("app", "2")).rejects.toThrow("tag does not exist: app:2");
      await images.tag("slipway/host", `${registry.host}/host`, "1");
      await expect(first(`${registry.host}/host`, "1")).rejects.toThrow("this machine's own programs");
    });

    test("a layer whose upload breaks off is an error, and the engine goes on", async () => {
      const proxy = await startCuttingProxy(registry.host, { bytes: 10, count: 1_000_000 });
      try {
        await images.tag("app:1", `${proxy.host}/broken`, "1");
        await expect(collect(images.push(`${proxy.host}/broken`, { tag: "1" }))).rejects.toMatchObject({
          kind: "failed",
        });
      } finally {
        await proxy.stop();
      }
      expect(images.inspect("app:1").Id).toBe(image.id);
    });

    test("distribution says what a name stands for", async () => {
      const name = `${registry.host}/described`;
      await images.tag("app:1", name, "1");
      const pushed = (await collect(images.push(name, { tag: "1" }))).at(-1)?.aux;
      const { signal } = new AbortController();
      expect(await images.describeRemote(`${name}:1`, {}, signal)).toMatchObject({
        Descriptor: { digest: pushed?.Digest, size: pushed?.Size },
        Platforms: [{ os: "linux" }],
      });
    });
  });

  describe("to a registry with passwords", () => {
    let registry: Registry;
    beforeAll(async () => {
      registry = await startRegistry({ kind: "basic", ...login });
    });
    afterAll(() => registry?.stop());

    test("only who has the password pushes, pulls, and logs in", async () => {
      const name = `${registry.host}/private/app`;
      await images.tag("app:1", name, "1");
      const anonymous = images.push(name, { tag: "1" })[Symbol.asyncIterator]();
      await expect(anonymous.next()).rejects.toMatchObject({
        kind: "unauthorized",
        message: "no basic auth credentials",
      });
      const wrong = header({ ...login, password: "guess" });
      await expect(collect(images.push(name, { tag: "1", auth: wrong }))).rejects.toMatchObject({
        kind: "unauthorized",
      });
      await collect(images.push(name, { tag: "1", auth: header(login) }));
      await forget("app:1", `${name}:1`);
      await expect(collect(images.pull(`${name}:1`, {}))).rejects.toMatchObject({ kind: "unauthorized" });
      await collect(images.pull(`${name}:1`, { auth: header(login) }));
      expect(images.inspect(`${name}:1`).Id).toBe(image.id);

      const { signal } = new AbortController();
      await images.checkLogin({ ...login, serveraddress: registry.host }, signal);
      await expect(
        images.checkLogin({ ...login, password: "guess", serveraddress: `http://${registry.host}` }, signal),
      ).rejects.toMatchObject({ kind: "unauthorized" });
    });
  });

  describe("to a registry with a token server", () => {
    let registry: Registry;
    let tokens: TokenServer;
    beforeAll(async () => {
      tokens = await startTokenServer(login);
      registry = await startRegistry({
        kind: "token",
        realm: tokens.realm,
        certificates: tokens.certificates,
      });
    });
    afterAll(async () => {
      await registry?.stop();
      await tokens?.stop();
    });

    test("tokens are asked for what is needed, with the login", async () => {
      const [one, two] = [`${registry.host}/token/one`, `${registry.host}/token/two`];
      await images.tag("app:1", one, "1");
      await images.tag("app:1", two, "1");
      await expect(collect(images.push(one, { tag: "1" }))).rejects.toMatchObject({ kind: "unauthorized" });
      await collect(images.push(one, { tag: "1", auth: header(login) }));
      expect(tokens.asked().at(-1)).toContain("repository:token/one:pull,push");
      await collect(images.push(two, { tag: "1", auth: header(login) }));
      await forget("app:1", `${one}:1`, `${two}:1`);
      await collect(images.pull(`${one}:1`, { auth: header(login) }));
      expect(images.inspect(`${one}:1`).Id).toBe(image.id);
      await forget(`${one}:1`);
      await collect(images.pull(`${one}:1`, { auth: header({ identitytoken: "refresh me" }) }));
      expect(images.inspect(`${one}:1`).Id).toBe(image.id);
    });
  });

  test("a saved archive has both layouts and brings the same images back", async () => {
    const other = await makeImage([[{ name: "other", contents: "x" }]]);
    await load(await dockerArchive([{ image: other, names: ["other:1", "other:2"] }]));
    const archive = await buffer(images.save(["app:1", "other"]));
    const listed = execFileSync("tar", ["-t"], { input: archive, encoding: "utf8" }).split("\n");
    expect(listed).toEqual(
      expect.arrayContaining(["index.json", "manifest.json", "oci-layout", "repositories"]),
    );
    for (const diffId of [...image.diffIds, ...other.diffIds]) {
      expect(listed).toContain(`blobs/sha256/${diffId.slice(7)}`);
    }
    await forget("app:1", "other:1", "other:2");
    const said = (await load(archive)).flatMap((line) => (line as { stream?: string }).stream ?? []);
    expect(said).toEqual(["Loaded image: app:1\n", "Loaded image: other:1\n", "Loaded image: other:2\n"]);
    expect(images.inspect("app:1").Id).toBe(image.id);
    expect(images.inspect("other:2").Id).toBe(other.id);
    // The OCI layout alone does too.
    const folder = mkdtempSync(join(tmpdir(), "oci-"));
    try {
      execFileSync("tar", ["-x", "-C", folder], { input: archive });
      rmSync(join(folder, "manifest.json"));
      const oci = execFileSync("tar", ["-c", "-C", folder, "."], { maxBuffer: 2 ** 26 });
      await forget("app:1", "other:1", "other:2");
      await load(oci);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(images.inspect("app:1").Id).toBe(image.id);
    expect(images.inspect("other:1").RepoTags).toEqual(["other:1", "other:2"]);
  });

  test("an image that is removed while it is saved is saved whole, and then gone", async () => {
    const tar = images.save(["app:1"]);
    await images.remove("app:1", { force: false, noprune: false });
    const archive = await buffer(tar);
    await load(archive);
    expect(images.inspect("app:1").Id).toBe(image.id);
    await forget("app:1");
    expect(() => images.save(["app:1"])).toThrow("No such image: app:1");
    expect(() => images.save(["slipway/host"])).toThrow("this machine's own programs");
  });
});

interface TokenServer {
  readonly realm: string;
  readonly certificates: string;
  /** The scopes of each request. */
  asked(): readonly string[];
  stop(): Promise<void>;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Gives tokens to whoever has the login or the refresh token "refresh me"; a registry checks them by the certificate. */
async function startTokenServer(known: { username: string; password: string }): Promise<TokenServer> {
  const folder = mkdtempSync(join(tmpdir(), "tokens-"));
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = join(folder, "key.pem");
  const certificates = join(folder, "cert.pem");
  writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  await succeed("openssl", [
    "req",
    "-x509",
    "-new",
    "-key",
    key,
    "-subj",
    "/CN=issuer",
    "-days",
    "2",
    "-out",
    certificates,
  ]);
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const query = new URL(request.url ?? "", "http://x").searchParams;
      const form = new URLSearchParams(Buffer.concat(pieces).toString());
      const scopes = [...query.getAll("scope"), ...(form.get("scope") ?? "").split(" ")].filter(Boolean);
      const basic = `Basic ${Buffer.from(`${known.username}:${known.password}`).toString("base64")}`;
      const isKnown = request.headers.authorization === basic || form.get("refresh_token") === "refresh me";
      asked.push(scopes.join(" "));
      if (!isKnown) return response.writeHead(401).end("{}");
      const token = sign(scopes);
      return response.end(JSON.stringify(form.has("refresh_token") ? { access_token: token } : { token }));
    });
  });
  const sign = (scopes: readonly string[]): string => {
    const now = Math.floor(Date.now() / 1000);
    const der = publicKey.export({ type: "spki", format: "der" });
    const access = scopes.map((scope) => {
      const [type, name, actions = ""] = scope.split(":");
      return { type, name, actions: actions.split(",") };
    });
    const claims = {
      iss: "issuer",
      sub: known.username,
      aud: "registry",
      exp: now + 300,
      nbf: now - 60,
      iat: now,
    };
    const signed = `${encode({ typ: "JWT", alg: "RS256", kid: keyId(der) })}.${encode({ ...claims, jti: randomBytes(8).toString("hex"), access })}`;
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
  };
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    realm: `http://127.0.0.1:${port}/token`,
    certificates,
    asked: () => asked,
    stop: () =>
      new Promise((resolve) => {
        rmSync(folder, { recursive: true });
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** How the registry calls a key: the first 240 bits of its digest in base32, in groups of four. */
function keyId(der: Buffer): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bytes = createHash("sha256").update(der).digest().subarray(0, 30);
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = (bits.match(/.{5}/g) ?? []).map((group) => alphabet.charAt(Number.parseInt(group, 2)));
  return (letters.join("").match(/.{4}/g) ?? []).join(":");
}
