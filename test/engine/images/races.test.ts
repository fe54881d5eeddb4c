// Whatever is brought in, named, used and removed at the same time: what a container uses stays whole, what nobody has is gone, and the
// disk says the same as the engine.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { ImagesBackend } from "../../../src/engine/backend.ts";
import type { ImageRoots } from "../../../src/engine/collaborators.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { makeContext } from "./engine-context.ts";
import { dockerArchive, makeImage, type MadeImage } from "./image-archives.ts";

const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
const { native, unavailable } = caller;
if (unavailable !== undefined) console.warn(`races of images: skipped, ${unavailable}`);

type Step =
  | {
      readonly kind: "load" | "use" | "unuse" | "tag" | "untag" | "removeById" | "forceById" | "commit";
      readonly image: number;
    }
  | { readonly kind: "prune"; readonly all: boolean };

const image = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  ...(["load", "use", "unuse", "tag", "untag", "removeById", "forceById", "commit"] as const).map((kind) =>
    fc.record({ kind: fc.constant(kind), image }),
  ),
  fc.record({ kind: fc.constant("prune" as const), all: fc.boolean() }),
);

/** Images that share their lowest layer. */
async function makeImages(): Promise<{ image: MadeImage; archive: Buffer }[]> {
  const shared = [{ name: "shared", contents: "s".repeat(50_000) }];
  const made = await Promise.all(
    [0, 1, 2].map((index) => makeImage([shared, [{ name: `own${index}`, contents: String(index) }]])),
  );
  return Promise.all(
    made.map(async (one, index) => ({
      image: one,
      archive: await dockerArchive([{ image: one, names: [`image${index}:1`] }]),
    })),
  );
}

describe.skipIf(unavailable !== undefined)("images, all at once", () => {
  afterEach(() => caller.clean());

  test("nothing that is used is lost, nothing that is not is kept", async () => {
    const made = await makeImages();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const root = join(caller.folder(), "state");
        const images = await openImages(makeContext(root, native).context);
        const users = new Map<string, string>();
        images.setUsers((id) =>
          [...users].filter(([, used]) => used === id).map(([user]) => ({ id: user, running: false })),
        );
        for (const { archive } of made) await drain(images.load(Readable.from([archive])));
        const results = await inLanes(steps, (one, index) => perform({ images, users, made, index }, one));
        // What cannot be done any more is refused; anything else is a bug.
        const failures = results
          .filter((result) => result.status === "rejected")
          .map(({ reason }) => reason as Error);
        expect(failures.filter((error) => !isRefusal(error))).toEqual([]);
        expectWhole(root, images, new Set(users.values()));
        expect(names(await openImages(makeContext(root, native).context))).toEqual(names(images));
      }),
      { numRuns: 15 },
    );
  });

  test.each(["removed", "pruned"])(
    "an image that is %s is either gone for a container or stays for it",
    async (how) => {
      const [{ image, archive } = { image: undefined, archive: Buffer.alloc(0) }] = await makeImages();
      const root = join(caller.folder(), "state");
      const images = await openImages(makeContext(root, native).context);
      let users: { id: string; running: boolean }[] = [];
      images.setUsers((id) => (id === image?.id ? users : []));
      const outcomes = new Set<string>();
      // Every moment of the removal, one after the other.
      for (let moment = 0; moment < 30; moment++) {
        await drain(images.load(Readable.from([archive])));
        const removal =
          how === "pruned"
            ? images.prune(new Map([["dangling", ["false"]]]))
            : images.remove("image0:1", { force: false, noprune: false });
        for (let tick = 0; tick < moment; tick++) await new Promise((resolve) => setImmediate(resolve));
        try {
          images.resolve(image?.id ?? "");
          users = [{ id: "user", running: false }];
        } catch (error) {
          if (!isRefusal(error as Error)) throw error;
        }
        await removal.catch(() => undefined);
        outcomes.add(users.length > 0 ? "kept" : "gone");
        expectWhole(root, images, new Set(users.map(() => image?.id ?? "")));
        users = [];
      }
      expect([...outcomes].toSorted()).toContain("gone");
    },
  );
});

/** Several at a time, each of which does one thing after the other. */
async function inLanes(
  steps: readonly Step[],
  work: (step: Step, index: number) => Promise<void>,
): Promise<PromiseSettledResult<void>[]> {
  const results: PromiseSettledResult<void>[] = [];
  const waiting = [...steps.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(...(await Promise.allSettled([work(next[1], next[0])])));
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return results;
}

function isRefusal(error: Error): boolean {
  return error instanceof EngineError && ["conflict", "not-found"].includes(error.kind);
}

function names(images: ImagesBackend): unknown {
  return images.list({ all: true, filters: new Map() }).map(({ Id, RepoTags }) => [Id, RepoTags]);
}

interface Stage {
  readonly images: ImagesBackend & ImageRoots;
  readonly users: Map<string, string>;
  readonly made: readonly { readonly image: MadeImage; readonly archive: Buffer }[];
  readonly index: number;
}

async function drain(lines: AsyncIterable<object>): Promise<void> {
  for await (const _line of lines);
}

async function perform({ images, users, made, index }: Stage, one: Step): Promise<void> {
  const force = { force: true, noprune: false };
  if (one.kind === "prune") {
    await images.prune(new Map(one.all ? [["dangling", ["false"]]] : []));
    return;
  }
  const chosen = made[one.image];
  if (chosen === undefined) throw new Error("there are three");
  const { id } = chosen.image;
  switch (one.kind) {
    case "load":
      return drain(images.load(Readable.from([chosen.archive])));
    case "use": {
      // As a container is made: looked up and held in one go, its record comes later.
      users.set(`user${index}`, images.resolve(id).id);
      await images.mountRoot(id, join(caller?.folder() ?? "", "writable"));
      return;
    }
    case "unuse":
      for (const [user, used] of users) if (used === id) users.delete(user);
      return;
    case "commit":
      await images.commit(id, Readable.from([await emptyLayer()]), {
        config: {},
        changes: [`LABEL number=${index}`],
        command: "",
        repo: "committed",
        tag: String(index),
      });
      return;
    case "tag":
      return images.tag(id, "other", String(index));
    case "untag":
      return void (await images.remove(`image${one.image}:1`, { force: false, noprune: false }));
    case "removeById":
      return void (await images.remove(id, { force: false, noprune: false }));
    case "forceById":
      return void (await images.remove(id, force));
  }
}

let layer: Promise<Buffer> | undefined;
function emptyLayer(): Promise<Buffer> {
  layer ??= makeImage([[{ name: "committed", contents: "c" }]]).then(
    ({ layers }) => layers[0] ?? Buffer.alloc(0),
  );
  return layer;
}

/** Every image has all its layers, with blobs that are what they are called; there is nothing else. */
function expectWhole(root: string, images: ImagesBackend, used: ReadonlySet<string>): void {
  const all = images.list({ all: true, filters: new Map() }).map(({ Id }) => images.inspect(Id));
  for (const id of used) expect(all.map(({ Id }) => Id)).toContain(id);
  const wanted = new Set(all.flatMap(({ RootFS }) => RootFS.Layers.map((diffId) => diffId.slice(7))));
  expect(readdirSync(join(root, "layers")).toSorted()).toEqual([...wanted].toSorted());
  const blobs = [...wanted].flatMap((hex) => [hex, `${hex}.json`]);
  expect(readdirSync(join(root, "blobs")).toSorted()).toEqual(blobs.toSorted());
  for (const hex of wanted) {
    const { digest } = JSON.parse(readFileSync(join(root, "blobs", `${hex}.json`), "utf8")) as {
      digest: string;
    };
    const bytes = readFileSync(join(root, "blobs", hex));
    expect(`sha256:${createHash("sha256").update(bytes).digest("hex")}`).toBe(digest);
    expect(readdirSync(join(root, "layers", hex))).not.toEqual([]);
  }
  const files = readdirSync(join(root, "images")).filter((name) => name !== "repositories.json");
  expect(files.toSorted()).toEqual(all.map(({ Id }) => `${Id.slice(7)}.json`).toSorted());
  expect(existsSync(join(root, "images", "repositories.json"))).toBe(true);
}
