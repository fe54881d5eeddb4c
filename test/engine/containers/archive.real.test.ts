import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRealEngine, refusal, runToEnd } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

describe.skipIf(refusal !== undefined)("files of a container", () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await openRealEngine();
  });
  afterAll(() => engine.end());

  it("at rest are read before it starts, never at the same time", async () => {
    const { id } = await runToEnd(engine, { Cmd: ["sh", "-c", "head -c 4000000 /dev/zero > /big"] });
    const { tar, stat } = await engine.containers.archiveGet(id, "/big");
    expect(stat).toMatchObject({ name: "big", size: 4_000_000 });
    const order: string[] = [];
    const started = engine.containers.start(id).then(() => order.push("started"));
    const second = engine.containers.archiveStat(id, "/big").then(() => order.push("seen"));
    tar.once("end", () => order.push("read"));
    expect((await text(tar)).length).toBeGreaterThan(4_000_000);
    await Promise.all([started, second]);
    expect(order).toEqual(["read", "started", "seen"]);
  });

  it("that nobody reads on hold nothing up", async () => {
    const { id } = await runToEnd(engine, { Cmd: ["sh", "-c", "head -c 4000000 /dev/zero > /big"] });
    const { tar } = await engine.containers.archiveGet(id, "/big");
    tar.destroy();
    expect(await engine.containers.start(id)).toBe(true);
  });

  it("that are not there, and are asked for again", async () => {
    const { id } = await runToEnd(engine, { Cmd: ["true"] });
    await expect(engine.containers.archiveGet(id, "/none")).rejects.toThrow("Could not find the file /none");
    await expect(engine.containers.archiveGet(id, "/none")).rejects.toThrow("Could not find the file /none");
  });

  it("cannot be reached by the machine's other users", async () => {
    const { id } = await runToEnd(engine, { Cmd: ["sh", "-c", "cp /usr/bin/id /id; chmod 4755 /id"] });
    const layer = join(engine.root, "containers", id, "layer");
    expect(statSync(layer).mode & 0o777).toBe(0o700);
    const found = execFileSync("find", [layer, "-name", "id", "-perm", "-4000"], { encoding: "utf8" }).trim();
    expect(found).not.toBe("");
    expect(() => execFileSync("runuser", ["-u", "nobody", "--", found], { stdio: "pipe" })).toThrow(
      "Permission denied",
    );
  });
});
