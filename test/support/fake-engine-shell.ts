// The few programs that the fake engine's containers can run: enough of `sh -c` for tests that also run on real engines.

/** What a program can reach. */
export interface ShellWorld {
  /** Files by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  readonly environment: ReadonlyMap<string, string>;
  print(stream: "stdout" | "stderr", text: string): void;
  readonly signal: AbortSignal;
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1_000);
    timer.unref();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

async function runCommand(words: readonly string[], world: ShellWorld): Promise<number | { exit: number }> {
  const [program = "", ...args] = words;
  const toStderr = args.at(-1) === ">&2";
  const plain = toStderr ? args.slice(0, -1) : args;
  switch (program) {
    case "true":
      return 0;
    case "false":
      return 1;
    case "exit":
      return { exit: Number(plain[0] ?? 0) };
    case "sleep":
      await pause(plain[0] === "infinity" ? 3_600 : Number(plain[0]), world.signal);
      return 0;
    case "echo": {
      const text = plain.map((word) =>
        word.startsWith("$") ? (world.environment.get(word.slice(1)) ?? "") : word,
      );
      world.print(toStderr ? "stderr" : "stdout", `${text.join(" ")}\n`);
      return 0;
    }
    case "cat": {
      const content = world.files.get(plain[0] ?? "");
      world.print(content === undefined ? "stderr" : "stdout", content ?? `cat: ${plain[0]}: No such file\n`);
      return content === undefined ? 1 : 0;
    }
    case "test":
      return world.files.has(plain.at(-1) ?? "") ? 0 : 1;
    default:
      return 127;
  }
}

/** Whether the fake knows a program; starting any other fails as a missing program does. */
export function isKnownProgram(argv: readonly string[]): boolean {
  return ["true", "false", "sleep", "echo", "cat", "test", "sh"].includes(argv[0] ?? "");
}

/** Runs a command to its end and gives its exit code. Rejects when the world's signal fires. */
export async function runShell(argv: readonly string[], world: ShellWorld): Promise<number> {
  const script = argv[0] === "sh" && argv[1] === "-c" ? (argv[2] ?? "") : argv.join(" ");
  let code = 0;
  for (const statement of script.split(";")) {
    const words = statement
      .trim()
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) continue;
    world.signal.throwIfAborted();
    const result = await runCommand(words, world);
    if (typeof result !== "number") return result.exit;
    code = result;
  }
  return code;
}
