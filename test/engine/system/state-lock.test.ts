// One engine per state directory: who has it, who waits for it, and who is told that it runs already.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBinary } from "../../../src/engine/native/binary.ts";
import { lockState, type StateClaim, type StateLock } from "../../../src/engine/system/state-lock.ts";

let folder: string;
let socket: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-lock-"));
  socket = join(folder, "engine.sock");
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function claim(root: string, at = "/other", options = {}): Promise<StateClaim> {
  mkdirSync(root, { recursive: true });
  return lockState({ root, socket: at, binary: await findBinary(folder), ...options });
}

async function taken(claimed: Promise<StateClaim>): Promise<StateLock> {
  const outcome = await claimed;
  if ("servedBy" in outcome) throw new Error(`process ${outcome.servedBy} serves`);
  return outcome.lock;
}

function lock(root: string, at?: string): Promise<StateLock> {
  return taken(claim(root, at));
}

/** Who comes for a lock, and whether it still waits. */
function waitFor(claimed: Promise<StateClaim>): { claimed: Promise<StateClaim>; waits: boolean } {
  const waiter = {
    waits: true,
    claimed: claimed.finally(() => (waiter.waits = false)),
  };
  return waiter;
}

/** Time enough to have looked at the lock. */
async function whileItLooks(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A process that has the lock, with the socket at `/s`, and leaves or vanishes when told to. */
async function startHolder(then = ""): Promise<ChildProcessByStdio<Writable, Readable, null>> {
  const module = new URL("../../../src/engine/system/state-lock.ts", import.meta.url).pathname;
  const bundle = join(folder, "lock.mjs");
  const { build } = await import("esbuild");
  await build({ entryPoints: [module], bundle: true, platform: "node", format: "esm", outfile: bundle });
  const options = JSON.stringify({ root: folder, socket: "/s", binary: await findBinary(folder) });
  const script = `
    const { lockState } = await import(${JSON.stringify(bundle)});
    const { lock } = await lockState(${options});
    ${then}
    console.log("held");
    process.stdin.on("data", () => process.exit());`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  return holder;
}

describe("the lock of a state directory", () => {
  test("an engine with another socket is told who has it", async () => {
    const first = await lock(folder, "/the/socket");
    await expect(lock(folder)).rejects.toThrow(
      `another engine (process ${process.pid}, socket /the/socket) uses the state directory ${folder}`,
    );
    first.release();
    (await lock(folder)).release();
  });

  test("other directories are free", async () => {
    const locks = await Promise.all(["a", "b"].map((name) => lock(join(folder, name))));
    for (const held of locks) held.release();
    expect(locks).toHaveLength(2);
  });

  test("of many that come at once one has it, and the others wait until it serves", async () => {
    const claims = Array.from({ length: 10 }, () => claim(folder, socket));
    const first = await Promise.race(claims);
    if ("servedBy" in first) throw new Error("nobody serves yet");
    const waiters = claims.map(waitFor);
    await whileItLooks();
    expect(waiters.filter(({ waits }) => waits)).toHaveLength(9);
    const server = createServer().listen(socket);
    await once(server, "listening");
    first.lock.announceServing();
    const outcomes = await Promise.all(claims);
    expect(outcomes.filter((outcome) => outcome !== first)).toEqual(
      Array.from({ length: 9 }, () => ({ servedBy: process.pid })),
    );
    first.lock.release();
    server.close();
  });

  test("one that serves no more, and has not ended, is named", async () => {
    const first = await lock(folder, socket);
    first.announceServing();
    await expect(claim(folder, socket)).rejects.toThrow(
      `another engine (process ${process.pid}, socket ${socket}) uses the state directory ${folder}`,
    );
    first.release();
  });

  test("whoever waits for one that comes up takes its place when it fails", async () => {
    const first = await lock(folder, socket);
    const second = waitFor(claim(folder, socket));
    await whileItLooks();
    expect(second.waits).toBe(true);
    first.release();
    (await taken(second.claimed)).release();
  });

  test("it goes with its process, however that ends", async () => {
    const holder = await startHolder("lock.announceServing();");
    await expect(lock(folder)).rejects.toThrow(`another engine (process ${holder.pid}, socket /s)`);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    (await lock(folder)).release();
  });

  test("no process that the engine starts keeps it", async () => {
    const held = await lock(folder);
    const child = spawn("sleep", ["1000"]);
    await once(child, "spawn");
    held.release();
    const again = await lock(folder);
    expect(child.exitCode).toBeNull();
    again.release();
    child.kill();
    await once(child, "exit");
  });

  test("an engine that is leaving is waited for", async () => {
    const holder = await startHolder("lock.announceLeaving();");
    const waiting = waitFor(claim(folder));
    await whileItLooks();
    expect(waiting.waits).toBe(true);
    holder.stdin.write("go");
    (await taken(waiting.claimed)).release();
  });

  test("an engine that is told to leave as it comes up is waited for", async () => {
    const first = await lock(folder, socket);
    first.announceLeaving();
    first.announceServing();
    const second = waitFor(claim(folder, socket));
    await whileItLooks();
    expect(second.waits).toBe(true);
    first.release();
    (await taken(second.claimed)).release();
  });

  test("what a killed engine said of itself is not taken for the word of the one that comes up", async () => {
    const killed = await startHolder("lock.announceServing();");
    killed.kill("SIGKILL");
    await once(killed, "exit");
    // It has the lock, and has not said so yet: what the file says is from before.
    const file = openSync(join(folder, "lock"), "r+");
    await once(
      spawn(await findBinary(folder), ["lock", "3"], { stdio: ["ignore", "ignore", "inherit", file] }),
      "close",
    );
    const waiting = waitFor(claim(folder));
    await whileItLooks();
    expect(waiting.waits).toBe(true);
    closeSync(file);
    (await taken(waiting.claimed)).release();
  });

  test.each(["", "{", "{}", "null", '{"pid":1,"socket":"/s","leaving":false}'])(
    "whoever says %j has not said who it is",
    async (said) => {
      const first = await lock(folder);
      writeFileSync(join(folder, "lock"), said);
      const waiting = waitFor(claim(folder));
      await whileItLooks();
      expect(waiting.waits).toBe(true);
      first.release();
      (await taken(waiting.claimed)).release();
    },
  );

  test.each([
    ["", ""],
    [
      '{"process":{"pid":7,"startTime":"1","bootId":"b"},"socket":"/s","phase":"serving"}',
      " (the last one to say so was process 7, socket /s)",
    ],
  ])("one that cannot be seen, and says %j, is not waited for without end", async (said, told) => {
    const first = await lock(folder);
    writeFileSync(join(folder, "lock"), said);
    await expect(claim(folder, socket, { silenceLimit: 30 })).rejects.toThrow(
      `the state directory ${folder} is locked by a process that cannot be seen from here${told}. ` +
        "It may run in a container or another pid namespace: stop it there, or choose another directory with SLIPWAY_ROOT.",
    );
    first.release();
  });

  test("one that is leaving is waited for beyond the time in which it has to say who it is", async () => {
    const first = await lock(folder);
    first.announceLeaving();
    const second = waitFor(claim(folder, socket, { silenceLimit: 0 }));
    await whileItLooks();
    expect(second.waits).toBe(true);
    first.release();
    (await taken(second.claimed)).release();
  });

  test("is nobody else's to take: its file is for its owner alone, and a link is not followed", async () => {
    (await lock(folder)).release();
    expect(statSync(join(folder, "lock")).mode & 0o777).toBe(0o600);
    mkdirSync(join(folder, "linked"));
    symlinkSync(join(folder, "lock"), join(folder, "linked/lock"));
    await expect(lock(join(folder, "linked"))).rejects.toThrow("ELOOP");
  });
});
