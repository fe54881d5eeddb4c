import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBinary } from "../../../src/engine/native/binary.ts";
import { createNative } from "../../../src/engine/native/native.ts";
import type { NativeHost } from "../../../src/engine/native/native.ts";
import { identify, isAlive } from "../../../src/engine/native/process-identity.ts";
import { mayRaiseLimits, needsUserNamespace, runProbe } from "../../../src/engine/native/probe.ts";
import type { Probe } from "../../../src/engine/native/probe.ts";
import { encodeSpecification } from "../../../src/engine/native/specification.ts";
import { processesOf } from "../../support/footprint.ts";
import { commandName } from "../../support/proc.ts";

let folder: string;
/** The folder, or one far below it. */
let root: string;
const hosts: NativeHost[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-native-"));
  root = folder;
  mkdirSync(join(root, "run"));
});

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.endAnchor();
  rmSync(folder, { recursive: true, force: true });
});

/** A stand-in for the binary, written in shell: `body` sees the subcommand and its arguments. */
function fakeBinary(body: string): string {
  const path = join(root, "fake-native");
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

// A detached process that names its state directory as the real one does, and whose arguments have the real one's form.
const KEEP_ANCHOR = `
if [ "$1" = anchor ]; then
  echo "$@" >> "${"$"}{0%/*}/anchors"
  node -e 'const { spawn } = require("node:child_process");
    const child = spawn("sh", ["-c", "sleep 300; :", "--keep", ""], { argv0: "anchor", detached: true, stdio: "ignore" });
    child.unref();
    console.log(child.pid);'
  exit
fi`;

function makeNative(body: string, rootless = false): NativeHost {
  const host = createNative({ binary: fakeBinary(body), root, rootless, logFile: join(root, "engine.log") });
  hosts.push(host);
  return host;
}

describe("calls", () => {
  test("give what the binary prints, and take input as bytes or as a stream", async () => {
    const native = makeNative('echo "$@"; cat');
    expect((await native.call(["stat", "a b"])).toString()).toBe("stat a b\n");
    expect((await native.call(["untar"], { input: Buffer.from("bytes") })).toString()).toBe("untar\nbytes");
    const input = Readable.from([Buffer.from("a "), Buffer.from("stream")]);
    expect((await native.call(["untar"], { input })).toString()).toBe("untar\na stream");
  });

  test("throw what the binary says when it fails", async () => {
    const native = makeNative('echo "slipway-native: untar: /x: Not a directory" >&2; exit 1');
    await expect(native.call(["untar"])).rejects.toMatchObject({
      name: "EngineError",
      kind: "failed",
      message: "untar: /x: Not a directory",
    });
    const silent = makeNative("exit 3");
    await expect(silent.call(["rm"])).rejects.toThrow("slipway-native rm ended with status 3");
  });

  test("that fail while there is still input throw their own reason", async () => {
    const native = makeNative('echo "slipway-native: untar: no space" >&2; exit 1');
    const input = Readable.from(
      (function* () {
        for (let piece = 0; piece < 100; piece++) yield Buffer.alloc(100_000);
      })(),
    );
    await expect(native.call(["untar"], { input })).rejects.toThrow("untar: no space");
  });

  test("that fail while a source has nothing to give for now throw their own reason", async () => {
    const native = makeNative('read line; echo "untar: no space" >&2; exit 1');
    const input = new Readable({ read: () => undefined });
    input.push("a line\n");
    await expect(native.call(["untar"], { input })).rejects.toThrow("untar: no space");
  });

  test("whose source fails are ended, and the source's reason is thrown", async () => {
    const native = makeNative("cat >/dev/null");
    const input = new Readable({ read: () => undefined });
    setImmediate(() => input.destroy(new Error("the client left")));
    await expect(native.call(["untar"], { input })).rejects.toThrow("the client left");
  });

  test("can be aborted", async () => {
    const native = makeNative("exec sleep 60");
    const signal = AbortSignal.timeout(20);
    await expect(native.call(["rm", "/x"], { signal })).rejects.toThrow("aborted");
  });

  test("of a binary that is not there say so", async () => {
    const native = createNative({
      binary: join(root, "nothing"),
      root,
      rootless: false,
      logFile: join(root, "log"),
    });
    await expect(native.call(["rm"])).rejects.toThrow(/slipway-native rm: .*ENOENT/);
    await expect(native.shim("run", [])).rejects.toThrow(/cannot be made: .*ENOENT/);
  });

  test("stream: output comes as it is made, and the end tells how it went", async () => {
    const native = makeNative("echo one; read line; echo two; exit 0");
    const input = new Readable({ read: () => undefined });
    const { output, done } = await native.stream(["tar"], { input });
    const [first] = (await once(output, "data")) as [Buffer];
    expect(first.toString()).toBe("one\n");
    input.push("go\n");
    input.push(null);
    let rest = "";
    for await (const bytes of output) rest += (bytes as Buffer).toString();
    await done;
    expect(rest).toBe("two\n");
    const failing = await makeNative("echo half; echo 'slipway-native: tar: gone' >&2; exit 1").stream([
      "tar",
    ]);
    failing.output.resume();
    await expect(failing.done).rejects.toThrow("tar: gone");
  });

  test("stream: whoever lets go of the output ends the call", async () => {
    const native = makeNative("echo $$; exec sleep 60");
    const { output, done } = await native.stream(["tar"]);
    const [pid] = (await once(output, "data")) as [Buffer];
    output.destroy();
    await expect(done).rejects.toThrow("SIGKILL");
    expect(identify(Number(pid.toString()))).toBeUndefined();
  });
});

/** Everything that comes on a connection until its end. */
async function textOf(connection: Socket): Promise<string> {
  let text = "";
  connection.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
  await once(connection, "close");
  return text;
}

/** The starter's pid; undefined when there is none. */
function starterPid(): number | undefined {
  return processesOf(root).find((pid) => commandName(pid) === "slipway-starter");
}

async function realNative(): Promise<NativeHost> {
  const binary = await findBinary(root);
  const host = createNative({ binary, root, rootless: false, logFile: join(root, "engine.log") });
  hosts.push(host);
  return host;
}

const cannotStart = process.geteuid?.() === 0 ? undefined : "needs root";
if (cannotStart !== undefined) console.warn(`the starter is not tried: ${cannotStart}`);

describe.skipIf(cannotStart !== undefined)("the starter", () => {
  test("passes specifications on, and what shims answer", async () => {
    const native = await realNative();
    const connection = await native.shim("run", [["hostname", "web"], ["init"]]);
    expect(await textOf(connection)).toMatch(/^F.{4}128 specification: no command$/s);
    expect(await textOf(await native.shim("exec", [["arg", "true"]]))).toMatch(
      /^F.{4}128 specification: no target$/s,
    );
  });

  test("is started once for many, and again after it was killed", async () => {
    const native = await realNative();
    await Promise.all([native.ready(), native.ready(), native.ready()]);
    const first = starterPid();
    expect(first).toBeGreaterThan(1);
    process.kill(first ?? 0, "SIGKILL");
    await expect.poll(starterPid).toBeUndefined();
    expect(await textOf(await native.shim("run", []))).toContain("no command");
    expect(starterPid()).not.toBe(first);
  });

  test("ends with the anchor", async () => {
    const native = await realNative();
    await native.ready();
    expect(starterPid()).toBeGreaterThan(1);
    await native.endAnchor();
    expect(starterPid()).toBeUndefined();
  });

  test("is reached however deep the state directory is", async () => {
    root = join(root, "d".repeat(120));
    mkdirSync(root);
    const native = await realNative();
    expect(await textOf(await native.shim("run", []))).toContain("no command");
    await native.endAnchor();
  });

  test("removes folders, and says what it cannot remove", async () => {
    const native = await realNative();
    const tree = join(root, "tree");
    mkdirSync(join(tree, "a/b"), { recursive: true });
    writeFileSync(join(tree, "a/b/file"), "");
    await native.remove([tree]);
    expect(existsSync(tree)).toBe(false);
    await native.remove([tree]);
    await expect(native.remove(["/proc/self"])).rejects.toThrow("/proc/self");
  });

  test("that cannot be started says why", async () => {
    const native = makeNative(`${KEEP_ANCHOR}\necho "slipway-native: no luck"; exit 1`);
    await expect(native.ready()).rejects.toMatchObject({
      kind: "failed",
      message: "slipway-native starter: slipway-native: no luck",
    });
  });
});

describe("specifications", () => {
  test("a NUL byte in a field is refused", () => {
    expect(() => encodeSpecification([["env", "A=\0arg\0evil"]])).toThrow("NUL byte");
  });
});

describe("the anchor", () => {
  test("is started once for many callers, and found again by the next engine", async () => {
    const native = makeNative(KEEP_ANCHOR);
    expect(native.anchorRunning()).toBeUndefined();
    const pids = new Set(await Promise.all([native.anchor(), native.anchor(), native.anchor()]));
    expect(pids.size).toBe(1);
    const [pid] = pids;
    expect(readFileSync(join(root, "anchors"), "utf8")).toBe("anchor\n");

    const next = makeNative(KEEP_ANCHOR);
    expect(next.anchorRunning()).toBe(pid);
    expect(await next.anchor()).toBe(pid);
  });

  test("is started anew when the one that was kept is gone, which is told", async () => {
    const told: string[] = [];
    const binary = fakeBinary(KEEP_ANCHOR);
    const log = (line: string): void => void told.push(line);
    const native = createNative({ binary, root, rootless: false, logFile: join(root, "engine.log"), log });
    hosts.push(native);
    const first = await native.anchor();
    expect(told).toEqual([]);
    process.kill(first, "SIGKILL");
    await expect.poll(() => native.anchorRunning()).toBeUndefined();
    expect(await native.anchor()).not.toBe(first);
    expect(told).toEqual([
      expect.stringContaining(`(${first}) has been killed: containers that run are cut off`),
    ]);
    await native.endAnchor();
    await native.anchor();
    expect(told).toHaveLength(1);
  });

  test("another process with its number is not taken for it", async () => {
    const own = identify(process.pid);
    writeFileSync(join(root, "run", "anchor.json"), JSON.stringify({ ...own, startTime: "1" }));
    const native = makeNative(KEEP_ANCHOR);
    expect(native.anchorRunning()).toBeUndefined();
    expect(await native.anchor()).not.toBe(process.pid);
  });

  test("ends when asked to, and its file with it", async () => {
    const native = makeNative(KEEP_ANCHOR);
    const identity = identify(await native.anchor());
    await native.endAnchor();
    expect(identity !== undefined && isAlive(identity)).toBe(false);
    expect(() => readFileSync(join(root, "run", "anchor.json"))).toThrow("ENOENT");
  });

  test("that cannot be started says why", async () => {
    const native = makeNative("echo 'slipway-native: anchor: unshare: Operation not permitted' >&2; exit 1");
    await expect(native.anchor()).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("unshare: Operation not permitted"),
    });
  });

  test("is entered by every call when rootless, and by calls on the network otherwise", async () => {
    const body = `${KEEP_ANCHOR}\necho "$@"`;
    const rootless = makeNative(body, true);
    const pid = await rootless.anchor();
    expect((await rootless.call(["untar", "--root", "/x"])).toString()).toBe(
      `untar --anchor ${pid} --rootless --root /x\n`,
    );
    expect(readFileSync(join(root, "anchors"), "utf8")).toBe("anchor --rootless\n");
    const asRoot = makeNative(body);
    expect((await asRoot.call(["untar", "--root", "/x"])).toString()).toBe("untar --root /x\n");
    expect((await asRoot.call(["net", "bridge-add"])).toString()).toBe(`net --anchor ${pid} bridge-add\n`);
  });
});

function probe(uid: number, capabilities: string): Probe {
  return { uid, capabilities } as Probe;
}

describe("the probe and the binary", () => {
  test("what is not JSON, or does not run, is unavailable", async () => {
    await expect(runProbe(fakeBinary("echo nonsense"), "/tmp")).rejects.toMatchObject({
      kind: "unavailable",
    });
    await expect(runProbe(fakeBinary("echo no >&2; exit 1"), "/tmp")).rejects.toThrow("no");
    expect(await runProbe(fakeBinary(`echo '{"uid":7}'`), "/tmp")).toEqual({ uid: 7 });
  });

  test("only root with the power to make namespaces needs none of its own", () => {
    expect(needsUserNamespace(probe(0, "000001ffffffffff"))).toBe(false);
    expect(needsUserNamespace(probe(0, "00000000a80425fb"))).toBe(true);
    expect(mayRaiseLimits(probe(0, "000001ffffffffff"))).toBe(true);
    expect(mayRaiseLimits(probe(0, "000001fffeffffff"))).toBe(false);
    expect(mayRaiseLimits(probe(1000, "000001ffffffffff"))).toBe(false);
    expect(needsUserNamespace(probe(1000, "000001ffffffffff"))).toBe(true);
  });

  test("SLIPWAY_NATIVE must name something that can be run", async () => {
    const before = process.env["SLIPWAY_NATIVE"];
    try {
      process.env["SLIPWAY_NATIVE"] = join(root, "nothing");
      await expect(findBinary(root)).rejects.toThrow("which is not an executable file");
      const binary = fakeBinary("");
      process.env["SLIPWAY_NATIVE"] = binary;
      expect(await findBinary(root)).toBe(binary);
    } finally {
      if (before === undefined) delete process.env["SLIPWAY_NATIVE"];
      else process.env["SLIPWAY_NATIVE"] = before;
    }
  });
});
