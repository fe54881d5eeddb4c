// What an attached `up` prints: lines of containers, remarks about them, around the progress that is shown.
import type { CommandContext } from "./context.ts";
import { LogPrinter } from "./log-printer.ts";
import type { ProgressView } from "./render/progress.ts";

/** How an attached `up` draws its lines. */
export interface AttachedStyle {
  readonly prefix: boolean;
  readonly color: boolean;
  /** Each line begins with the time at which it came. */
  readonly timestamps: boolean;
}

/** Standard output and standard error of an attached `up`. */
export class AttachedOutput {
  readonly #context: CommandContext;
  readonly #printer: LogPrinter;
  readonly #style: AttachedStyle;
  #view: ProgressView | undefined;

  constructor(context: CommandContext, project: string, style: AttachedStyle) {
    this.#context = context;
    this.#style = style;
    this.#printer = new LogPrinter(project, style);
  }

  /** The progress that is shown now and must not be disturbed. */
  setView(view: ProgressView | undefined): void {
    this.#view = view;
  }

  /** Names the containers whose lines will follow. */
  announce(containers: readonly string[]): void {
    for (const container of containers) this.#printer.join(container);
    const names = containers.map((container) => this.#printer.short(container)).toSorted();
    if (names.length > 0) this.#print(this.#context.stdout, `Attaching to ${names.join(", ")}\n`);
  }

  /** A line of a container; resolves when the stream takes more. */
  async line(container: string, stream: "stdout" | "stderr", text: string): Promise<void> {
    const stamped = this.#style.timestamps ? `${localTime()} ${text}` : text;
    const target = this.#context[stream];
    if (this.#print(target, this.#printer.line(container, stamped))) return;
    await new Promise((resolve) => target.once("drain", resolve));
  }

  /** A remark about a container: `web-1 exited with code 0`. */
  remark(container: string, text: string): void {
    this.#print(this.#context.stdout, this.#printer.remark(container, text));
  }

  /** A remark about the whole. */
  say(text: string): void {
    this.#print(this.#context.stderr, `${text}\n`);
  }

  #print(target: NodeJS.WriteStream, text: string): boolean {
    if (this.#view === undefined || target.isTTY !== true) return target.write(text);
    let taken = true;
    this.#view.aside(() => {
      taken = target.write(text);
    });
    return taken;
  }
}

/** The time now in the form of the engine's timestamps; what is finer than milliseconds is not known. */
function localTime(): string {
  return new Date().toISOString().replace("Z", "000000Z");
}
