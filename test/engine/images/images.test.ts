// Images as a whole: brought in, named, listed, used and removed, on disk as root.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import * as zlib from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ImagesBackend } from "../../../src/engine/backend.ts";
import type { ImageRoots } from "../../../src/engine/collaborators.ts";
import { createDecoder } from "../../../src/engine/decompress.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { makeArchive } from "../../native/archive-trees.ts";
import { makeContext } from "./engine-context.ts";
import { dockerArchive, makeImage, ociArchive } from "./image-archives.ts";

const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
if (caller.unavailable !== undefined) console.warn(`images: skipped, ${caller.unavailable}`);
const { native } = caller;

async function collect(lines: AsyncIterable<object>): Promise<object[]> {
  const all: object[] = [];
  for await (const line of lines) if (!("progressDetail" in line)) all.push(line);
  return all;
}

describe.skipIf(caller.unavailable !== undefined)("images", () => {
  let root: string;
  let events: string[];
  let images: ImagesBackend & ImageRoots;
  const open = async (): Promise<void> => {
    const made = makeContext(root, native);
    events = made.events;
    images = await openImages(made.context);
    expect(made.logged).toEqual([]);
  };
  const load = (archive: Buffer): Promise<object[]> => collect(images.load(Readable.from([archive])));
  const list = (...filters: [string, string[]][]): string[] =>
    images.list({ all: false, filters: new Map(filters) }).flatMap(({ RepoTags }) => RepoTags);
  const tags = (): string[] => list();
  const sizes = (sharedSize: boolean): [string | undefined, number][] =>
    images
      .list({ all: false, filters: new Map([["reference", ["*"]]]), sharedSize })
      .map(({ RepoTags, SharedSize }): [string | undefined, number] => [RepoTags[0], SharedSize])
      .toSorted();
  const layers = (): string[] => readdirSync(join(root, "layers"));
  beforeEach(async () => {
    root = join(caller.folder(), "state");
    await open();
  });
  afterEach(() => caller.clean());

  test("slipway/host is there from the start, by every name it has", () => {
    const { Id, Config } = images.inspect("slipway/host");
    expect(images.inspect("docker.io/slipway/host:latest").Id).toBe(Id);
    expect(images.inspect(Id.slice(7, 19)).Id).toBe(Id);
    expect(images.resolve(Id)).toEqual({ id: Id, config: Config, warnings: [] });
    expect(Config.Env?.[0]).toContain("/opt/slipway/node/bin:");
    expect(tags()).toEqual(["slipway/host:latest"]);
  });

  test("what is not there is said as Docker says it", () => {
    expect(() => images.inspect("none")).toThrow("No such image: none:latest");
    expect(() => images.resolve("sha256:00")).toThrow("No such image: sha256:00");
    expect(() => images.inspect("Not An Image")).toThrow("invalid reference format");
  });

  test("an image for another machine warns, and is none for who asks for another platform", async () => {
    const image = await makeImage([[{ name: "f", contents: "x" }]]);
    const json = image.configJson.replace('"amd64"', '"s390x"');
    const foreign = { ...image, configJson: json };
    await load(await dockerArchive([{ image: foreign, names: ["foreign:1"] }]));
    expect(images.resolve("foreign:1").warnings).toEqual([
      expect.stringMatching(
        /^The requested image's platform \(linux\/s390x\) does not match the detected host platform/,
      ),
    ]);
    expect(images.resolve("foreign:1", "linux/s390x").warnings).toEqual([]);
    const platform = JSON.stringify({ os: "linux", architecture: "arm64" });
    for (const ask of [
      () => images.resolve("foreign:1", "linux/arm64"),
      () => images.inspect("foreign:1", { platform }),
      () => images.history("foreign:1", { platform }),
      () => images.save(["foreign:1"], { platform }),
    ]) {
      expect(ask).toThrow("does not match the specified platform: wanted linux/arm64, actual: linux/s390x");
    }
    expect(images.inspect("foreign:1", { platform: "linux/s390x" }).Architecture).toBe("s390x");
    const wrong = collect(
      images.load(Readable.from([await dockerArchive([{ image, names: ["amd:1"] }])]), { platform }),
    );
    await expect(wrong).rejects.toThrow("does not match the specified platform");
    expect(tags()).not.toContain("amd:1");
  });

  test("what images share is counted in each, when that is asked for", async () => {
    const shared = [{ name: "s", contents: "12345" }];
    const one = await makeImage([shared, [{ name: "o", contents: "1" }]]);
    const two = await makeImage([shared]);
    await load(
      await dockerArchive([
        { image: one, names: ["one:1"] },
        { image: two, names: ["two:1"] },
      ]),
    );
    expect(sizes(true)).toEqual([
      ["one:1", 5],
      ["two:1", 5],
    ]);
    expect(sizes(false)).toEqual([
      ["one:1", -1],
      ["two:1", -1],
    ]);
  });

  test("a docker archive brings its images with names, layers and history", async () => {
    const base = [{ name: "etc/f", contents: "12345" }];
    const one = await makeImage([base, [{ name: ".wh.etc", contents: "" }]], {
      Cmd: ["x"],
      Labels: { a: "b" },
    });
    const two = await makeImage([base], { Env: ["A=1"] });
    const archive = await dockerArchive([
      { image: one, names: ["one:1", "ghcr.io/one/one:1"] },
      { image: two, names: [] },
    ]);
    expect(await load(archive)).toEqual([
      { stream: "Loaded image: one:1\n" },
      { stream: "Loaded image: ghcr.io/one/one:1\n" },
      { stream: `Loaded image ID: ${two.id}\n` },
    ]);
    expect(images.inspect("one:1")).toMatchObject({
      Id: one.id,
      RepoTags: ["one:1", "ghcr.io/one/one:1"],
      Config: { Cmd: ["x"] },
      Size: 5,
      RootFS: { Type: "layers", Layers: one.diffIds },
      Created: "2024-05-06T07:08:09Z",
    });
    expect(images.history(one.id).map(({ Id, CreatedBy, Size }) => [Id, CreatedBy, Size])).toEqual([
      [one.id, "CMD", 0],
      ["<missing>", "layer 1", 0],
      ["<missing>", "layer 0", 5],
    ]);
    expect(layers()).toHaveLength(2);
    expect(events).toEqual(["image load one:1", `image load ${two.id}`]);
    // Once more, compressed inside and outside: nothing new is unpacked.
    const again = zlib.gzipSync(await dockerArchive([{ image: one, names: ["one:2"] }], zlib.gzipSync));
    expect(await load(again)).toEqual([{ stream: "Loaded image: one:2\n" }]);
    expect(layers()).toHaveLength(2);
  });

  test.each([
    ["zstd", "zstd"],
    ["xz", "xz"],
    ["bzip2", "bzip2"],
  ])("layers compressed with %s are read, with Node's decoder or the program", async (_, program) => {
    const image = await makeImage([[{ name: "f", contents: "x" }]]);
    const transform = (layer: Buffer): Buffer => execFileSync(program, ["-c"], { input: layer });
    await load(await ociArchive(image, { name: `a/b:${program}`, transform }));
    expect(images.inspect(`a/b:${program}`).Id).toBe(image.id);
  });

  test("a compression that neither Node nor a program reads is refused with what it needs", () => {
    expect(() => createDecoder("xz", "/nowhere")).toThrow(
      "compressed with xz, which needs the program xz, or to be decompressed first",
    );
  });

  test("a root is the layers in their order, with whiteouts at work", async () => {
    const image = await makeImage([
      [
        { name: "a", contents: "1" },
        { name: "d/x", contents: "" },
      ],
      [
        { name: "a", contents: "2" },
        { name: "d/.wh.x", contents: "" },
        { name: "d/y", contents: "" },
      ],
      [
        { name: "a", contents: "1" },
        { name: "d/x", contents: "" },
      ],
    ]);
    await load(await dockerArchive([{ image, names: ["x"] }]));
    const mounts = await images.mountRoot(image.id, join(root, "c"));
    const options = mounts.flatMap(([kind, ...fields]) => [`--${kind}`, ...fields]);
    const packed = await native.call(["tar", ...options, "/"]);
    expect(execFileSync("tar", ["-t"], { input: packed, encoding: "utf8" })).toBe(
      "./\n./a\n./d/\n./d/x\n./d/y\n",
    );
    await expect(images.mountRoot("sha256:00", join(root, "c"))).rejects.toThrow("No such image: sha256:00");
  });

  test("an OCI layout brings its image, digests checked, for this machine's platform", async () => {
    const image = await makeImage([[{ name: "f", contents: "x" }]]);
    expect(await load(await ociArchive(image, { name: "quay.io/a/b:1", transform: zlib.gzipSync }))).toEqual([
      { stream: "Loaded image: quay.io/a/b:1\n" },
    ]);
    expect(await load(await ociArchive(image, { name: "c", platforms: true }))).toEqual([
      { stream: `Loaded image ID: ${image.id}\n` },
    ]);
    expect(images.inspect("quay.io/a/b:1").Id).toBe(image.id);
  });

  test("all that was kept is there when the engine comes back", async () => {
    const image = await makeImage([[{ name: "f", contents: "x" }]]);
    await load(await dockerArchive([{ image, names: ["kept:1"] }]));
    await images.tag("slipway/host", "my/base", "");
    const before = images.list({ all: false, filters: new Map() });
    mkdirSync(join(root, "layers", ".new-0123"));
    mkdirSync(join(root, "images", ".load-0123"));
    writeFileSync(join(root, "images", "repositories.json.1-2.tmp"), "{");
    await open();
    expect(images.list({ all: false, filters: new Map() })).toEqual(before);
    expect(tags().toSorted()).toEqual(["kept:1", "my/base:latest", "slipway/host:latest"]);
    expect(layers()).toEqual([image.diffIds[0]?.slice(7)]);
    expect(readdirSync(join(root, "images")).filter((name) => !/^[0-9a-z]+\.json$/.test(name))).toEqual([]);
  });

  test.each(badArchives())(
    "an archive %s is refused and leaves nothing",
    async (_what, make, kind, reason) => {
      const archive = await make();
      await expect(load(archive)).rejects.toMatchObject({ kind });
      await expect(load(archive)).rejects.toThrow(reason);
      expect(tags()).toEqual(["slipway/host:latest"]);
      expect(layers()).toEqual([]);
      expect(readdirSync(join(root, "images")).filter((name) => name.startsWith("."))).toEqual([]);
      expect(existsSync("/tmp/slipway-planted")).toBe(false);
    },
  );

  test("the one manifest of each image is told to who asks, with what it leads to and who uses it", async () => {
    const image = await makeImage([
      [{ name: "a", contents: "x".repeat(1000) }],
      [{ name: "b", contents: "yy" }],
    ]);
    await load(await dockerArchive([{ image, names: ["app:1"] }]));
    images.setUsers((id) => (id === image.id ? [{ id: "c1", running: false }] : []));
    const { Descriptor, Manifests } = images.inspect("app:1", { manifests: true });
    expect(Descriptor).toEqual({
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      size: expect.any(Number) as number,
    });
    const content = Manifests?.[0]?.Size.Content ?? 0;
    expect(Manifests).toEqual([
      {
        ID: Descriptor?.digest,
        Descriptor,
        Available: true,
        Size: { Content: content, Total: content + 1002 },
        Kind: "image",
        ImageData: {
          Platform: { architecture: "amd64", os: "linux" },
          Containers: ["c1"],
          Size: { Unpacked: 1002 },
        },
      },
    ]);
    expect(content).toBeGreaterThan((Descriptor?.size ?? 0) + image.configJson.length);
    const listed = images.list({ all: false, filters: new Map(), manifests: true });
    expect(listed.map((each) => [each.RepoTags[0], each.Manifests?.length])).toEqual(
      expect.arrayContaining([
        ["app:1", 1],
        ["slipway/host:latest", 0],
      ]),
    );
    expect(images.inspect("app:1")).not.toHaveProperty("Manifests");
    expect(images.list({ all: false, filters: new Map() })[0]).not.toHaveProperty("Manifests");
  });

  test("a root file system becomes an image of one layer", async () => {
    const archive = zlib.gzipSync(await makeArchive([{ name: "bin/sh", contents: "#!", mode: 0o755 }]));
    const [line] = await collect(
      images.import(Readable.from([archive]), {
        repo: "busybox",
        tag: "1",
        message: "made by hand",
        changes: ['CMD ["sh"]'],
        platform: "linux/arm64/v8",
      }),
    );
    const { Id, Config, Architecture, Comment, Size } = images.inspect("busybox:1");
    expect(line).toEqual({ status: Id });
    expect({ Config, Architecture, Comment, Size }).toEqual({
      Config: { Cmd: ["sh"] },
      Architecture: "arm64",
      Comment: "made by hand",
      Size: 2,
    });
    const refused = (changes: string[]): Promise<object[]> =>
      collect(images.import(Readable.from([archive]), { repo: "other", changes }));
    await expect(refused(["RUN x"])).rejects.toThrow("run is not a valid change command");
    expect(layers()).toHaveLength(1);
    await collect(images.import(Readable.from([]), { repo: "nothing", changes: [] }));
    expect(images.inspect("nothing")).toMatchObject({
      Size: 0,
      RootFS: { Layers: ["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"] },
    });
  });

  test("whoever loads an image and goes away before its end has it, and others hear of it", async () => {
    const image = await makeImage([[{ name: "f", contents: "x" }]]);
    const archive = await dockerArchive([{ image, names: ["left:1"] }]);
    const lines = images.load(Readable.from([archive]))[Symbol.asyncIterator]();
    await lines.next();
    await lines.return?.();
    expect(images.inspect("left:1").Id).toBe(image.id);
    expect(events).toEqual(["image load left:1"]);
  });

  test("who sends slowly holds up nobody else", async () => {
    const slow = [new PassThrough(), new PassThrough()] as const;
    const pending = [collect(images.load(slow[0])), collect(images.import(slow[1], { changes: [] }))];
    const image = await makeImage([[{ name: "f", contents: "x" }]]);
    const archive = await dockerArchive([{ image, names: ["quick"] }]);
    await load(archive);
    await images.remove("quick", { force: false, noprune: false });
    slow[0].end(archive);
    queueMicrotask(() => slow[1].destroy(new Error("the client has gone")));
    await expect(pending[1]).rejects.toThrow("the client has gone");
    await expect(pending[0]).resolves.toEqual([{ stream: "Loaded image: quick:latest\n" }]);
    expect(layers()).toEqual([image.diffIds[0]?.slice(7)]);
  });

  test("names come and go, and with the last the image and the layers that only it had", async () => {
    const shared = [{ name: "base", contents: "x" }];
    const one = await makeImage([shared, [{ name: "one", contents: "" }]]);
    const two = await makeImage([shared]);
    await load(
      await dockerArchive([
        { image: one, names: ["one"] },
        { image: two, names: ["two"] },
      ]),
    );
    await images.tag("one", "localhost:5000/one", "v1");
    await expect(images.remove(one.id, { force: false, noprune: false })).rejects.toThrow(
      "must be forced) - image is referenced in multiple repositories",
    );
    const options = { force: false, noprune: false };
    expect(await images.remove("one", options)).toEqual([{ Untagged: "one:latest" }]);
    expect(await images.remove("localhost:5000/one:v1", options)).toEqual([
      { Untagged: "localhost:5000/one:v1" },
      { Deleted: one.id },
      { Deleted: one.diffIds[1] },
    ]);
    expect(layers()).toEqual([two.diffIds[0]?.slice(7)]);
    expect(await images.remove(two.id.slice(0, 20), options)).toEqual([
      { Untagged: "two:latest" },
      { Deleted: two.id },
      { Deleted: two.diffIds[0] },
    ]);
    expect(layers()).toEqual([]);
    await expect(images.remove("two", options)).rejects.toThrow("No such image: two:latest");
    expect(events.filter((event) => event.startsWith("image untag"))).toEqual([
      "image untag one:latest",
      "image untag localhost:5000/one:v1",
      "image untag two:latest",
    ]);
  });

  test("an image in use stays", async () => {
    const image = await makeImage([[{ name: "f", contents: "" }]]);
    await load(await dockerArchive([{ image, names: ["used"] }]));
    let running = false;
    images.setUsers((id) => (id === image.id ? [{ id: "c".repeat(64), running }] : []));
    const remove = (ref: string, force = false): Promise<object[]> =>
      images.remove(ref, { force, noprune: false });
    const short = image.id.slice(7, 19);
    await expect(remove("used")).rejects.toMatchObject({
      kind: "conflict",
      message:
        'conflict: unable to remove repository reference "used:latest" (must force) - container cccccccccccc is using ' +
        `its referenced image ${short}`,
    });
    await expect(remove(image.id)).rejects.toThrow("is being used by stopped container cccccccccccc");
    running = true;
    await expect(remove(image.id, true)).rejects.toThrow(
      "(cannot be forced) - image is being used by running container",
    );
    expect(await remove("used", true)).toEqual([{ Untagged: "used:latest" }]);
    expect(images.inspect(image.id).RepoTags).toEqual([]);
    expect(await images.prune(new Map())).toEqual({ ImagesDeleted: [], SpaceReclaimed: 0 });
    images.setUsers(() => []);
    expect(await images.prune(new Map())).toEqual({
      ImagesDeleted: [{ Deleted: image.id }, { Deleted: image.diffIds[0] }],
      SpaceReclaimed: 0,
    });
    expect(events.at(-1)).toMatch(/^image prune/);
  });

  test("slipway/host cannot be removed or become another image", async () => {
    const { Id } = images.inspect("slipway/host");
    for (const ref of ["slipway/host", Id]) {
      await expect(images.remove(ref, { force: true, noprune: false })).rejects.toThrow(
        "it is built into the engine",
      );
    }
    expect(await images.prune(new Map([["dangling", ["false"]]]))).toMatchObject({ ImagesDeleted: [] });
    await images.tag("slipway/host", "mine", "1");
    expect(await images.remove("mine:1", { force: false, noprune: false })).toEqual([{ Untagged: "mine:1" }]);
    await expect(images.tag("slipway/host", "x", "Not a tag")).rejects.toThrow("invalid tag format");
    await expect(images.tag("slipway/host", `x@${Id}`, "")).rejects.toThrow(
      "refusing to create a tag with a digest",
    );
  });

  test("lists can be filtered", async () => {
    const image = await makeImage([], { Labels: { stage: "test" } });
    await load(await dockerArchive([{ image, names: ["reg.io/team/app:1"] }]));
    expect(list(["reference", ["reg.io/*/app"]])).toEqual(["reg.io/team/app:1"]);
    expect(list(["reference", ["reg.io/*"]])).toEqual([]);
    expect(list(["reference", ["slipway/host:lat*"]])).toEqual(["slipway/host:latest"]);
    expect(list(["label", ["stage=test"]])).toEqual(["reg.io/team/app:1"]);
    expect(list(["label", ["stage=other"]])).toEqual([]);
    expect(list(["dangling", ["true"]])).toEqual([]);
    expect(list(["since", ["slipway/host"]])).toEqual(["reg.io/team/app:1"]);
    expect(list(["before", ["reg.io/team/app:1"]])).toEqual(["slipway/host:latest"]);
    expect(list(["until", ["2020-01-01T00:00:00Z"]])).toEqual(["slipway/host:latest"]);
    expect(() => list(["bogus", ["1"]])).toThrow("invalid filter 'bogus'");
    expect(() => list(["dangling", ["maybe"]])).toThrow("invalid filter 'dangling=[maybe]'");
  });

  test("pulling slipway/host changes nothing", async () => {
    expect(await collect(images.pull("slipway/host", {}))).toEqual([
      { status: "Status: Image is up to date for slipway/host:latest" },
    ]);
  });
});

type BadArchive = [what: string, make: () => Promise<Buffer> | Buffer, kind: string, reason: string | RegExp];

function badArchives(): BadArchive[] {
  const invalid = (what: string, make: BadArchive[1], reason: string | RegExp): BadArchive => [
    what,
    make,
    "invalid",
    reason,
  ];
  const simple = makeImage([[{ name: "f", contents: "x".repeat(5000) }]]);
  const named = async (...names: string[]): Promise<Buffer> =>
    dockerArchive([{ image: await simple, names }]);
  const other = makeArchive([{ name: "f", contents: "y" }]);
  const withLayers = async (choose: (good: Buffer, other: Buffer) => Buffer[]): Promise<Buffer> => {
    const image = await makeImage([[{ name: "good", contents: "" }], [{ name: "f", contents: "x" }]]);
    const layers = choose(image.layers[0] ?? Buffer.alloc(0), await other);
    return dockerArchive([{ image: { ...image, layers }, names: ["x"] }]);
  };
  const damagedBlob = async (): Promise<Buffer> => {
    const archive = await ociArchive(await simple, { name: "a/b" });
    archive.write('"Architecture"', archive.indexOf('"architecture"'));
    return archive;
  };
  return [
    invalid("of text", () => Buffer.from("not an archive"), "the archive cannot be read"),
    invalid("of nothing", () => Buffer.alloc(0), "it is empty, or not a tar archive"),
    invalid("of damaged bzip2", () => Buffer.from("BZh91AY&SY"), "bzip2: Compressed file ends unexpectedly"),
    invalid(
      "without an index",
      () => makeArchive([{ name: "f", contents: "" }]),
      "neither a manifest.json nor an index.json",
    ),
    invalid(
      "cut off",
      async () => (await named("x")).subarray(0, 3000),
      "cannot be read: Unexpected end of data",
    ),
    invalid(
      "cut off, compressed",
      async () => zlib.gzipSync(await named("x")).subarray(0, 99),
      "unexpected end of file",
    ),
    invalid(
      "with a layer cut off, compressed",
      async () =>
        dockerArchive([{ image: await simple, names: [] }], (layer) => zlib.gzipSync(layer).subarray(0, 60)),
      "the archive cannot be unpacked: unexpected end of file",
    ),
    invalid(
      "with another layer than it says",
      () => withLayers((good, another) => [good, another]),
      /^the layer's digest is sha256:[0-9a-f]{64}, expected sha256:[0-9a-f]{64}$/,
    ),
    invalid(
      "with a layer missing",
      () => withLayers((good) => [good]),
      "the image's configuration names 2 layers, the archive has 1",
    ),
    invalid(
      "with a layer that leaves its folder",
      () => escaping("../../../../tmp/slipway-planted"),
      "leads out of the folder",
    ),
    invalid(
      "with a damaged blob",
      damagedBlob,
      /blob sha256:[0-9a-f]{64} in the archive has the digest .*: it is damaged/,
    ),
    invalid("with a name that is none", () => named("UPPER"), "must be lowercase"),
    [
      "with the built-in name",
      () => named("ok", "slipway/host"),
      "conflict",
      "slipway/host:latest is built into the engine",
    ],
    invalid(
      "with an index of the wrong kind",
      () => manifest("{}"),
      "manifest.json in the archive is not a list",
    ),
    invalid("with an index that is no JSON", () => manifest("[{"), "manifest.json in the archive:"),
    invalid(
      "with a configuration outside",
      () => manifest('[{"Config":"../../etc/passwd","Layers":[]}]'),
      'the archive has no file "../../etc/passwd"',
    ),
    invalid(
      "with a digest that is a path",
      () =>
        manifest('[{"Config":"c","Layers":["l"]}]', {
          name: "c",
          contents: '{"rootfs":{"diff_ids":["../x"]}}',
        }),
      'not a sha256 digest: "../x"',
    ),
  ];
}

function manifest(text: string, ...others: { name: string; contents: string }[]): Promise<Buffer> {
  return makeArchive([...others, { name: "manifest.json", contents: text }]);
}

async function escaping(name: string): Promise<Buffer> {
  return dockerArchive([{ image: await makeImage([[{ name, contents: "x" }]]), names: ["x"] }]);
}
