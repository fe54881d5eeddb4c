// The engine's own connection to a shim: it hears how the start went and how the process ended, and sends signals. A container's output
// does not pass here (attachments have connections of their own); that of an exec does.
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { OutputChunk } from "../backend.ts";
import { FILES } from "./record.ts";
import { encodeFrame } from "../native/frame.ts";
import { connectIn } from "../native/unix-connection.ts";
import type { Exit, Frame } from "./shim-frames.ts";
import { encodeKill, encodeWindow, FrameDecoder, parseExit } from "./shim-frames.ts";

/** Why a process could not be started: 126, 127 or 128, and what to tell the client. */
export interface StartFailure {
  readonly code: number;
  readonly message: string;
}

export interface ShimOptions {
  /** Folder of the container, for its exit file; an exec has none. */
  readonly folder?: string;
  /** It was found, and its process is known to have been let go: that it was not is the end of a run, too. */
  readonly isFound?: boolean;
  /** Takes what could not be had, or broke later, in words. */
  readonly onWarning?: (text: string) => void;
  /** Of a container: its memory has run out, and the kernel looks for a process to kill. */
  readonly onOutOfMemory?: () => void;
  /** Of a container: its log goes on in another file. */
  readonly onLogBegun?: () => void;
  /** Of an exec: takes what the process writes. */
  readonly onOutput?: (chunk: OutputChunk) => void;
}

/** Settled by the first of these frames, in the order in which a shim sends them. */
type Milestone = { readonly kind: "ready" | "started" } | { readonly kind: "failed"; failure: StartFailure };

const LOST: StartFailure = { code: 128, message: "the shim ended without a word; see the engine's log" };

/**
 * Life of a shim as its engine sees it:
 *
 *     spawned ──R──> held ──G──> (exec) ──S──> running ──X──> exited
 *        └──────F──────┴───────────F──> failed
 *
 * A connection that closes before `X` is a shim that was killed: what the exit file says counts, else status 137.
 */
export class ShimControl {
  /** Pid of the process; 0 until the shim is ready. */
  pid = 0;
  /** The lines of frame `P`. */
  ports = "";
  /** Never rejects. For a process that never started it does not settle, unless the shim was found. */
  readonly exited: Promise<Exit>;
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #options: ShimOptions;
  #ready: Promise<Milestone>;
  #started: Promise<Milestone>;
  #settleReady!: (milestone: Milestone) => void;
  #settleStarted!: (milestone: Milestone) => void;
  #settleExited!: (exit: Exit) => void;
  #ended = false;
  #failed = false;
  #running = false;

  constructor(socket: Socket, options: ShimOptions = {}) {
    this.#socket = socket;
    this.#options = options;
    this.#ready = new Promise((resolve) => (this.#settleReady = resolve));
    this.#started = new Promise((resolve) => (this.#settleStarted = resolve));
    this.exited = new Promise((resolve) => (this.#settleExited = resolve));
    socket.on("data", (bytes: Buffer) => {
      for (const frame of this.#decoder.push(bytes)) this.#receive(frame);
    });
    socket.on("error", () => undefined); // "close" follows and says all there is to say
    socket.on("close", () => this.#closed());
  }

  /** Resolves when all is set up and the process is held; gives the failure when it could not be. */
  async ready(): Promise<StartFailure | undefined> {
    const milestone = await this.#ready;
    return milestone.kind === "failed" ? milestone.failure : undefined;
  }

  /** Lets the process execute; resolves when it has. */
  async go(): Promise<StartFailure | undefined> {
    this.#socket.write(encodeFrame("G"));
    const milestone = await this.#started;
    return milestone.kind === "failed" ? milestone.failure : undefined;
  }

  /** Resolves when the shim said that the process runs, or failed to; for a shim that is found again. */
  async started(): Promise<boolean> {
    return (await this.#started).kind === "started";
  }

  kill(signal: number): void {
    if (!this.#ended) this.#socket.write(encodeKill(signal));
  }

  resize(rows: number, columns: number): void {
    if (!this.#ended) this.#socket.write(encodeWindow(rows, columns));
  }

  /** Sends a frame of another kind. Resolves when the kernel has taken it, or the shim has gone. */
  send(frame: Buffer): Promise<void> {
    if (this.#ended || this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.#socket.write(frame, () => resolve()));
  }

  /** Stops reading, so that the process waits, and starts again. */
  flow(on: boolean): void {
    if (on) this.#socket.resume();
    else this.#socket.pause();
  }

  /** Lets go of the shim: before `go` that undoes everything, afterwards the process lives on. */
  abandon(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #receive({ type, payload }: Frame): void {
    const text = (): string => payload.toString("utf8");
    if (type === "O") this.#options.onOutput?.({ stream: "stdout", bytes: payload });
    else if (type === "E") this.#options.onOutput?.({ stream: "stderr", bytes: payload });
    else if (type === "P") this.ports = text();
    else if (type === "N") this.#options.onWarning?.(text());
    else if (type === "M") this.#options.onOutOfMemory?.();
    else if (type === "B") this.#options.onLogBegun?.();
    else if (type === "R") {
      this.pid = Number(text());
      this.#settleReady({ kind: "ready" });
    } else if (type === "S") {
      this.#running = true;
      this.#settleStarted({ kind: "started" });
    } else if (type === "F") this.#fail(parseFailure(text()));
    else if (type === "X") this.#exit(parseExit(text()));
  }

  #fail(failure: StartFailure): void {
    this.#failed = true;
    this.#settleReady({ kind: "failed", failure });
    this.#settleStarted({ kind: "failed", failure });
    const { isFound, folder } = this.#options;
    if (isFound === true) this.#settleExited(readExit(folder) ?? killedNow());
  }

  #exit(exit: Exit | undefined): void {
    if (this.#ended || exit === undefined) return;
    this.#ended = true;
    this.#settleStarted({ kind: "started" });
    this.#settleExited(exit);
    this.#socket.end();
  }

  #closed(): void {
    if (this.#ended || this.#failed) return;
    if (!this.#running) return this.#fail(LOST);
    this.#exit(readExit(this.#options.folder) ?? killedNow());
  }
}

/** The engine's connection to a shim that it finds running; undefined when none answers. */
export async function findShim(
  folder: string,
  options: Pick<ShimOptions, "onWarning" | "onOutOfMemory" | "onLogBegun">,
): Promise<ShimControl | undefined> {
  const socket = await connectIn(folder, FILES.control);
  return socket === undefined ? undefined : new ShimControl(socket, { folder, isFound: true, ...options });
}

/** What the exit file in `folder` says; undefined when there is none. */
export function readExit(folder: string | undefined): Exit | undefined {
  if (folder === undefined) return undefined;
  try {
    return parseExit(readFileSync(join(folder, FILES.exit), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The exit of a process whose keeper was killed and could not say. */
export function killedNow(): Exit {
  const now = Date.now();
  return {
    status: 137,
    oomKilled: false,
    seconds: Math.floor(now / 1000),
    nanoseconds: (now % 1000) * 1_000_000,
    shimKilled: true,
  };
}

function parseFailure(text: string): StartFailure {
  const match = /^(\d+) (.*)$/s.exec(text);
  return match === null ? { code: 128, message: text } : { code: Number(match[1]), message: match[2] ?? "" };
}
