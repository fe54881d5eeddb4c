// Further processes in running containers. An exec lives as long as its container's run and is forgotten some time after it ended.
import type { ExecCreateBody, ExecInspect } from "../api-types/exec.ts";
import type { Attachment, ExecBackend, OutputChunk } from "../backend.ts";
import { EngineError } from "../errors.ts";
import { encodeFrame } from "../native/frame.ts";
import { isAboutAccounts } from "./accounts.ts";
import { planContainerCgroups } from "./container-cgroups.ts";
import type { Container } from "./container.ts";
import { inspectExec, newExec } from "./exec-record.ts";
import type { Exec } from "./exec-record.ts";
import { execSpecification } from "./exec-specification.ts";
import { linkEnvironment, standingLinksOf } from "./legacy-links.ts";
import type { Parts } from "./parts.ts";
import { emitContainer, logOf } from "./parts.ts";
import { RememberedExecs } from "./remembered-execs.ts";
import { requireRunning } from "./require-running.ts";
import { seccompFilter } from "./seccomp.ts";
import { ShimControl } from "./shim-control.ts";
import { encodeAttach } from "./shim-frames.ts";
import type { Exit } from "./shim-frames.ts";
import type { StartFailure } from "./shim-control.ts";

/** How an exec that the engine itself runs has ended. */
export interface ExecResult {
  readonly exitCode: number;
  readonly output: string;
}

/** Exit statuses of shells. */
const CANNOT_RUN = 126;
const NOT_FOUND = 127;

export class Execs implements ExecBackend {
  readonly #parts: Parts;
  readonly #execs = new RememberedExecs();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async create(ref: string, body: ExecCreateBody): Promise<{ Id: string }> {
    const container = this.#parts.store.get(ref);
    if ((body.Cmd ?? []).length === 0) throw new EngineError("invalid", "No exec command specified");
    requireReady(container);
    return { Id: this.#add(container, body).id };
  }

  async startDetached(id: string): Promise<void> {
    const exec = this.#execs.get(id);
    requireReady(exec.container);
    if (exec.started) {
      throw new EngineError(
        "conflict",
        exec.running ? `exec ${exec.id} is already running` : `exec ${exec.id} has already run`,
      );
    }
    const failure = await this.#start(exec);
    if (failure === undefined) {
      if (exec.body.AttachStdin === true && exec.body.Tty !== true) void exec.shim?.send(encodeFrame("C")); // nobody writes to it
      return;
    }
    this.#fail(exec, failure);
    throw new EngineError("invalid", refusalText(failure));
  }

  async startAttached(id: string, options: { tty: boolean }): Promise<Attachment> {
    const exec = this.#execs.get(id);
    if (!exec.started) requireReady(exec.container);
    const attachment = this.#attach(exec, options.tty);
    if (exec.exitCode !== null) {
      exec.output.say(`Error: Exec command ${exec.id} has already run\r\n`);
      return attachment;
    }
    if (!exec.started) void this.#startInBand(exec);
    else void exec.shim?.send(encodeAttach({ stdout: true, stderr: true }));
    return attachment;
  }

  async resize(id: string, size: { rows: number; columns: number }): Promise<void> {
    const exec = this.#execs.get(id);
    // A client that has its streams takes the exec for running.
    if (exec.started) await exec.begun;
    if (!exec.running) throw new EngineError("conflict", `exec ${id} is not running`);
    exec.shim?.resize(size.rows, size.columns);
  }

  inspect(id: string): ExecInspect {
    return inspectExec(this.#execs.get(id));
  }

  /** Runs a command to its end for the engine itself; killed when the signal is aborted. `limit`: bytes of output kept. */
  async run(
    container: Container,
    body: ExecCreateBody,
    options: { signal: AbortSignal; limit: number },
  ): Promise<ExecResult> {
    const exec = this.#add(container, body);
    const kept: Buffer[] = [];
    let size = 0;
    exec.output.capture((bytes) => {
      if (size <= options.limit) kept.push(bytes);
      size += bytes.length;
    });
    try {
      const failure = await this.#start(exec);
      if (failure !== undefined) {
        this.#fail(exec, failure);
        throw new EngineError("failed", refusalText(failure));
      }
      const kill = (): void => exec.shim?.kill(9);
      if (options.signal.aborted) kill();
      options.signal.addEventListener("abort", kill);
      const exitCode = await exec.ended;
      options.signal.removeEventListener("abort", kill);
      return { exitCode, output: Buffer.concat(kept).toString("utf8", 0, options.limit + 1) };
    } finally {
      this.#execs.forget(exec);
    }
  }

  #add(container: Container, body: ExecCreateBody): Exec {
    const exec = newExec(container, body);
    this.#execs.add(exec);
    this.#emit(exec, `exec_create: ${(body.Cmd ?? []).join(" ")}`);
    return exec;
  }

  async #start(exec: Exec): Promise<StartFailure | undefined> {
    exec.started = true;
    const { container, body } = exec;
    const { native, cgroups, root } = this.#parts.context;
    const connection = await native.shim(
      "exec",
      execSpecification(container.saved, {
        body,
        folder: container.folder,
        anchor: await native.anchor(),
        rootless: native.rootless,
        cgroups: planContainerCgroups(cgroups, container.saved),
        linkedEnvironment: standingLinksOf(this.#parts, container).flatMap((link) =>
          linkEnvironment(link, container.saved.name),
        ),
        seccomp: seccompFilter(root, container.saved.hostConfig),
        apparmor: container.saved.state.apparmor || undefined,
      }),
    );
    const shim = new ShimControl(connection, {
      onWarning: (text) => logOf(this.#parts, container, `exec: ${text}`),
      onOutput: (chunk: OutputChunk) => exec.output.push(chunk),
    });
    exec.shim = shim;
    void shim.exited.then((exit: Exit) => this.#finish(exec, exit.status));
    let failure = await shim.ready();
    if (failure === undefined) {
      if (exec.output.isRead) void shim.send(encodeAttach({ stdout: true, stderr: true }));
      exec.pid = shim.pid;
      exec.running = true;
      this.#emit(exec, `exec_start: ${(body.Cmd ?? []).join(" ")}`);
      failure = await shim.go();
    }
    exec.begin();
    return failure;
  }

  /** The client has its streams already: a failure is told in them. */
  async #startInBand(exec: Exec): Promise<void> {
    let failure: StartFailure | undefined;
    try {
      failure = await this.#start(exec);
    } catch (error) {
      failure = { code: CANNOT_RUN, message: error instanceof Error ? error.message : String(error) };
    }
    if (failure === undefined) return;
    exec.output.say(`${refusalText(failure)}\r\n`);
    this.#fail(exec, failure);
  }

  /** Whatever else is wrong than that there is no such program, an exec says that it cannot be run. */
  #fail(exec: Exec, failure: StartFailure): void {
    this.#finish(exec, failure.code === NOT_FOUND ? NOT_FOUND : CANNOT_RUN);
  }

  #finish(exec: Exec, status: number): void {
    if (exec.exitCode !== null) return;
    exec.running = false;
    exec.exitCode = status;
    exec.pid = 0;
    this.#emit(exec, "exec_die", { exitCode: String(status) });
    exec.container.execs.delete(exec.id);
    exec.begin();
    exec.end(status);
    exec.output.end();
  }

  #attach(exec: Exec, tty: boolean): Attachment {
    const reader = exec.output.reader({
      stdout: exec.body.AttachStdout ?? true,
      stderr: exec.body.AttachStderr ?? true,
    });
    const stdin = exec.body.AttachStdin ?? false;
    const send = async (frame: Buffer): Promise<void> => {
      if (!stdin) return;
      await exec.begun;
      await exec.shim?.send(frame);
    };
    return {
      tty,
      output: reader,
      write: (bytes) => send(encodeFrame("I", bytes)),
      closeInput: () => void send(encodeFrame("C")),
      detach: () => {
        if (!reader.left && exec.exitCode === null) this.#emit(exec, "exec_detach");
        reader.leave();
      },
    };
  }

  #emit(exec: Exec, action: string, attributes: Readonly<Record<string, string>> = {}): void {
    emitContainer(this.#parts, exec.container, action, { execID: exec.id, ...attributes });
  }
}

function refusalText({ message }: StartFailure): string {
  return isAboutAccounts(message) ? message : `OCI runtime exec failed: ${message}`;
}

function requireReady(container: Container): void {
  if (container.saved.state.paused) {
    throw new EngineError(
      "conflict",
      `Container ${container.id} is paused, unpause the container before exec`,
    );
  }
  requireRunning(container);
}
