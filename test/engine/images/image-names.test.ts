// What images are called, when they were made, and what is told of it.
import { PassThrough, Readable } from "node:stream";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ImagesBackend } from "../../../src/engine/backend.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { makeArchive } from "../../native/archive-trees.ts";
import { makeContext } from "./engine-context.ts";
import { dockerArchive, makeImage } from "./image-archives.ts";

const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
if (caller.unavailable !== undefined) console.warn(`names of images: skipped, ${caller.unavailable}`);
const { native } = caller;

interface Line {
  readonly status?: string;
  readonly stream?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current: number; readonly total: number };
}

async function collect(lines: AsyncIterable<object>): Promise<Line[]> {
  const all: Line[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

describe.skipIf(caller.unavailable !== undefined)("names of images", () => {
  let events: string[];
  let images: ImagesBackend;
  const load = (archive: Buffer): Promise<Line[]> => collect(images.load(Readable.from([archive])));
  const importRoot = async (repo: string, tag?: string): Promise<string> => {
    const archive = Readable.from([await makeArchive([{ name: "f", contents: repo }])]);
    const lines = await collect(
      images.import(archive, { changes: [], repo, ...(tag === undefined ? {} : { tag }) }),
    );
    return lines.at(-1)?.status ?? "";
  };
  const tags = (...filters: [string, string[]][]): string[] =>
    images.list({ all: false, filters: new Map(filters) }).flatMap(({ RepoTags }) => RepoTags);
  beforeEach(async () => {
    const made = makeContext(join(caller.folder(), "state"), native);
    events = made.events;
    images = await openImages(made.context);
  });
  afterEach(() => caller.clean());

  test("a tag that is given besides stands in the place of the name's own", async () => {
    await importRoot("a:1", "2");
    await images.tag("a:2", "b:1", "3");
    await images.tag("a:2", "c:1", "");
    expect(tags(["reference", ["?"]])).toEqual(["a:2", "b:3", "c:1"]);
    await expect(images.tag("a:2", "b", "not a tag")).rejects.toThrow("invalid tag format");
  });

  test("an import says where it came from, when its client says nothing", async () => {
    const id = await importRoot("a");
    expect(images.inspect(id).Comment).toBe("Imported from -");
    expect(images.history(id)[0]?.Comment).toBe("Imported from -");
  });

  test("what the ids of several begin with is none of them", async () => {
    const ids = new Map<string, number>();
    // Of seventeen ids two begin with the same digit.
    for (let count = 0; count < 17; count++) {
      const digit = (await importRoot(`image${count}`)).slice("sha256:".length).slice(0, 1);
      ids.set(digit, (ids.get(digit) ?? 0) + 1);
    }
    const [digit] = [...ids].find(([, count]) => count > 1) ?? [];
    expect(() => images.inspect(digit ?? "")).toThrow(`No such image: ${digit}:latest`);
    expect(() => images.inspect(`sha256:${digit}`)).toThrow(`No such image: sha256:${digit}`);
  });

  test("images that were made in one second are told apart, and listed newest first", async () => {
    for (const [name, tenth] of [
      ["first", 1],
      ["third", 3],
      ["second", 2],
    ] as const) {
      const image = await makeImage([[{ name: "f", contents: name }]]);
      const created = `"created":"2024-05-06T07:08:09.${tenth}00Z"`;
      const configJson = image.configJson.replace(/"created":"[^"]*"/, created);
      await load(await dockerArchive([{ image: { ...image, configJson }, names: [name] }]));
    }
    expect(tags(["since", ["first"]])).toEqual(["third:latest", "second:latest"]);
    expect(tags(["before", ["second"]], ["since", ["slipway/host"]])).toEqual(["first:latest"]);
  });

  test("only who names an image is told of its name", async () => {
    const image = await makeImage([[{ name: "f", contents: "x" }]]);
    await load(await dockerArchive([{ image, names: ["loaded:1"] }]));
    await images.tag("loaded:1", "named", "1");
    await images.tag("loaded:1", "named", "1");
    await importRoot("imported:1");
    expect(events).toEqual([
      "image load loaded:1",
      "image tag named:1",
      "image tag named:1",
      "image tag imported:1",
      "image import imported:1",
    ]);
  });

  test("loading tells of each new layer, and of whom a name is taken from", async () => {
    const old = await makeImage([[{ name: "f", contents: "old" }]]);
    const shared = [{ name: "f", contents: "old" }];
    const image = await makeImage([shared, [{ name: "g", contents: "x".repeat(5000) }]]);
    await load(await dockerArchive([{ image: old, names: ["a:1"] }]));
    const lines = await load(await dockerArchive([{ image, names: ["a:1"] }]));
    const [last] = lines.filter(({ progressDetail }) => progressDetail !== undefined).slice(-1);
    const size = image.layers[1]?.length ?? 0;
    expect(last).toMatchObject({
      status: "Loading layer",
      id: image.diffIds[1]?.slice(7, 19),
      progressDetail: { current: size, total: size },
    });
    expect(new Set(lines.flatMap(({ id }) => id ?? []))).toEqual(new Set([last?.id]));
    expect(lines.flatMap(({ stream }) => stream ?? [])).toEqual([
      `The image a:1 already exists, renaming the old one with ID ${old.id} to empty string\n`,
      "Loaded image: a:1\n",
    ]);
  });

  test("a load whose client stops listening is over before that is", async () => {
    const image = await makeImage([[{ name: "f", contents: "x" }], [{ name: "g", contents: "x" }]]);
    const archive = new PassThrough();
    archive.end(await dockerArchive([{ image, names: ["a:1"] }]));
    const lines = images.load(archive)[Symbol.asyncIterator]();
    await lines.next();
    await lines.return?.();
    expect(images.inspect("a:1").Id).toBe(image.id);
  });
});
