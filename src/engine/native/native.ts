// Calls of the native binary: to its end, as a stream, or through the starter, as a container's shim.
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Native } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { createAnchor } from "./anchor.ts";
import type { Anchor } from "./anchor.ts";
import { FRAME_HEADER } from "./frame.ts";
import { encodeSpecification } from "./specification.ts";
import { Starter } from "./starter.ts";
import { PROXY_ONLY } from "./ways-out.ts";
import type { WaysOut } from "./ways-out.ts";

const COMPLAINT_LIMIT = 8 * 1024;

/** How the engine's calls of the binary are set up. */
export interface NativeOptions {
  readonly binary: string;
  /** State directory; the anchor is kept and found below it. */
  readonly root: string;
  readonly rootless: boolean;
  /** How containers are to leave the engine's network namespace; by the proxy only when not given. */
  readonly waysOut?: WaysOut;
  /** What shims say on stderr is appended here. */
  readonly logFile: string;
  /** Takes a line for whoever runs the engine. */
  readonly log?: (line: string) => void;
}

/** Native, and the anchor's life for whoever ends the engine. */
export interface NativeHost extends Native {
  /** The anchor's pid when it runs; starts nothing. */
  anchorRunning(): number | undefined;
  /** Ends the anchor and with it the engine's namespaces, and the starter; to be called only when no container runs. */
  endAnchor(): Promise<void>;
}

type Call = ChildProcessByStdio<Writable, Readable, Readable>;

/** Settles with the call's end: rejects with what it said on stderr when it failed. */
function ended(child: Call, name: string): Promise<void> {
  let complaint = "";
  child.stderr.on("data", (bytes: Buffer) => {
    if (complaint.length < COMPLAINT_LIMIT) complaint += bytes.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      reject(new EngineError("failed", `slipway-native ${name}: ${cause.message}`, { cause }));
    });
    child.once("close", (code, signal) => {
      if (code === 0) return resolve();
      const said = complaint.trim().replace(/^slipway-native: /, "");
      const how = signal === null ? `status ${String(code)}` : signal;
      reject(new EngineError("failed", said === "" ? `slipway-native ${name} ended with ${how}` : said));
    });
  });
}

/** Gives the call its input. A call that stops reading says why by its own end; a source that fails ends the call. */
async function feed(child: Call, input: Buffer | Readable | undefined): Promise<void> {
  if (input === undefined || Buffer.isBuffer(input)) {
    child.stdin.on("error", () => undefined); // EPIPE: the call's own end tells
    child.stdin.end(input);
    return;
  }
  try {
    await pipeline(input, child.stdin);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ECONNRESET") return;
    const isOver = child.exitCode !== null || (input.errored === null && input.readableEnded);
    if (code === "ERR_STREAM_PREMATURE_CLOSE" && isOver) return;
    child.kill("SIGKILL");
    throw error;
  }
}

/** Both must go well; the source's own failure is more telling than that of the call it ended. */
async function settle(done: Promise<void>, fed: Promise<void>): Promise<void> {
  const [ending, feeding] = await Promise.allSettled([done, fed]);
  if (feeding.status === "rejected") throw feeding.reason;
  if (ending.status === "rejected") throw ending.reason;
}

class NativeCalls implements NativeHost {
  readonly binary: string;
  readonly rootless: boolean;
  readonly #anchor: Anchor;
  readonly #starter: Starter;

  constructor(options: NativeOptions) {
    this.binary = options.binary;
    this.rootless = options.rootless;
    this.#anchor = createAnchor({ waysOut: PROXY_ONLY, ...options });
    this.#starter = new Starter(options);
  }

  anchor(): Promise<number> {
    return this.#anchor.pid();
  }

  anchorRunning(): number | undefined {
    return this.#anchor.running();
  }

  async endAnchor(): Promise<void> {
    await this.#starter.end();
    await this.#anchor.end();
  }

  async call(
    args: readonly string[],
    options: { input?: Buffer | Readable; signal?: AbortSignal } = {},
  ): Promise<Buffer> {
    const child = await this.#start(args, options.signal);
    const printed: Buffer[] = [];
    child.stdout.on("data", (bytes: Buffer) => printed.push(bytes));
    await settle(ended(child, args[0] ?? ""), feed(child, options.input));
    return Buffer.concat(printed);
  }

  async stream(
    args: readonly string[],
    options: { input?: Readable } = {},
  ): Promise<{ output: Readable; done: Promise<void> }> {
    const child = await this.#start(args);
    const done = settle(ended(child, args[0] ?? ""), feed(child, options.input));
    done.catch(() => undefined); // whoever only reads the output is told by its end
    child.stdout.once("close", () => {
      if (!child.stdout.readableEnded) child.kill("SIGKILL");
    });
    return { output: child.stdout, done };
  }

  async ready(): Promise<void> {
    await this.#starter.ready(await this.anchor());
  }

  async shim(
    kind: "run" | "exec",
    specification: readonly (readonly [string, ...string[]])[],
  ): Promise<Socket> {
    const encoded = encodeSpecification(specification);
    return await this.#starter.request(await this.anchor(), kind === "run" ? "R" : "E", encoded);
  }

  async remove(folders: readonly string[]): Promise<void> {
    const paths = Buffer.from(folders.map((folder) => `${folder}\0`).join(""));
    const connection = await this.#starter.request(await this.anchor(), "D", paths);
    const said: Buffer[] = [];
    connection.on("data", (bytes: Buffer) => said.push(bytes));
    await new Promise((resolve) => connection.once("close", resolve));
    const answer = Buffer.concat(said).toString();
    if (answer.startsWith("X")) return;
    throw new EngineError(
      "failed",
      answer.slice(FRAME_HEADER) || `the removal of ${folders.join(", ")} was cut off`,
    );
  }

  async #start(args: readonly string[], signal?: AbortSignal): Promise<Call> {
    const [subcommand = "", ...rest] = args;
    const enters = this.rootless || subcommand === "net";
    const namespaces = enters ? ["--anchor", String(await this.anchor())] : [];
    if (this.rootless) namespaces.push("--rootless");
    return spawn(this.binary, [subcommand, ...namespaces, ...rest], {
      cwd: "/",
      stdio: ["pipe", "pipe", "pipe"],
      ...(signal === undefined ? {} : { signal, killSignal: "SIGKILL" as const }),
    });
  }
}

/** Makes the native side of one engine; nothing is started yet. */
export function createNative(options: NativeOptions): NativeHost {
  return new NativeCalls(options);
}
