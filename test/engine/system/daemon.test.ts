// The engine's process as it is built: how it starts, is found, leaves, and what stays.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Docker from "dockerode";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identify } from "../../../src/engine/native/process-identity.ts";
import { packageVersion } from "../../../src/engine/native/package-root.ts";
import { allProcesses, kilobytesOf, readProc } from "../../support/proc.ts";

const script = fileURLToPath(new URL("../../../dist/engine.js", import.meta.url));
const missing = existsSync(script) ? "" : " [skipped: dist/engine.js is not built]";

let root: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-daemon-"));
});

afterEach(async () => {
  for (const child of started.splice(0)) await end(child, "SIGKILL");
  // Whatever a test left is stopped by an engine of its own, so that no container and no namespace stays.
  const { child, report } = await start();
  if (report.ready === true) {
    const engine = client();
    for (const { Id } of await engine.listContainers({ all: true }))
      await engine.getContainer(Id).remove({ force: true });
  }
  await end(child, "SIGTERM");
  rmSync(root, { recursive: true, force: true });
});

interface Report {
  readonly ready?: boolean;
  readonly socket?: string;
  readonly pid?: number;
  readonly error?: string;
}

async function start(env: Record<string, string> = {}): Promise<{ child: ChildProcess; report: Report }> {
  const child = spawn(process.execPath, [script], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, SLIPWAY_ROOT: root, SLIPWAY_SOCKET: "", SLIPWAY_IDLE_SECONDS: "0", ...env },
  });
  started.push(child);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, "line")) as [string];
  return { child, report: JSON.parse(line) as Report };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, "exit");
  child.kill(signal);
  return ((await exit) as [number | null])[0];
}

function client(): Docker {
  return new Docker({ socketPath: join(root, "engine.sock") });
}

/** Starts a container that ends at once when told to. */
async function startContainer(engine: Docker): Promise<Docker.Container> {
  const container = await engine.createContainer({
    Image: "slipway/host",
    Cmd: ["sh", "-c", 'trap "exit 0" TERM; echo up; while :; do sleep 0.05; done'],
  });
  await container.start();
  return container;
}

function anchors(): number[] {
  return allProcesses().filter((pid) => readProc(pid, "cmdline").startsWith(`slipway-anchor:${root}\0`));
}

describe.skipIf(missing !== "")(`the engine's process${missing}`, () => {
  test("says that it is ready, and answers only its owner", async () => {
    const { child, report } = await start();
    expect(report).toEqual({ ready: true, socket: join(root, "engine.sock"), pid: child.pid });
    expect(statSync(join(root, "engine.sock")).mode & 0o777).toBe(0o600);
    expect(await client().version()).toMatchObject({
      Platform: { Name: "Slipway" },
      Version: packageVersion,
      ApiVersion: "1.51",
      MinAPIVersion: "1.24",
    });
    for (const name of ["images", "layers", "volumes"]) {
      expect(statSync(join(root, name)).mode & 0o777).toBe(0o700);
    }
    expect(kilobytesOf(child.pid ?? 0, "status", "VmRSS")).toBeLessThan(80 * 1024);
  });

  test("several that are started at once say that the one of them is ready that came up", async () => {
    const engines = await Promise.all(Array.from({ length: 3 }, () => start()));
    const [first] = engines;
    expect(new Set(engines.map(({ report }) => JSON.stringify(report)))).toEqual(
      new Set([JSON.stringify({ ready: true, socket: join(root, "engine.sock"), pid: first?.report.pid })]),
    );
    const others = engines.filter(({ child }) => child.pid !== first?.report.pid);
    expect(others).toHaveLength(2);
    await expect.poll(() => others.map(({ child }) => child.exitCode)).toEqual([0, 0]);
  });

  test("one with another socket on the same state directory is refused", async () => {
    const { report } = await start();
    const other = await start({ SLIPWAY_SOCKET: join(root, "other.sock") });
    expect(other.report).toEqual({
      ready: false,
      error: `another engine (process ${report.pid}, socket ${report.socket}) uses the state directory ${root}`,
    });
    await expect.poll(() => other.child.exitCode).toBe(1);
  });

  test("malformed settings are refused", async () => {
    const { child, report } = await start({ SLIPWAY_IDLE_SECONDS: "soon" });
    expect(report.error).toContain("SLIPWAY_IDLE_SECONDS must be a number");
    await expect.poll(() => child.exitCode).toBe(1);
  });

  test("leaves when nobody needs it, and nothing stays", async () => {
    const { child } = await start({ SLIPWAY_IDLE_SECONDS: "2" });
    const engine = client();
    const container = await startContainer(engine);
    expect(anchors()).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(child.exitCode).toBeNull();
    const exit = once(child, "exit");
    await container.remove({ force: true });
    expect(((await exit) as [number])[0]).toBe(0);
    expect(existsSync(join(root, "engine.sock"))).toBe(false);
    await expect.poll(() => anchors()).toEqual([]);
    expect(readFileSync(join(root, "engine.log"), "utf8")).toContain("leaving: nobody needs it");
  });

  test.each(["SIGTERM", "SIGKILL"] as const)(
    "after %s containers live on and are found again",
    async (signal) => {
      const first = await start();
      const container = await startContainer(client());
      const { Pid } = (await container.inspect()).State;
      const code = await end(first.child, signal);
      expect(code).toBe(signal === "SIGTERM" ? 0 : null);
      expect(existsSync(join(root, "engine.sock"))).toBe(signal === "SIGKILL");
      expect(identify(Pid)).toBeDefined();

      const second = await start();
      expect(second.report.ready).toBe(true);
      expect((await container.inspect()).State).toMatchObject({ Status: "running", Pid });
      expect((await container.logs({ stdout: true })).toString()).toContain("up\n");
      expect(anchors()).toHaveLength(1);
    },
  );

  test("shutdown stops every container and leaves nothing behind", async () => {
    const { child } = await start();
    const containers = [await startContainer(client()), await startContainer(client())];
    const { Pid } = (await (containers[0] as Docker.Container).inspect()).State;
    const exit = once(child, "exit");
    const answer = await fetchStatus("POST", "/slipway/shutdown");
    expect(answer).toBe(204);
    expect(identify(Pid)).toBeUndefined();
    expect(((await exit) as [number])[0]).toBe(0);
    await expect.poll(() => anchors()).toEqual([]);
  });

  test("says why when the machine refuses", async () => {
    const { child, report } = await start({ SLIPWAY_NATIVE: "/nonexistent/slipway-native" });
    expect(report).toEqual({
      ready: false,
      error: 'SLIPWAY_NATIVE names "/nonexistent/slipway-native", which is not an executable file',
    });
    await expect.poll(() => child.exitCode).toBe(1);
  });
});

async function fetchStatus(method: string, path: string): Promise<number> {
  const call = request({ socketPath: join(root, "engine.sock"), method, path, agent: false });
  call.end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}
