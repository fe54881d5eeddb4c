// The engine that comes with Slipway: where it is, and starting it when nobody has yet.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Endpoint } from "./endpoint.ts";
import { EngineClientError } from "./engine-client.ts";
import { pingEngine } from "./engine-request.ts";
import { startLockName, takeStartLock } from "./start-lock.ts";

/** How long the engine may take until it says that it is ready. */
const START_TIMEOUT_MS = 60_000;
/** The kernel's limit for the path of a unix socket, without the closing zero byte. */
const SOCKET_PATH_LIMIT = 107;
/** How many bytes of the engine's log an error shows at most. */
const LOG_TAIL_BYTES = 4_000;

/** Where one bundled engine keeps its state and listens; both absolute. */
export interface BundledLocation {
  readonly root: string;
  readonly socket: string;
}

/** What decides where the engine of a user is. */
export interface BundledFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly uid: number;
}

/** State and socket of the user's engine: SLIPWAY_ROOT and SLIPWAY_SOCKET, else the system's places for root, the user's for others. */
export function bundledLocation({ env, home, uid }: BundledFacts): BundledLocation {
  const given = env["SLIPWAY_ROOT"] || undefined;
  const dataHome = env["XDG_DATA_HOME"] || join(home, ".local", "share");
  const root = given ?? (uid === 0 ? "/var/lib/slipway" : join(dataHome, "slipway"));
  const runtimeDir = env["XDG_RUNTIME_DIR"] || undefined;
  if (env["SLIPWAY_SOCKET"]) return { root, socket: env["SLIPWAY_SOCKET"] };
  // A root of one's own is an engine of one's own: it must not be found under the usual socket.
  if (given !== undefined) return { root, socket: join(root, "engine.sock") };
  if (uid === 0) return { root, socket: "/run/slipway/engine.sock" };
  return {
    root,
    socket:
      runtimeDir === undefined
        ? join(root, "run", "engine.sock")
        : join(runtimeDir, "slipway", "engine.sock"),
  };
}

/** The address of the engine at a location. */
export function bundledEndpoint(location: BundledLocation): Endpoint {
  return { kind: "unix", path: location.socket };
}

/** The file that the engine writes its log to. */
export function bundledLog(location: BundledLocation): string {
  return join(location.root, "engine.log");
}

/** What is needed to start an engine. */
export interface StartRequest {
  readonly location: BundledLocation;
  /** The engine's program, absolute. */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly uid: number;
}

/**
 * Makes sure that the engine runs and answers; starts it when it does not. Of several callers at once, in whatever
 * process, one starts it and the others find it. Throws EngineClientError saying why it cannot run here.
 */
export async function ensureBundledEngine(request: StartRequest): Promise<void> {
  const endpoint = bundledEndpoint(request.location);
  refuseWhereImpossible(request);
  if ((await pingEngine(endpoint)) === undefined) return;
  await mkdir(request.location.root, { recursive: true, mode: 0o711 }).catch(
    cannotWrite(request.location.root),
  );
  const lock = await takeStartLock(
    startLockName(request.location.root, request.uid),
    AbortSignal.timeout(START_TIMEOUT_MS),
  );
  try {
    if ((await pingEngine(endpoint)) === undefined) return;
    await startEngine(request);
  } finally {
    lock();
  }
}

function refuseWhereImpossible({ platform, location }: StartRequest): void {
  if (platform !== "linux") {
    const name = platform === "darwin" ? "macOS" : platform === "win32" ? "Windows" : platform;
    const message = `the bundled engine needs a Linux kernel, and this is ${name}`;
    throw new EngineClientError("not-supported", message, {
      resource: "engine",
      hint: otherEngines(platform),
    });
  }
  const length = Buffer.byteLength(location.socket);
  if (length > SOCKET_PATH_LIMIT) {
    const message = `the engine's socket path is ${length} bytes long, the kernel takes ${SOCKET_PATH_LIMIT}: ${location.socket}`;
    const hint = "set SLIPWAY_SOCKET to a shorter path";
    throw new EngineClientError("not-supported", message, { resource: "engine", hint });
  }
}

/** Names engines that would work on a platform. */
export function otherEngines(platform: NodeJS.Platform): string {
  switch (platform) {
    case "darwin":
      return "start Docker Desktop, OrbStack, Colima or `podman machine`, or name an engine with --engine or DOCKER_HOST";
    case "win32":
      return "start Docker Desktop or `podman machine`, run Slipway inside WSL 2, or name an engine with --engine or DOCKER_HOST";
    default:
      return "start Docker (`systemctl start docker`) or Podman (`systemctl --user start podman.socket`), or name an engine with --engine or DOCKER_HOST";
  }
}

async function startEngine(request: StartRequest): Promise<void> {
  const { location } = request;
  await mkdir(dirname(location.socket), { recursive: true, mode: 0o700 }).catch(
    cannotWrite(dirname(location.socket)),
  );
  const logPath = bundledLog(location);
  const log = await open(logPath, "a", 0o600).catch(cannotWrite(logPath));
  const logStart = (await log.stat()).size;
  try {
    const child = spawn(process.execPath, [request.script], {
      detached: true,
      cwd: "/",
      stdio: ["ignore", "pipe", log.fd],
      env: { ...request.env, SLIPWAY_ROOT: location.root, SLIPWAY_SOCKET: location.socket },
    });
    const failure = await readStartReport(child);
    if (failure === undefined) return;
    const tail = await readTail(logPath, logStart);
    const message = `the bundled engine cannot start: ${[failure, tail].filter((text) => text !== "").join("\n")}`;
    throw new EngineClientError("unreachable", message, {
      resource: "engine",
      hint: otherEngines(request.platform),
    });
  } finally {
    await log.close();
  }
}

/** Reads the engine's one line; resolves with what went wrong, or undefined when it is ready. Then lets go of it. */
async function readStartReport(child: ChildProcess): Promise<string | undefined> {
  const { stdout } = child;
  if (stdout === null) throw new Error("internal: the engine was started without a pipe");
  const spawnFailure = once(child, "error").then(([error]) => (error as Error).message);
  const lines = createInterface({ input: stdout });
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  const noAnswer = once(timeout, "abort").then(() => {
    child.kill("SIGKILL");
    return `it did not become ready within ${START_TIMEOUT_MS / 1000} seconds`;
  });
  const report = readFirst(lines).then((line) => {
    if (line === undefined) return "it ended before it was ready";
    return describeReport(line);
  });
  const failure = await Promise.race([spawnFailure, report, noAnswer]);
  lines.close();
  stdout.destroy();
  child.unref();
  return failure;
}

async function readFirst(lines: AsyncIterable<string>): Promise<string | undefined> {
  for await (const line of lines) return line;
  return undefined;
}

function describeReport(line: string): string | undefined {
  let report: { ready?: unknown; error?: unknown };
  try {
    report = JSON.parse(line) as typeof report;
  } catch {
    return `it said "${line}"`;
  }
  if (report.ready === true) return undefined;
  return typeof report.error === "string" ? report.error : `it said "${line}"`;
}

/** What was written to a log from `start` on, cut to its end. */
async function readTail(path: string, start: number): Promise<string> {
  const bytes = await readFile(path);
  return bytes
    .subarray(Math.max(start, bytes.length - LOG_TAIL_BYTES))
    .toString()
    .trim();
}

function cannotWrite(path: string): (error: unknown) => never {
  return (error) => {
    const message = `the bundled engine's folder cannot be used: ${(error as Error).message}`;
    const hint = `make ${path} writable, or set SLIPWAY_ROOT and SLIPWAY_SOCKET`;
    throw new EngineClientError("unreachable", message, { resource: "engine", hint, cause: error });
  };
}
