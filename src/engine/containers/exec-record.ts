// One further process in a container: what was asked for, and what became of it.
import type { ExecCreateBody, ExecInspect } from "../api-types/exec.ts";
import type { Container } from "./container.ts";
import { ExecOutput } from "./exec-output.ts";
import { newId } from "./names.ts";
import type { ShimControl } from "./shim-control.ts";
import { encodeAttach } from "./shim-frames.ts";

/** An exec that is to run, runs, or has run. */
export interface Exec {
  readonly id: string;
  readonly container: Container;
  readonly body: ExecCreateBody;
  readonly output: ExecOutput;
  shim: ShimControl | undefined;
  started: boolean;
  running: boolean;
  exitCode: number | null;
  pid: number;
  /** Settles with its status when it has ended. */
  readonly ended: Promise<number>;
  readonly end: (status: number) => void;
  /** Settles when the process runs, or will never. */
  readonly begun: Promise<void>;
  readonly begin: () => void;
}

/** One that has not been started. */
export function newExec(container: Container, body: ExecCreateBody): Exec {
  let end!: (status: number) => void;
  let begin!: () => void;
  const ended = new Promise<number>((resolve) => (end = resolve));
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const exec: Exec = {
    id: newId(),
    container,
    body,
    output: new ExecOutput(
      (on) => exec.shim?.flow(on),
      // The shim throws away what nobody reads; it must not go through here.
      () => void exec.shim?.send(encodeAttach({ stdout: false, stderr: false })),
    ),
    shim: undefined,
    started: false,
    running: false,
    exitCode: null,
    pid: 0,
    ended,
    end,
    begun,
    begin,
  };
  return exec;
}

/** What `GET /exec/{id}/json` says. */
export function inspectExec(exec: Exec): ExecInspect {
  const [entrypoint = "", ...args] = exec.body.Cmd ?? [];
  return {
    ID: exec.id,
    Running: exec.running,
    ExitCode: exec.exitCode,
    ProcessConfig: {
      tty: exec.body.Tty ?? false,
      entrypoint,
      arguments: args,
      privileged: exec.body.Privileged ?? false,
      user: exec.body.User ?? "",
    },
    OpenStdin: exec.body.AttachStdin ?? false,
    OpenStdout: exec.body.AttachStdout ?? false,
    OpenStderr: exec.body.AttachStderr ?? false,
    CanRemove: exec.started && !exec.running,
    ContainerID: exec.container.id,
    DetachKeys: exec.body.DetachKeys ?? "",
    Pid: exec.pid,
  };
}
