// Where the bundled engine is looked for, and how it is started: when none answers, with a reason when it cannot.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureBundledEngine } from "../../src/client/bundled-engine.ts";
import { bundledLocation } from "../../src/client/bundled-location.ts";
import { signalIfThere } from "../support/proc.ts";

describe("the bundled engine's place", () => {
  it.each([
    [
      { uid: 0, env: {} },
      { root: "/var/lib/slipway", socket: "/run/slipway/engine.sock" },
    ],
    [
      { uid: 7, env: { XDG_RUNTIME_DIR: "/run/user/7" } },
      { root: "/home/ada/.local/share/slipway", socket: "/run/user/7/slipway/engine.sock" },
    ],
    [
      { uid: 7, env: {} },
      { root: "/home/ada/.local/share/slipway", socket: "/home/ada/.local/share/slipway/run/engine.sock" },
    ],
    [
      { uid: 7, env: { XDG_DATA_HOME: "/data" } },
      { root: "/data/slipway", socket: "/data/slipway/run/engine.sock" },
    ],
    [
      { uid: 0, env: { SLIPWAY_ROOT: "/r" } },
      { root: "/r", socket: "/r/engine.sock" },
    ],
    [
      { uid: 0, env: { SLIPWAY_ROOT: "/r", SLIPWAY_SOCKET: "/s" } },
      { root: "/r", socket: "/s" },
    ],
  ])("%j", ({ uid, env }, expected) => {
    expect(bundledLocation({ uid, env, home: "/home/ada" })).toEqual(expected);
  });
});

/** Says that it is ready and answers pings until it is killed; each start leaves a line in a file. */
const ENGINE = `
  const { appendFileSync } = require("node:fs");
  appendFileSync(process.env.STARTS, process.pid + "\\n");
  require("node:http").createServer((_request, response) => response.end("OK")).listen(process.env.SLIPWAY_SOCKET, () => {
    console.log(JSON.stringify({ ready: true, socket: process.env.SLIPWAY_SOCKET }));
  });
`;

describe("starting it", () => {
  let folder = "";

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-start-"));
  });

  afterEach(async () => {
    const starts = await readFile(join(folder, "starts"), "utf8").catch(() => "");
    for (const pid of starts.split("\n").filter((line) => line !== "")) signalIfThere(Number(pid), "SIGKILL");
    await rm(folder, { recursive: true });
  });

  async function ensure(
    program: string,
    changes: { platform?: NodeJS.Platform; socket?: string } = {},
  ): Promise<void> {
    const script = join(folder, "engine.cjs");
    await writeFile(script, program);
    await ensureBundledEngine({
      location: { root: join(folder, "root"), socket: changes.socket ?? join(folder, "run", "engine.sock") },
      script,
      env: { ...process.env, STARTS: join(folder, "starts") },
      platform: changes.platform ?? process.platform,
    });
  }

  it("does not happen again while it runs", async () => {
    await ensure(ENGINE);
    await ensure(ENGINE);
    expect((await readFile(join(folder, "starts"), "utf8")).trim().split("\n")).toHaveLength(1);
  });

  it("gives the engine's own reason when it cannot work", async () => {
    const program = `console.log(JSON.stringify({ ready: false, error: "no user namespaces" })); process.exitCode = 1`;
    await expect(ensure(program)).rejects.toMatchObject({
      code: "unreachable",
      message: "the bundled engine cannot start: no user namespaces",
      hint: expect.stringContaining("podman"),
    });
  });

  it("shows what an engine printed that ended without a word", async () => {
    await expect(ensure(`throw new Error("broken build")`)).rejects.toThrow(
      /it ended before it was ready\n[^]*broken build/,
    );
  });

  it.each(["darwin", "win32"] as const)(
    "is refused on %s, with engines that would work",
    async (platform) => {
      await expect(ensure(ENGINE, { platform })).rejects.toMatchObject({
        code: "not-supported",
        message: expect.stringContaining("needs a Linux kernel"),
        hint: expect.stringContaining("Docker Desktop"),
      });
    },
  );

  it("is refused for a socket path that the kernel would cut", async () => {
    await expect(ensure(ENGINE, { socket: `/${"x".repeat(108)}` })).rejects.toMatchObject({
      code: "not-supported",
      hint: "set SLIPWAY_SOCKET to a shorter path",
    });
  });
});
