// What every command is given: flags that hold for all, the process's streams, and how to end.
import { setMaxListeners } from "node:events";
import type { ConnectedEngine } from "./engine.ts";
import { painter, usesColor, type AnsiMode, type Paint } from "./render/color.ts";

/** The flags before the command. */
export interface GlobalOptions {
  readonly file: readonly string[];
  readonly projectName?: string;
  readonly projectDirectory?: string;
  readonly envFile: readonly string[];
  readonly profile: readonly string[];
  readonly parallel?: number;
  readonly progress: string;
  readonly ansi: AnsiMode;
  readonly engine?: string;
  readonly allResources: boolean;
  readonly dryRun: boolean;
}

/** The process around a command. */
export interface CommandContext {
  readonly globals: GlobalOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by the first Ctrl-C or SIGTERM, unless the command handles these itself. */
  readonly interrupts: Interrupts;
  /** Connects once; further calls give the same. */
  readonly connect: () => Promise<ConnectedEngine>;
}

/** Draws for standard error. */
export function stderrPaint({ globals, env, stderr }: CommandContext): Paint {
  return painter(usesColor(globals.ansi, env, stderr.isTTY === true));
}

/** A line of information or warning on standard error. */
export function note(context: CommandContext, message: string): void {
  context.stderr.write(`${message}\n`);
}

/** A warning on standard error. */
export function warn(context: CommandContext, message: string): void {
  context.stderr.write(`${stderrPaint(context)("yellow", "warning:")} ${message}\n`);
}

/** Ctrl-C and SIGTERM. */
export class Interrupts {
  #controller: AbortController | undefined;
  #handler: ((count: number) => void) | undefined;
  #count = 0;

  /** Aborted by the first interrupt that no handler took. */
  get signal(): AbortSignal {
    return this.#abortable().signal;
  }

  /** Made when somebody asks for it: that takes Node a while, and the commands that only read need none. */
  #abortable(): AbortController {
    if (this.#controller !== undefined) return this.#controller;
    this.#controller = new AbortController();
    // Every log that is read listens to it, and Node warns of more than ten.
    setMaxListeners(0, this.#controller.signal);
    return this.#controller;
  }

  /** Takes over: called with 1, 2, … until `restore` is called. */
  handle(handler: (count: number) => void): { restore: () => void } {
    this.#handler = handler;
    this.#count = 0;
    return { restore: () => (this.#handler = undefined) };
  }

  /** To be called for each signal that comes; true when the process should end at once. */
  interrupt(): boolean {
    this.#count += 1;
    if (this.#handler !== undefined) {
      this.#handler(this.#count);
      return false;
    }
    const controller = this.#abortable();
    if (controller.signal.aborted) return true;
    controller.abort();
    return false;
  }
}
