// Images that were committed from containers of others: what they are made of stays as long as they do, and no longer.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ImagesBackend } from "../../../src/engine/backend.ts";
import type { ImageRoots } from "../../../src/engine/collaborators.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { makeArchive } from "../../native/archive-trees.ts";
import { makeContext } from "./engine-context.ts";

const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
const { native, unavailable } = caller;
if (unavailable !== undefined) console.warn(`parents of images: skipped, ${unavailable}`);

describe.skipIf(unavailable !== undefined)("images that were made of each other", () => {
  const plain = { force: false, noprune: false };
  let root: string;
  let images: ImagesBackend & ImageRoots;
  let users: readonly { id: string; running: boolean; image: string }[];
  let [base, middle, top] = ["", "", ""];

  const open = async (): Promise<void> => {
    images = await openImages(makeContext(root, native).context);
    images.setUsers((id) => users.filter(({ image }) => image === id));
  };
  const commit = async (from: string, tag: string): Promise<string> => {
    const layer = Readable.from([await makeArchive([{ name: tag, contents: tag }])]);
    const options = { config: {}, changes: [], command: `make ${tag}`, repo: "app", tag };
    return (await images.commit(from, layer, options)).id;
  };
  const names = (all: boolean, ...filters: [string, string[]][]): string[] =>
    images
      .list({ all, filters: new Map(filters) })
      .map(({ Id, RepoTags }) => RepoTags[0] ?? Id)
      .filter((name) => !name.startsWith("slipway/"));
  const layers = (): number => readdirSync(join(root, "layers")).length;

  beforeEach(async () => {
    root = join(caller.folder(), "state");
    users = [];
    await open();
    const archive = Readable.from([await makeArchive([{ name: "base", contents: "x" }])]);
    for await (const _line of images.import(archive, { repo: "base", tag: "1", changes: [] }));
    base = images.inspect("base:1").Id;
    middle = await commit(base, "middle");
    top = await commit(middle, "top");
  });
  afterEach(() => caller.clean());

  test("say so, also to the next engine", async () => {
    await open();
    expect([base, middle, top].map((id) => images.inspect(id).Parent)).toEqual(["", base, middle]);
    const listed = images.list({ all: false, filters: new Map() });
    expect(listed.find(({ Id }) => Id === top)?.ParentId).toBe(middle);
    expect(images.history(top).map(({ Id, Tags }) => [Id, Tags])).toEqual([
      [top, ["app:top"]],
      [middle, ["app:middle"]],
      [base, ["base:1"]],
    ]);
  });

  test("lose no more than their names before their children have gone", async () => {
    await expect(images.remove(middle, { ...plain, force: true })).rejects.toThrow(
      `conflict: unable to delete ${middle.slice(7, 19)} (cannot be forced) - image has dependent child images`,
    );
    expect(await images.remove("app:middle", plain)).toEqual([{ Untagged: "app:middle" }]);
    expect(await images.remove("base:1", plain)).toEqual([{ Untagged: "base:1" }]);
    expect(names(false)).toEqual(["app:top"]);
    expect(names(true)).toEqual(["app:top", middle, base]);
    expect(names(true, ["dangling", ["true"]])).toEqual([]);
    await images.prune(new Map());
    expect(names(true)).toHaveLength(3);
    const lines = await images.remove("app:top", plain);
    expect(lines.filter((line) => !("Deleted" in line && layerOf(line.Deleted)))).toEqual([
      { Untagged: "app:top" },
      { Deleted: top },
      { Deleted: middle },
      { Deleted: base },
    ]);
    expect([names(true), layers()]).toEqual([[], 0]);
  });

  test("stay for names, containers and other children of their own, and when nothing is to be pruned", async () => {
    const other = await commit(middle, "other");
    await images.remove("app:middle", plain);
    await images.remove("base:1", plain);
    await images.remove("app:other", plain);
    expect(names(true)).toEqual(["app:top", middle, base]);
    expect(() => images.inspect(other)).toThrow("No such image");
    await images.remove("app:top", { ...plain, noprune: true });
    expect(names(true)).toEqual([middle, base]);
    users = [{ id: "user", running: false, image: base }];
    await images.prune(new Map());
    expect(names(true)).toEqual([base]);
  });

  test("are all pruned when nobody uses them, and all counted", async () => {
    const pruned = await images.prune(new Map([["dangling", ["false"]]]));
    expect(pruned.SpaceReclaimed).toBe("x".length + "middle".length + "top".length);
    expect([names(true), layers()]).toEqual([[], 0]);
  });

  function layerOf(id: string): boolean {
    return ![base, middle, top].includes(id);
  }
});
