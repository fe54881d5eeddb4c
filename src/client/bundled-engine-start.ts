// Starting the bundled engine. Of several that are started at the same time one comes up, and the others say so: the lock of the state folder
// decides, which is the engine's own.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { bundledLog, otherEngines, type BundledLocation } from "./bundled-location.ts";
import { EngineClientError } from "./engine-client.ts";

/** How long the engine may take until it says that it is ready. */
const START_TIMEOUT_MS = 60_000;
/** How many bytes of the engine's log an error shows at most. */
const LOG_TAIL_BYTES = 4_000;

/** What is needed to start an engine. */
export interface StartRequest {
  readonly location: BundledLocation;
  /** The engine's program, absolute. */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/**
 * An engine idles for most of its life. With V8's own defaults, which are made for throughput, it keeps 40 MB more after a burst: new objects
 * get a space of 16 MB at most (here 1), and helper threads that compile and collect have heaps of their own.
 */
const MEMORY_FLAGS = ["--max-semi-space-size=1", "--v8-pool-size=0"];

/**
 * Starts the engine. Resolves when one answers at the location, be it this one or one that was started at the same time; throws
 * EngineClientError saying why it cannot run here.
 */
export async function startBundledEngine(request: StartRequest): Promise<void> {
  const { location } = request;
  await mkdir(location.root, { recursive: true, mode: 0o711 }).catch(cannotWrite(location.root));
  await mkdir(dirname(location.socket), { recursive: true, mode: 0o700 }).catch(
    cannotWrite(dirname(location.socket)),
  );
  const logPath = bundledLog(location);
  const log = await open(logPath, "a", 0o600).catch(cannotWrite(logPath));
  const logStart = (await log.stat()).size;
  try {
    const child = spawn(process.execPath, [...MEMORY_FLAGS, request.script], {
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
