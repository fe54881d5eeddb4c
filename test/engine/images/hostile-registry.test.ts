// Registries that lie, leak or overflow: refused with the reason, credentials kept at home, nothing left.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ImagesBackend } from "../../../src/engine/backend.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { makeArchive } from "../../native/archive-trees.ts";
import { makeContext } from "./engine-context.ts";
import { makeImage, type MadeImage } from "./image-archives.ts";

const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
const { native, unavailable } = caller;
if (unavailable !== undefined) console.warn(`hostile registries: skipped, ${unavailable}`);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const sha256 = (bytes: Buffer | string): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const auth = Buffer.from(JSON.stringify({ username: "ann", password: "secret" })).toString("base64url");

function bytes(body: Buffer | string): Answer {
  return (_request, response) => response.end(body);
}

/** For those who say who they are. */
function locked(answer: Answer): Answer {
  return (request, response) => {
    if (request.headers.authorization !== undefined) answer(request, response);
    else response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
  };
}

/** A manifest of one layer, with whatever is to be wrong about it. */
function manifestOf(image: MadeImage, layer: Buffer, wrong: object = {}): string {
  const config = Buffer.from(image.configJson);
  return JSON.stringify({
    schemaVersion: 2,
    config: { size: config.length, digest: sha256(config) },
    layers: [{ size: layer.length, digest: sha256(layer), ...wrong }],
  });
}

describe.skipIf(unavailable !== undefined)("a hostile registry", () => {
  let root: string;
  let images: ImagesBackend;
  let servers: Server[];
  let image: MadeImage;
  let layer: Buffer;
  beforeEach(async () => {
    root = join(caller.folder(), "state");
    mkdirSync(root, { recursive: true });
    images = await openImages(makeContext(root, native).context);
    servers = [];
    image = await makeImage([[{ name: "f", contents: "x".repeat(10_000) }]]);
    layer = gzipSync(image.layers[0] ?? "");
  });
  afterEach(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await caller.clean();
  });

  /** Answers by the end of the path; 404 for what is not among them. */
  const serve = async (answers: Readonly<Record<string, Answer>>): Promise<string> => {
    const server = createServer((request, response) => {
      const path = (request.url ?? "").split("?")[0] ?? "";
      const found = Object.entries(answers).find(([end]) => path.endsWith(end));
      if (found === undefined) response.writeHead(404).end();
      else found[1](request, response);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  };
  const pull = async (host: string, tag = "1"): Promise<void> => {
    for await (const _line of images.pull(`${host}/x${tag.includes(":") ? "@" : ":"}${tag}`, { auth }));
  };
  const left = (): string[][] => [readdirSync(join(root, "layers")), readdirSync(join(root, "blobs"))];

  test("a manifest that is not what its digest says is refused", async () => {
    const host = await serve({ [`sha256:${"0".repeat(64)}`]: bytes(manifestOf(image, layer)) });
    await expect(pull(host, `sha256:${"0".repeat(64)}`)).rejects.toThrow("manifest verification failed");
  });

  test.each<[string, (image: MadeImage, layer: Buffer) => Record<string, Answer>, RegExp]>([
    [
      "a layer that never ends",
      (made, blob) => ({
        "manifests/1": bytes(manifestOf(made, blob)),
        [made.id]: bytes(made.configJson),
        [sha256(blob)]: bytes(Buffer.concat([blob, Buffer.alloc(1_000_000)])),
      }),
      /is larger than the \d+ bytes that its manifest says/,
    ],
    [
      "a layer with other bytes",
      (made, blob) => ({
        "manifests/1": bytes(manifestOf(made, blob)),
        [made.id]: bytes(made.configJson),
        [sha256(blob)]: bytes(Buffer.alloc(blob.length)),
      }),
      /digest|cannot be unpacked/,
    ],
    [
      "a layer of the same contents, packed otherwise",
      (made, blob) => {
        const other = Buffer.from(blob);
        other.writeUInt8(other.readUInt8(9) ^ 1, 9); // the system that it says it was packed on
        return {
          "manifests/1": bytes(manifestOf(made, blob)),
          [made.id]: bytes(made.configJson),
          [sha256(blob)]: bytes(other),
        };
      },
      /layer verification failed for digest/,
    ],
    [
      "a digest that is a path",
      (made, blob) => ({
        "manifests/1": bytes(manifestOf(made, blob, { digest: "sha256:../../../../etc/passwd" })),
        [made.id]: bytes(made.configJson),
      }),
      /not a sha256 digest/,
    ],
    [
      "a manifest without a size",
      (made, blob) => ({ "manifests/1": bytes(manifestOf(made, blob, { size: -1 })) }),
      /has no size/,
    ],
    ["a manifest that is none", () => ({ "manifests/1": bytes("<html>") }), /is not JSON/],
    [
      "a manifest too large to be one",
      () => ({ "manifests/1": bytes(Buffer.alloc(5_000_000)) }),
      /larger than/,
    ],
    [
      "redirects without end",
      () => ({
        "manifests/1": (request, response) => response.writeHead(307, { location: request.url }).end(),
      }),
      /redirects without end/,
    ],
  ])("%s is refused, and nothing is left", async (_what, answers, reason) => {
    await expect(pull(await serve(answers(image, layer)))).rejects.toThrow(reason);
    expect(left()).toEqual([[], []]);
  });

  test("a layer that would leave its folder is refused, and nothing is left", async () => {
    const tar = await makeArchive([{ name: "../../escaped", contents: "x" }]);
    const blob = gzipSync(tar);
    const json = image.configJson.replace(image.diffIds[0] ?? "", sha256(tar));
    const made = { ...image, configJson: json, id: sha256(json) };
    const host = await serve({
      "manifests/1": bytes(manifestOf(made, blob)),
      [made.id]: bytes(json),
      [sha256(blob)]: bytes(blob),
    });
    await expect(pull(host)).rejects.toThrow("leads out of the folder");
    expect(left()).toEqual([[], []]);
  });

  test("who asks is not told to the host that a layer is fetched from", async () => {
    const told: (string | undefined)[] = [];
    const storage = await serve({
      blob: (request, response) => {
        told.push(request.headers.authorization);
        response.end(layer);
      },
    });
    const host = await serve({
      "manifests/1": locked(bytes(manifestOf(image, layer))),
      [image.id]: locked(bytes(image.configJson)),
      [sha256(layer)]: locked((_request, response) =>
        response.writeHead(307, { location: `http://${storage}/blob` }).end(),
      ),
    });
    await pull(host);
    expect(told).toEqual([undefined]);
    expect(images.inspect(`${host}/x:1`).Id).toBe(image.id);
  });
});
