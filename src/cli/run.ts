// Runs one command line in this process: signals, broken pipes, errors, the exit code.
import { CliError } from "./cli-error.ts";
import { Interrupts } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { describeError } from "./describe-error.ts";
import { runProgram } from "./program.ts";
import { painter, usesColor } from "./render/color.ts";

/** Runs the command line and ends the process with its exit code. */
export async function runProcess(argv: readonly string[]): Promise<never> {
  const interrupts = new Interrupts();
  const onSignal = (): void => {
    if (interrupts.interrupt()) process.exit(EXIT.cancelled);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // Whoever read our output has seen enough.
      if (error.code === "EPIPE") process.exit(EXIT.ok);
      throw error;
    });
  }
  const code = await runGuarded(argv, interrupts);
  await flush(process.stdout);
  await flush(process.stderr);
  process.exit(code);
}

async function runGuarded(argv: readonly string[], interrupts: Interrupts): Promise<number> {
  try {
    return await runProgram(argv, { process, interrupts });
  } catch (error) {
    if (interrupts.signal.aborted && !(error instanceof CliError)) return EXIT.cancelled;
    showError(error, argv);
    return error instanceof CliError ? error.exitCode : EXIT.error;
  }
}

function showError(error: unknown, argv: readonly string[]): void {
  const text = describeError(error);
  if (text.message === "") return;
  if (argv.includes("--progress=json") || argv[argv.indexOf("--progress") + 1] === "json") {
    process.stderr.write(`${JSON.stringify({ error: true, message: text.message })}\n`);
    return;
  }
  const paint = painter(usesColor("auto", process.env, process.stderr.isTTY === true));
  process.stderr.write(`${paint("red", "error:")} ${text.message}\n`);
  if (text.hint !== undefined) process.stderr.write(`${paint("cyan", "hint:")} ${text.hint}\n`);
}

/** Resolves when all that was written has gone to the system. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
