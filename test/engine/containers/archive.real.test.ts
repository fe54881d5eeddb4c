import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logOf, openRealEngine, refusal, runToEnd, untilSaid } from "./real-engine.ts";
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

  it("at rest are exported whole before it is removed", async () => {
    const { id } = await runToEnd(engine, { Cmd: ["sh", "-c", "head -c 9000000 /dev/zero > /root/big"] });
    const tar = await engine.containers.export(id);
    const order: string[] = [];
    const removed = engine.containers
      .remove(id, { force: false, volumes: false })
      .then(() => order.push("removed"));
    tar.once("end", () => order.push("read"));
    let size = 0;
    for await (const bytes of tar) size += (bytes as Buffer).length;
    expect(size).toBeGreaterThan(9_000_000);
    await removed;
    expect(order).toEqual(["read", "removed"]);
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
    expect(() => execFileSync(found, { uid: 65534, gid: 65534, stdio: "pipe" })).toThrow("EACCES");
  });

  it("keep their owners where the container has no user to be given to", async () => {
    const id = await engine.create({ Cmd: ["stat", "-c", "%u:%g", "/tmp/hello"] });
    const archive = pack();
    archive.entry({ name: "hello", uid: 5, gid: 6 }, "hello");
    archive.finalize();
    const options = { noOverwriteDirNonDir: false, copyUIDGID: true };
    await engine.containers.archivePut(id, "/tmp", Readable.from(archive), options);
    await engine.containers.start(id);
    await engine.containers.wait(id, "not-running", new AbortController().signal).result;
    expect((await logOf(engine, id)).stdout).toBe("5:6\n");
  });

  it("may be given to the container's user, by name too", async () => {
    const id = await engine.create({
      Cmd: ["sh", "-c", "stat -c %u:%g /tmp/hello; echo ready; exec sleep 600"],
      User: "nobody",
    });
    const archive = pack();
    archive.entry({ name: "hello", uid: 5, gid: 5 }, "hello");
    archive.finalize();
    const options = { noOverwriteDirNonDir: false, copyUIDGID: true };
    await engine.containers.archivePut(id, "/tmp", Readable.from(archive), options);
    await engine.containers.start(id);
    await untilSaid(engine, id, "ready");
    expect((await logOf(engine, id)).stdout).toBe("65534:65534\nready\n");
    await engine.containers.remove(id, { force: true, volumes: true });
  });
});
