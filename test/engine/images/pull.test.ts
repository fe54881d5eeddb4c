// Pulling from a real registry on loopback: every way it can go well, and what is said and left when it does not.
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ImagesBackend } from "../../../src/engine/backend.ts";
import type { ImageRoots } from "../../../src/engine/collaborators.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import {
  registryUnavailable,
  startCuttingProxy,
  startRegistry,
  uploadImage,
  type Registry,
} from "../../support/registry.ts";
import { makeContext } from "./engine-context.ts";
import { makeImage, type MadeImage } from "./image-archives.ts";

// As root; what ordinary users' engines do differently is tried with whole engines.
const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
const { native } = caller;
const unavailable = caller.unavailable ?? registryUnavailable();
if (unavailable !== undefined) console.warn(`pull: skipped, ${unavailable}`);

const sha256 = (bytes: Buffer | string): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

interface Line {
  status?: string;
  id?: string;
  progressDetail?: { current?: number; total?: number };
}

async function collect(lines: AsyncIterable<object>): Promise<Line[]> {
  const all: Line[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

/** What a registry is given of an image; `spoil` changes what is uploaded in a layer's place. */
function describeBlob(bytes: Buffer, mediaType: string): object {
  return { mediaType, size: bytes.length, digest: sha256(bytes) };
}

function upload(host: string, name: string, image: MadeImage, reference: string): Promise<string> {
  const blobs = image.layers.map((layer) => gzipSync(layer));
  const config = Buffer.from(image.configJson);
  return uploadImage(host, name, {
    blobs: [...blobs, config],
    reference,
    manifest: {
      schemaVersion: 2,
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      config: describeBlob(config, "application/vnd.docker.container.image.v1+json"),
      layers: blobs.map((blob) => describeBlob(blob, "application/vnd.docker.image.rootfs.diff.tar.gzip")),
    },
  });
}

describe.skipIf(unavailable !== undefined)("pull", () => {
  let registry: Registry;
  let root: string;
  let events: string[];
  let images: ImagesBackend & ImageRoots;
  let image: MadeImage;

  beforeAll(async () => {
    registry = await startRegistry();
    image = await makeImage(
      [
        [{ name: "etc/base", contents: "base" }],
        [{ name: "big", contents: randomBytes(3_000_000).toString("hex") }],
        [{ name: "etc/.wh.base", contents: "" }],
      ],
      { Cmd: ["sh"] },
    );
    await upload(registry.host, "team/app", image, "1");
  });
  afterAll(() => registry?.stop());
  beforeEach(async () => {
    root = join(caller.folder(), "state");
    mkdirSync(root, { recursive: true });
    const made = makeContext(root, native);
    events = made.events;
    images = await openImages(made.context);
  });
  afterEach(() => caller.clean());

  const entries = (folder: string): string[] => readdirSync(join(root, folder)).toSorted();

  test("an image comes with its layers, name and digest, told as Docker tells it", async () => {
    const ref = `${registry.host}/team/app:1`;
    const lines = await collect(images.pull(ref, {}));
    expect(lines[0]).toEqual({ status: "Pulling from team/app", id: "1" });
    const ids = new Set(lines.filter(({ progressDetail }) => progressDetail).map(({ id }) => id));
    expect(ids.size).toBe(3);
    for (const id of ids) {
      const steps = [...new Set(lines.filter((line) => line.id === id).map(({ status }) => status))].filter(
        (status) => status !== "Waiting" && status !== "Downloading",
      );
      expect(steps).toEqual([
        "Pulling fs layer",
        "Verifying Checksum",
        "Download complete",
        "Extracting",
        "Pull complete",
      ]);
    }
    const inspected = images.inspect(ref);
    expect(inspected.Id).toBe(image.id);
    const digest = inspected.RepoDigests[0]?.split("@")[1] ?? "";
    expect(lines.slice(-2)).toEqual([
      { status: `Digest: ${digest}` },
      { status: `Status: Downloaded newer image for ${ref}` },
    ]);
    expect(readFileSync(join(root, "layers", image.diffIds[0]?.slice(7) ?? "", "etc/base"), "utf8")).toBe(
      "base",
    );
    expect(events).toContain(`image pull ${ref}`);
    expect(images.inspect(`${registry.host}/team/app@${digest}`).Id).toBe(image.id);

    const again = await collect(images.pull(ref, {}));
    expect(again.slice(1)).toEqual([
      { status: `Digest: ${digest}` },
      { status: `Status: Image is up to date for ${ref}` },
    ]);
    const byDigest = await collect(images.pull(`${registry.host}/team/app@${digest}`, {}));
    expect(byDigest.at(-1)?.status).toContain("up to date");
    const both = `${ref}@${digest}`;
    const byBoth = await collect(images.pull(both, {}));
    expect(byBoth[0]).toEqual({ status: "Pulling from team/app", id: both });
    expect(byBoth.at(-1)?.status).toBe(`Status: Image is up to date for ${both}`);

    // With the tag goes all that it brought.
    await images.remove(ref, { force: false, noprune: false });
    expect(entries("layers")).toEqual([]);
    expect(entries("blobs")).toEqual([]);
  });

  test("of two pulls at once each layer is downloaded once", async () => {
    const before = registry.log().length;
    const ref = `${registry.host}/team/app:1`;
    await Promise.all([collect(images.pull(ref, {})), collect(images.pull(ref, {}))]);
    const requests =
      registry
        .log()
        .slice(before)
        .match(/"GET \/v2\/team\/app\/blobs\/\S+/g) ?? [];
    const layers = requests.filter((line) => !line.includes(image.id));
    expect(layers.length).toBe(new Set(layers).size);
    expect(entries("layers")).toHaveLength(3);
  });

  test("what breaks off goes on where it did", async () => {
    const proxy = await startCuttingProxy(registry.host, { bytes: 700_000, count: 4 });
    try {
      await collect(images.pull(`${proxy.host}/team/app:1`, {}));
      expect(proxy.cuts()).toBe(4);
      expect(images.inspect(`${proxy.host}/team/app:1`).Id).toBe(image.id);
    } finally {
      await proxy.stop();
    }
  });

  test("a registry that never gets through is given up, and nothing is left but what has come", async () => {
    const proxy = await startCuttingProxy(registry.host, { bytes: 5_000, count: 1_000_000 });
    try {
      await expect(collect(images.pull(`${proxy.host}/team/app:1`, {}))).rejects.toMatchObject({
        kind: "failed",
      });
    } finally {
      await proxy.stop();
    }
    expect(entries("layers")).toEqual([]);
    expect(entries("blobs").filter((name) => !name.startsWith(".part-"))).toEqual([]);
  });

  test("a pull that nobody waits for any more ends and leaves nothing", async () => {
    const controller = new AbortController();
    const pull = images.pull(`${registry.host}/team/app:1`, {}, controller.signal);
    const reading = (async () => {
      for await (const _line of pull) controller.abort(new Error("gone"));
    })();
    await expect(reading).rejects.toThrow("gone");
    expect([entries("layers"), entries("blobs")]).toEqual([[], []]);

    for await (const _line of images.pull(`${registry.host}/team/app:1`, {})) break;
    expect([entries("layers"), entries("blobs")]).toEqual([[], []]);
  });

  test.each([
    ["team/app:none", "not-found", /^manifest for \S+\/team\/app:none not found: manifest unknown/],
    ["team/none:1", "not-found", /not found|pull access denied/],
  ])("%s is refused before the first line", async (ref, kind, message) => {
    const pull = images.pull(`${registry.host}/${ref}`, {})[Symbol.asyncIterator]();
    await expect(pull.next()).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(message) as string,
    });
  });

  test("of several platforms the one that was asked for comes", async () => {
    const other = await makeImage([[{ name: "other", contents: "s390x" }]]);
    const here = process.arch === "x64" ? "amd64" : process.arch;
    const named = { ...other, configJson: other.configJson.replace(here, "s390x") };
    const digests = [
      await upload(registry.host, "multi", image, "own"),
      await upload(registry.host, "multi", named, "other"),
    ];
    const platforms = [here, "s390x"];
    const manifests = digests.map((digest, index) => ({
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      digest,
      size: 1,
      platform: { os: "linux", architecture: platforms[index] },
    }));
    await uploadImage(registry.host, "multi", {
      blobs: [],
      reference: "1",
      type: "application/vnd.oci.image.index.v1+json",
      manifest: { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests },
    });
    const ref = `${registry.host}/multi:1`;
    await collect(images.pull(ref, {}));
    expect(images.inspect(ref).Id).toBe(image.id);
    await collect(images.pull(ref, { platform: "linux/s390x" }));
    expect(images.inspect(ref).Architecture).toBe("s390x");
    await collect(images.pull(ref, {}));
    expect(images.inspect(ref).Id).toBe(image.id);
    await expect(collect(images.pull(ref, { platform: "linux/riscv64" }))).rejects.toThrow(
      "no matching manifest for linux/riscv64 in the manifest list entries",
    );
    await expect(
      collect(images.pull(`${registry.host}/team/app:1`, { platform: "linux/arm64" })),
    ).rejects.toThrow("does not match the specified platform: wanted linux/arm64");
  });

  test("a layer that is not what its manifest says is refused, and nothing is left", async () => {
    const wrong = { ...image, layers: [...image.layers.slice(1), image.layers[0] ?? Buffer.alloc(0)] };
    await upload(registry.host, "wrong", wrong, "1");
    await expect(collect(images.pull(`${registry.host}/wrong:1`, {}))).rejects.toThrow(
      /digest is sha256.*expected/,
    );
    expect([entries("layers"), entries("blobs")]).toEqual([[], []]);
  });

  test("what a killed engine left half done is gone, and what was whole is there", async () => {
    const ref = `${registry.host}/team/app:1`;
    await collect(images.pull(ref, {}));
    const whole = [entries("layers"), entries("blobs")];
    const orphan = "a".repeat(64);
    for (const name of [".new-1234", orphan]) {
      mkdirSync(join(root, "layers", name));
      writeFileSync(join(root, "blobs", name), "half");
    }
    writeFileSync(join(root, "blobs", `${orphan}.json`), "{");
    const reopened = await openImages(makeContext(root, native).context);
    expect([entries("layers"), entries("blobs")]).toEqual(whole);
    expect(reopened.inspect(ref).RepoDigests).toHaveLength(1);
    await collect(reopened.push(ref, {}));
  });

  test("mirrors of Docker Hub are asked first", async () => {
    await upload(registry.host, "library/mirrored", image, "latest");
    writeFileSync(
      join(root, "registry.json"),
      JSON.stringify({ "registry-mirrors": ["http://127.0.0.1:1", `http://${registry.host}`] }),
    );
    await collect(images.pull("mirrored", {}));
    expect(images.inspect("mirrored").RepoTags).toEqual(["mirrored:latest"]);
  });
});
