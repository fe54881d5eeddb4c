// What has come of a layer whose download broke off: gone on with, also by another engine, and kept no longer than it is good for.
import { statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventually } from "../../support/processes.ts";
import { pullStage, pullUnavailable } from "./pull-stage.ts";
import { answersFor, ranged, sha256, status, type Answer } from "./scripted-registry.ts";

if (pullUnavailable !== undefined) console.warn(`broken downloads: skipped, ${pullUnavailable}`);

function hoursAgo(count: number): Date {
  return new Date(Date.now() - count * 60 * 60 * 1000);
}

describe.skipIf(pullUnavailable !== undefined)("a download that breaks off", () => {
  const stage = pullStage();
  const part = (): string => `.part-${sha256(stage.layer).slice(7)}`;
  const partPath = (): string => join(stage.root, "blobs", part());

  /** Sends half of the layer, and then nothing any more. */
  const half: Answer = (request, response) => {
    if (request.headers.range !== undefined) return status(410)(request, response);
    const { layer } = stage;
    response.writeHead(200, { "Content-Length": layer.length });
    response.write(layer.subarray(0, layer.length / 2), () => setTimeout(() => response.destroy(), 50));
  };
  const breakOff = async (): Promise<void> => {
    const { host } = await stage.serve(answersFor(stage.image, { changed: { [sha256(stage.layer)]: half } }));
    await expect(stage.pull(host)).rejects.toThrow("410");
  };

  test("goes on after the engine was started again", async () => {
    const { image, layer } = stage;
    await breakOff();
    expect(stage.left()).toEqual({ layers: [], blobs: [part()] });
    const kept = statSync(partPath()).size;
    expect(kept).toBe(Math.floor(layer.length / 2));
    await stage.open();
    const { host, asked } = await stage.serve(answersFor(image));
    await stage.pull(host);
    const ranges = asked
      .filter(({ path }) => path.endsWith(sha256(layer)))
      .map(({ headers }) => headers.range);
    expect(ranges).toEqual([`bytes=${kept}-${layer.length - 1}`]);
    expect(stage.images.inspect(`${host}/x:1`).Id).toBe(image.id);
    const hex = image.diffIds[0]?.slice(7);
    expect(stage.left()).toEqual({ layers: [hex], blobs: [hex, `${hex}.json`] });
  });

  test("asks for nothing when all had come", async () => {
    const { image, layer } = stage;
    writeFileSync(partPath(), layer);
    const { host, asked } = await stage.serve(answersFor(image));
    await stage.pull(host);
    expect(asked.some(({ path }) => path.endsWith(sha256(layer)))).toBe(false);
    expect(stage.images.inspect(`${host}/x:1`).Id).toBe(image.id);
  });

  test.each<[string, (layer: Buffer) => Buffer]>([
    ["spoilt", (layer) => Buffer.concat([layer.subarray(0, 1000), Buffer.alloc(5000)])],
    ["no archive at all", () => Buffer.alloc(5000, "x")],
    ["longer than the whole", (layer) => Buffer.concat([layer, layer])],
  ])("begins anew where what was kept is %s", async (_what, contents) => {
    const { image, layer } = stage;
    writeFileSync(partPath(), contents(layer));
    const { host } = await stage.serve(answersFor(image));
    await stage.pull(host);
    expect(stage.images.inspect(`${host}/x:1`).Id).toBe(image.id);
    expect(stage.left().blobs).toHaveLength(2);
  });

  test("is not waited for when images are pruned, nor longer than a day", async () => {
    await breakOff();
    const { size } = statSync(partPath());
    expect(await stage.images.prune(new Map())).toEqual({ ImagesDeleted: [], SpaceReclaimed: size });
    expect(stage.left().blobs).toEqual([]);
    writeFileSync(partPath(), "x");
    utimesSync(partPath(), hoursAgo(23), hoursAgo(23));
    await stage.open();
    expect(stage.left().blobs).toEqual([part()]);
    utimesSync(partPath(), hoursAgo(25), hoursAgo(25));
    await stage.open();
    expect(stage.left().blobs).toEqual([]);
  });

  test("leaves nothing when whoever asked has gone", async () => {
    const { image, layer } = stage;
    const silent: Answer = (_request, response) => {
      response.writeHead(200, { "Content-Length": layer.length });
      response.write(layer.subarray(0, 100_000));
    };
    const { host } = await stage.serve(answersFor(image, { changed: { [sha256(layer)]: silent } }));
    const controller = new AbortController();
    const pulling = (async () => {
      for await (const _line of stage.images.pull(`${host}/x:1`, {}, controller.signal));
    })();
    await Promise.all([
      expect(pulling).rejects.toThrow("gone"),
      eventually("something has come", () => (stage.left().blobs.includes(part()) ? true : undefined)).then(
        () => controller.abort(new Error("gone")),
      ),
    ]);
    expect(stage.left()).toEqual({ layers: [], blobs: [] });
  });

  test("leaves nothing that is not what it should be", async () => {
    const { image, layer } = stage;
    const wrong = Buffer.from(layer);
    wrong.fill(0, layer.length - 100);
    const { host } = await stage.serve(answersFor(image, { changed: { [sha256(layer)]: ranged(wrong) } }));
    await expect(stage.pull(host)).rejects.toThrow(/failed to register layer|verification failed/);
    expect(stage.left()).toEqual({ layers: [], blobs: [] });
  });
});
