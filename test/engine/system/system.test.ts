import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Probe } from "../../../src/engine/native/probe.ts";
import { openEngineLog } from "../../../src/engine/system/engine-log.ts";
import { appArmorFeature, features, refusedEssentials } from "../../../src/engine/system/features.ts";
import { createIdleWatch } from "../../../src/engine/system/idle-watch.ts";
import { readSettings } from "../../../src/engine/system/settings.ts";
import { prepareSocketPath } from "../../../src/engine/system/socket-path.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-system-"));
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

describe("settings", () => {
  const home = "/home/ada";

  test.each([
    ["root", 0, {}, "/var/lib/slipway", "/run/slipway/engine.sock"],
    ["a user", 1, {}, "/home/ada/.local/share/slipway", "/home/ada/.local/share/slipway/run/engine.sock"],
    [
      "a user's session",
      1,
      { XDG_RUNTIME_DIR: "/run/user/1" },
      "/home/ada/.local/share/slipway",
      "/run/user/1/slipway/engine.sock",
    ],
    ["a data folder", 1, { XDG_DATA_HOME: "/data" }, "/data/slipway", "/data/slipway/run/engine.sock"],
    ["a root of one's own", 0, { SLIPWAY_ROOT: "/x/" }, "/x", "/x/engine.sock"],
    ["both", 1, { SLIPWAY_ROOT: "/x", SLIPWAY_SOCKET: "/y/s", XDG_RUNTIME_DIR: "/r" }, "/x", "/y/s"],
    [
      "empty variables",
      0,
      { SLIPWAY_ROOT: "", SLIPWAY_SOCKET: "" },
      "/var/lib/slipway",
      "/run/slipway/engine.sock",
    ],
  ])("%s", (_name, uid, env, root, socket) => {
    expect(readSettings({ env, uid, home })).toEqual({ root, socket, idleSeconds: 300, egress: "auto" });
  });

  test.each([
    ["0", 0],
    ["12", 12],
    ["0.5", 0.5],
    ["", 300],
  ])("SLIPWAY_IDLE_SECONDS=%s", (value, seconds) => {
    expect(readSettings({ env: { SLIPWAY_IDLE_SECONDS: value }, uid: 0, home }).idleSeconds).toBe(seconds);
  });

  test.each([
    [
      { SLIPWAY_IDLE_SECONDS: "soon" },
      'SLIPWAY_IDLE_SECONDS must be a number of seconds, 0 or more, and is "soon"',
    ],
    [{ SLIPWAY_IDLE_SECONDS: "-1" }, "SLIPWAY_IDLE_SECONDS must be a number"],
    [{ SLIPWAY_ROOT: "state" }, 'SLIPWAY_ROOT must be an absolute path, and is "state"'],
    [{ SLIPWAY_SOCKET: "./s" }, "SLIPWAY_SOCKET must be an absolute path"],
    [
      { SLIPWAY_EGRESS: "masquerade" },
      'SLIPWAY_EGRESS must be one of auto, nat, pasta, slirp4netns, proxy, and is "masquerade"',
    ],
  ])("%j is refused", (env, message) => {
    expect(() => readSettings({ env, uid: 0, home })).toThrow(message);
  });
});

test("the log has one line per message, and one old file", () => {
  const file = join(folder, "engine.log");
  const log = openEngineLog(file, 100);
  log("first\nsecond\n");
  expect(readFileSync(file, "utf8")).toMatch(/^\d{4}-\d\d-\d\dT\S+Z first\n {2}second\n$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  log("x".repeat(100));
  log("after");
  expect(readFileSync(`${file}.1`, "utf8")).toContain("first");
  expect(readFileSync(file, "utf8")).toMatch(/^\S+ after\n$/);
});

describe("the socket's place", () => {
  test("a folder of one's own is made", async () => {
    await prepareSocketPath(join(folder, "a", "b", "engine.sock"));
    expect(statSync(join(folder, "a", "b")).mode & 0o777).toBe(0o700);
  });

  test("a socket nobody listens on is removed", async () => {
    const path = join(folder, "engine.sock");
    const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
    await once(spawn(process.execPath, ["-e", script]), "close");
    expect(statSync(path).isSocket()).toBe(true);
    await prepareSocketPath(path);
    expect(existsSync(path)).toBe(false);
  });

  test("one that somebody listens on is left alone", async () => {
    const path = join(folder, "engine.sock");
    const server = createServer().listen(path);
    await once(server, "listening");
    await expect(prepareSocketPath(path)).rejects.toThrow("another program listens on");
    server.close();
    await once(server, "close");
  });

  test("anything else is left alone", async () => {
    const path = join(folder, "engine.sock");
    writeFileSync(path, "precious");
    await expect(prepareSocketPath(path)).rejects.toThrow("something that is not a socket is in the way");
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  test("a path the kernel cannot take is named", async () => {
    await expect(prepareSocketPath(join(folder, "x".repeat(120)))).rejects.toThrow("longer than 107 bytes");
  });
});

describe("idleness", () => {
  test("leaves only after nobody was there for the whole time", () => {
    vi.useFakeTimers();
    let needed = true;
    const onIdle = vi.fn<() => void>();
    const idle = createIdleWatch({ seconds: 10, isNeeded: () => needed, onIdle });
    idle.changed();
    vi.advanceTimersByTime(60_000);
    needed = false;
    idle.changed();
    vi.advanceTimersByTime(9_000);
    needed = true;
    idle.changed();
    vi.advanceTimersByTime(60_000);
    expect(onIdle).not.toHaveBeenCalled();
    needed = false;
    idle.changed();
    vi.advanceTimersByTime(10_000);
    expect(onIdle).toHaveBeenCalledOnce();
    idle.changed();
    vi.advanceTimersByTime(60_000);
    expect(onIdle).toHaveBeenCalledOnce();
  });

  test("notices, too, when what it was needed for ends in silence", () => {
    vi.useFakeTimers();
    let needed = true;
    const onIdle = vi.fn<() => void>();
    createIdleWatch({ seconds: 10, isNeeded: () => needed, onIdle }).changed();
    vi.advanceTimersByTime(25_000);
    needed = false;
    vi.advanceTimersByTime(10_000);
    expect(onIdle).toHaveBeenCalledOnce();
  });

  test("0 seconds: never", () => {
    vi.useFakeTimers();
    const idle = createIdleWatch({ seconds: 0, isNeeded: () => false, onIdle: vi.fn<() => void>() });
    idle.changed();
    expect(vi.getTimerCount()).toBe(0);
  });
});

const everything: Probe = {
  uid: 0,
  kernel: "6.1",
  capabilities: "000001ffffffffff",
  userNamespaces: true,
  containers: true,
  overlay: true,
  overlayUserxattr: true,
  bridge: true,
  veth: true,
  resolverRules: true,
  egress: true,
  echo: true,
  cgroup: { version: 1, memory: "/cg/memory", cpu: "/cg/cpu", pids: "/cg/pids" },
  newuidmap: true,
  subuids: 65536,
  tun: true,
  reasons: {},
};

describe("features", () => {
  test("root needs no user namespace and no subordinate ids", () => {
    const names = features(everything).map(({ name }) => name);
    expect(names).not.toContain("user namespaces");
    expect(features(everything).every(({ available }) => available)).toBe(true);
    expect(refusedEssentials(everything)).toBeUndefined();
  });

  test("whatever is refused has a reason, a consequence and a remedy", () => {
    const refused = features({
      ...everything,
      uid: 1000,
      userNamespaces: false,
      containers: false,
      overlayUserxattr: false,
      bridge: false,
      veth: false,
      resolverRules: false,
      egress: false,
      cgroup: { version: 2, memory: null },
      newuidmap: false,
      reasons: { bridge: "RTM_NEWLINK: Operation not permitted", "cgroup.memory": "permission denied" },
    });
    expect(refused).toHaveLength(11);
    for (const feature of refused) {
      expect(feature).toMatchObject({
        available: false,
        consequence: expect.any(String),
        remedy: expect.any(String),
      });
    }
    expect(refused.find(({ name }) => name === "bridges")?.reason).toBe(
      "RTM_NEWLINK: Operation not permitted",
    );
    expect(refused.find(({ name }) => name === "memory limits")?.reason).toBe("permission denied");
  });

  test("AppArmor is told of where it could confine containers", () => {
    expect(appArmorFeature(undefined)).toEqual([]);
    expect(appArmorFeature(true)).toEqual([{ name: "AppArmor", available: true }]);
    expect(appArmorFeature(false)).toEqual([
      {
        name: "AppArmor",
        available: false,
        consequence: "containers are confined by no profile, unless they name one that is loaded",
        remedy: "install apparmor_parser (Debian: apparmor)",
      },
    ]);
  });

  test("without the essentials the engine says what is missing", () => {
    const probe = {
      ...everything,
      uid: 7,
      userNamespaces: false,
      reasons: { userNamespaces: "unshare: EPERM" },
    };
    expect(refusedEssentials(probe)).toMatch(
      /^this machine refuses what the engine needs: user namespaces \(unshare: EPERM\): /,
    );
  });
});

test("the folder of a socket that belongs to somebody else is not used", async (context) => {
  if (process.getuid?.() !== 0) return context.skip("only root can make another user's folder");
  const { chownSync } = await import("node:fs");
  mkdirSync(join(folder, "theirs"));
  chownSync(join(folder, "theirs"), 4711, 4711);
  await expect(prepareSocketPath(join(folder, "theirs", "s"))).rejects.toThrow("belongs to another user");
});
