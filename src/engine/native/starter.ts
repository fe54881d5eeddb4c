// The process that starts shims for this engine: each is a fork of it, which costs a fraction of starting a program from here
// (docs/native.md, "Requests to the starter"). It ends with the engine.
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { EngineError } from "../errors.ts";
import { encodeFrame } from "./frame.ts";
import { connectIn } from "./unix-connection.ts";

const SOCKET = "starter.sock";

export interface StarterOptions {
  readonly binary: string;
  /** State directory; the socket is in its folder `run`. */
  readonly root: string;
  readonly rootless: boolean;
  /** What shims say on stderr is appended here. */
  readonly logFile: string;
}

/** `R` run, `E` exec, `D` remove folders. */
export type RequestType = "R" | "E" | "D";

type Child = ChildProcessByStdio<Writable, Readable, null>;

interface Running {
  /** The anchor in whose user namespace it is. */
  readonly anchor: number;
  /** Rejects when it could not be started. */
  readonly child: Promise<Child>;
}

/** Owner of the starter. */
export class Starter {
  readonly #options: StarterOptions;
  #running: Running | undefined;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** Starts the process where there is none yet for that anchor. Throws EngineError (failed). */
  async ready(anchor: number): Promise<void> {
    if (this.#running !== undefined && this.#running.anchor !== anchor) await this.end();
    this.#running ??= this.#start(anchor);
    await this.#running.child;
  }

  /** Makes a request; the connection on which it is answered. Throws EngineError (failed). */
  async request(anchor: number, type: RequestType, payload: Buffer): Promise<Socket> {
    const frame = encodeFrame(type, payload);
    // One that has just been killed may not be known to be gone.
    for (let attempt = 0; attempt < 2; attempt++) {
      await this.ready(anchor);
      const connection = await connectIn(this.#folder, SOCKET);
      if (connection !== undefined) {
        connection.write(frame);
        return connection;
      }
      await this.end();
    }
    throw new EngineError("failed", "slipway-native starter: nobody listens at its socket");
  }

  /** Ends it and waits until it is gone; what it has started lives on. */
  async end(): Promise<void> {
    const child = await this.#running?.child.catch(() => undefined); // told to whoever asked for it
    this.#running = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.ref();
    child.stdin.destroy();
    await ended;
  }

  get #folder(): string {
    return join(this.#options.root, "run");
  }

  #start(anchor: number): Running {
    const running = { anchor, child: this.#spawn(anchor) };
    const forget = (): void => {
      if (this.#running === running) this.#running = undefined;
    };
    running.child.then((child) => child.once("exit", forget), forget);
    return running;
  }

  async #spawn(anchor: number): Promise<Child> {
    const { binary, rootless, logFile } = this.#options;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const namespaces = ["--anchor", String(anchor), ...(rootless ? ["--rootless"] : [])];
    const log = openSync(logFile, "a", 0o600);
    try {
      const child = spawn(binary, [...namespaces, "starter", logFile, this.#folder, SOCKET], {
        cwd: "/",
        detached: true,
        // A small init stays in a copy of this process, and shows the container the environment that it was started with.
        env: {},
        stdio: ["pipe", "pipe", log],
      }) as Child;
      const said = await firstLine(child);
      if (said !== "ready") throw new EngineError("failed", `slipway-native starter: ${said}`);
      letGo(child);
      return child;
    } finally {
      closeSync(log);
    }
  }
}

/** What it prints first, or why it prints nothing. */
function firstLine(child: Child): Promise<string> {
  return new Promise((resolve) => {
    let printed = "";
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(printed.trim() || `ended by ${signal ?? `status ${code}`}`),
    );
    child.stdout.on("data", (bytes: Buffer) => {
      printed += bytes.toString();
      if (printed.includes("\n")) resolve(printed.trim());
    });
  });
}

/** It must not keep this process alive; by the end of its stdin it knows when this process is gone. */
function letGo(child: Child): void {
  child.stdout.destroy();
  child.stdin.on("error", () => undefined); // it has ended, and its end is told otherwise
  (child.stdin as Socket).unref();
  child.unref();
}
