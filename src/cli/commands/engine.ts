// `engine`: the bundled engine's life, its log, and how others reach it.
import { homedir } from "node:os";
import { createReadStream } from "node:fs";
import { open, stat, watch } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import {
  bundledEndpoint,
  bundledLocation,
  bundledLog,
  ensureBundledEngine,
  EngineClientError,
  formatEndpoint,
  getEngineJson,
  pingEngine,
  postToEngine,
  type BundledLocation,
} from "../../client/index.ts";
import { CliError } from "../cli-error.ts";
import { note, type CommandContext } from "../context.ts";
import { engineRequest } from "../engine.ts";
import { EXIT } from "../exit-codes.ts";
import { formatEngineStatus, readEngineStatus } from "../render/engine-status.ts";

const STOP_POLL_MS = 20;
const STOP_LIMIT_MS = 30_000;
const LOG_PIECE_BYTES = 64 * 1024;

function location(context: CommandContext): BundledLocation {
  return bundledLocation({ env: context.env, home: homedir(), uid: process.getuid?.() ?? 0 });
}

/** Runs `engine start`. */
export async function runEngineStart(context: CommandContext): Promise<number> {
  const where = location(context);
  const request = engineRequest(context.env, undefined, (message) => note(context, message));
  await ensureBundledEngine({ ...request, location: where, script: request.engineScript });
  const { pid } = readEngineStatus(await getEngineJson(bundledEndpoint(where), "/slipway/status"));
  note(context, `engine running, pid ${pid}, ${formatEndpoint(bundledEndpoint(where))}`);
  return EXIT.ok;
}

/** Runs `engine stop`. */
export async function runEngineStop(context: CommandContext): Promise<number> {
  const endpoint = bundledEndpoint(location(context));
  if ((await pingEngine(endpoint)).error !== undefined) {
    note(context, "engine not running");
    return EXIT.ok;
  }
  const { pid } = readEngineStatus(await getEngineJson(endpoint, "/slipway/status"));
  await postToEngine(endpoint, "/slipway/shutdown");
  const deadline = Date.now() + STOP_LIMIT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new CliError(`the engine (pid ${pid}) does not end`);
    await delay(STOP_POLL_MS, undefined, { signal: context.interrupts.signal });
  }
  note(context, "engine stopped");
  return EXIT.ok;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Runs `engine status`: exit code 1 when it does not run. */
export async function runEngineStatus(
  context: CommandContext,
  _args: readonly string[],
  options: { readonly format?: string },
): Promise<number> {
  const format = options.format ?? "text";
  if (format !== "text" && format !== "json") {
    throw new CliError(`unsupported format "${format}", use "text" or "json"`);
  }
  const where = location(context);
  const endpoint = bundledEndpoint(where);
  if ((await pingEngine(endpoint)).error !== undefined) {
    throw new CliError(`the bundled engine is not running (${formatEndpoint(endpoint)})`, {
      hint: "it is started when a command needs it, or with `slipway engine start`",
    });
  }
  const status = await getEngineJson(endpoint, "/slipway/status");
  context.stdout.write(
    format === "json"
      ? `${JSON.stringify(status, undefined, 2)}\n`
      : formatEngineStatus(readEngineStatus(status)),
  );
  return EXIT.ok;
}

/** Runs `engine logs`. */
export async function runEngineLogs(
  context: CommandContext,
  _args: readonly string[],
  options: { readonly follow?: true; readonly tail?: number },
): Promise<number> {
  const path = bundledLog(location(context));
  const known = await stat(path).catch(() => undefined);
  if (known === undefined) throw new CliError(`there is no log yet: ${path}`);
  const start = options.tail === undefined ? 0 : await findTail(path, options.tail);
  let position = await copyFrom(path, start, context);
  if (options.follow !== true) return EXIT.ok;
  const { signal } = context.interrupts;
  try {
    for await (const _change of watch(path, { signal })) position = await copyFrom(path, position, context);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return EXIT.cancelled;
}

/** Copies a file's bytes from `start` on to standard output; resolves with where it ended. */
async function copyFrom(path: string, start: number, { stdout }: CommandContext): Promise<number> {
  let position = start;
  for await (const piece of createReadStream(path, { start }) as AsyncIterable<Buffer>) {
    position += piece.length;
    if (!stdout.write(piece)) await new Promise((resolve) => stdout.once("drain", resolve));
  }
  return position;
}

/** Where the last `count` lines of a file begin. */
async function findTail(path: string, count: number): Promise<number> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (count <= 0) return size;
    let breaks = 0;
    for (let end = size; end > 0;) {
      const start = Math.max(0, end - LOG_PIECE_BYTES);
      const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      for (let at = buffer.length - 1; at >= 0; at -= 1) {
        // The line break at the very end closes the last line.
        if (buffer[at] !== 10 || start + at === size - 1) continue;
        breaks += 1;
        if (breaks === count) return start + at + 1;
      }
      end = start;
    }
    return 0;
  } finally {
    await file.close();
  }
}

/** Runs `engine env`. */
export async function runEngineEnv(context: CommandContext): Promise<number> {
  const where = location(context);
  if (process.platform !== "linux") {
    throw new EngineClientError("not-supported", "the bundled engine needs a Linux kernel", {
      resource: "engine",
    });
  }
  context.stdout.write(`export DOCKER_HOST=${formatEndpoint(bundledEndpoint(where))}\n`);
  return EXIT.ok;
}
