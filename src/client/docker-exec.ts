// A process started in a container, over the connection that its start took over.
import type Docker from "dockerode";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { ExecRequest, ExecSession, OutputChunk } from "./engine-client.ts";
import { readOutput } from "./output-frames.ts";
import { translateError } from "./translate-error.ts";

/** How often and how long an exec is asked for its exit code after its output ended; engines note it a little later. */
const EXIT_POLL_MS = 10;
const EXIT_POLL_LIMIT_MS = 5_000;

/** One running exec. Its connection ends when the process does. */
export class DockerExecSession implements ExecSession {
  readonly id: string;
  readonly output: AsyncIterable<OutputChunk>;
  readonly #exec: Docker.Exec;
  readonly #socket: Duplex;
  readonly #ended: Promise<void>;

  private constructor(exec: Docker.Exec, socket: Duplex, tty: boolean) {
    this.id = exec.id;
    this.#exec = exec;
    this.#socket = socket;
    // A reset connection has ended too; what it means is told by whoever reads the output.
    this.#ended = finished(socket, { writable: false }).catch(() => undefined);
    this.output = readExecOutput(socket, exec.id, tty);
  }

  /** Starts it and takes the connection over. */
  static async start(exec: Docker.Exec, request: ExecRequest): Promise<DockerExecSession> {
    const socket = await exec.start({ hijack: true, stdin: request.stdin, Tty: request.tty });
    // The input side breaks when the process leaves first; that is no failure of the exec.
    socket.on("error", () => undefined);
    return new DockerExecSession(exec, socket, request.tty);
  }

  async write(bytes: Buffer): Promise<void> {
    if (!this.#socket.writable || this.#socket.write(bytes)) return;
    await Promise.race([once(this.#socket, "drain"), this.#ended]);
  }

  closeInput(): void {
    this.#socket.end();
  }

  async resize(size: { rows: number; columns: number }): Promise<void> {
    try {
      await this.#exec.resize({ h: size.rows, w: size.columns });
    } catch (error) {
      throw translateError(error, `exec ${this.id}`);
    }
  }

  async exitCode(): Promise<number> {
    await this.#ended;
    return readExitCode(this.#exec);
  }
}

/** Starts it without taking its output; the session's output is empty and its exit code 0. */
export async function startDetached(exec: Docker.Exec): Promise<ExecSession> {
  const stream = await exec.start({ Detach: true, hijack: false, stdin: false });
  stream.resume();
  return {
    id: exec.id,
    output: (async function* (): AsyncGenerator<OutputChunk, void, void> {})(),
    write: async () => undefined,
    closeInput: () => undefined,
    resize: async () => undefined,
    exitCode: async () => 0,
  };
}

async function* readExecOutput(
  socket: Duplex,
  id: string,
  tty: boolean,
): AsyncGenerator<OutputChunk, void, void> {
  try {
    yield* readOutput(socket, { tty });
  } catch (error) {
    throw translateError(error, `exec ${id}`);
  }
}

async function readExitCode(exec: Docker.Exec): Promise<number> {
  const deadline = Date.now() + EXIT_POLL_LIMIT_MS;
  for (;;) {
    const state = await exec.inspect().catch((error: unknown) => {
      throw translateError(error, `exec ${exec.id}`);
    });
    const code = state.ExitCode as number | null;
    if (!state.Running && code !== null) return code;
    if (Date.now() > deadline) {
      throw translateError(new Error("its output ended but it is still running"), `exec ${exec.id}`);
    }
    await delay(EXIT_POLL_MS);
  }
}
