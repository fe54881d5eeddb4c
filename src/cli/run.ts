// Runs one command line in this process: signals, broken pipes, errors, the exit code.
import { CliError } from "./cli-error.ts";
import { Interrupts } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { runProgram } from "./program.ts";
import { painter, usesColor } from "./render/color.ts";

/** The process's streams. Each is opened when it is first used: that takes its time, and few commands use all of them. */
class Streams {
  readonly env = process.env;
  readonly #used = new Set<NodeJS.WriteStream>();

  cwd(): string {
    try {
      return process.cwd();
    } catch (cause) {
      throw new CliError("the current folder is not there any more", { hint: "change to another", cause });
    }
  }

  get stdin(): NodeJS.ReadStream {
    return process.stdin;
  }

  get stdout(): NodeJS.WriteStream {
    return this.#open(process.stdout);
  }

  get stderr(): NodeJS.WriteStream {
    return this.#open(process.stderr);
  }

  #open(stream: NodeJS.WriteStream): NodeJS.WriteStream {
    if (this.#used.has(stream)) return stream;
    this.#used.add(stream);
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // Whoever read our output has seen enough.
      if (error.code === "EPIPE") process.exit(EXIT.ok);
      throw error;
    });
    return stream;
  }

  /** Resolves when all that was written has gone to the system. */
  async flush(): Promise<void> {
    for (const stream of this.#used) await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }
}

/** Runs the command line and ends the process with its exit code; `onDone` is called before, unless the command failed. */
export async function runProcess(argv: readonly string[], onDone: () => void): Promise<never> {
  const interrupts = new Interrupts();
  const onSignal = (): void => {
    if (interrupts.interrupt()) process.exit(EXIT.cancelled);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const streams = new Streams();
  const code = await runGuarded(argv, streams, interrupts);
  await streams.flush();
  if (code !== EXIT.error) onDone();
  process.exit(code);
}

async function runGuarded(
  argv: readonly string[],
  streams: Streams,
  interrupts: Interrupts,
): Promise<number> {
  try {
    return await runProgram(argv, { process: streams, interrupts });
  } catch (error) {
    if (interrupts.signal.aborted && !(error instanceof CliError)) return EXIT.cancelled;
    await showError(error, argv, streams);
    return error instanceof CliError ? error.exitCode : EXIT.error;
  }
}

async function showError(error: unknown, argv: readonly string[], { env, stderr }: Streams): Promise<void> {
  const { describeError } = await import("./describe-error.ts");
  const text = describeError(error);
  if (text.message === "") return;
  if (argv.includes("--progress=json") || argv[argv.indexOf("--progress") + 1] === "json") {
    stderr.write(`${JSON.stringify({ error: true, message: text.message })}\n`);
    return;
  }
  const paint = painter(usesColor("auto", env, stderr.isTTY === true));
  stderr.write(`${paint("red", "error:")} ${text.message}\n`);
  if (text.hint !== undefined) stderr.write(`${paint("cyan", "hint:")} ${text.hint}\n`);
}
