// `exec`: a command in a running container, with this terminal as its terminal.
import type { ExecSession } from "../../client/index.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { findProjectName, loadOrName } from "../project.ts";
import { listProjectContainers, pickContainer } from "../project-containers.ts";

interface ExecOptions {
  readonly detach?: true;
  readonly env: readonly string[];
  readonly index?: number;
  readonly noTty?: true;
  readonly noTTY?: true;
  readonly tty?: true;
  readonly privileged?: true;
  readonly user?: string;
  readonly workdir?: string;
}

/** Runs `exec`; gives the command's own exit code. */
export async function runExec(
  context: CommandContext,
  args: readonly string[],
  options: ExecOptions,
): Promise<number> {
  if (args.length < 2) throw new CliError(`requires at least 2 arg(s), only received ${args.length}`);
  const [service = "", ...command] = args;
  const tty = wantsTty(context, options);
  const project = findProjectName(context);
  const { client } = await context.connect();
  const container = pickContainer(await listProjectContainers(client, project), service, options.index ?? 0);
  const session = await client.exec(container.id, {
    command,
    tty,
    stdin: options.detach !== true,
    env: options.env.flatMap((variable) => resolveVariable(context, variable)),
    ...(options.detach === true ? { detach: true } : {}),
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.workdir === undefined ? {} : { workingDir: options.workdir }),
    ...(options.privileged === true ? { privileged: true } : {}),
    ...(tty ? { size: { rows: context.stdout.rows, columns: context.stdout.columns } } : {}),
  });
  if (options.detach === true) return EXIT.ok;
  return tty ? runOnTerminal(context, session) : runPiped(context, session);
}

function wantsTty({ stdin, stdout }: CommandContext, options: ExecOptions): boolean {
  if (options.noTty === true || options.noTTY === true || options.detach === true) return false;
  if (options.tty === true && stdin.isTTY !== true) throw new CliError("the input device is not a TTY");
  return stdout.isTTY === true && stdin.isTTY === true;
}

/** `KEY` alone takes its value from the project's environment, and is left out where there is none. */
function resolveVariable(context: CommandContext, variable: string): string[] {
  if (variable.includes("=")) return [variable];
  const known = loadOrName(context).project?.environment[variable] ?? context.env[variable];
  return known === undefined ? [] : [`${variable}=${known}`];
}

async function runOnTerminal(context: CommandContext, session: ExecSession): Promise<number> {
  const { stdin, stdout } = context;
  const resize = (): void => {
    // The process may be gone by the time the window changes.
    session.resize({ rows: stdout.rows, columns: stdout.columns }).catch(() => undefined);
  };
  stdin.setRawMode(true);
  // Whatever ends this process, the user gets a usable terminal back.
  const restore = (): void => void stdin.setRawMode(false);
  process.once("exit", restore);
  try {
    resize();
    stdout.on("resize", resize);
    return await runPiped(context, session);
  } finally {
    stdout.off("resize", resize);
    process.off("exit", restore);
    restore();
  }
}

async function runPiped(context: CommandContext, session: ExecSession): Promise<number> {
  const { stdin, stdout, stderr } = context;
  const input = forwardInput(stdin, session);
  const handler = context.interrupts.handle((count) => {
    // The command has no way to be told; leaving closes its streams.
    if (count === 1) process.exit(EXIT.cancelled);
  });
  try {
    for await (const { stream, bytes } of session.output) {
      const target = stream === "stdout" ? stdout : stderr;
      if (!target.write(bytes)) await new Promise((resolve) => target.once("drain", resolve));
    }
    return await session.exitCode();
  } finally {
    handler.restore();
    input.stop();
  }
}

/** Passes input on as fast as the engine takes it; its end closes the command's input. */
function forwardInput(stdin: NodeJS.ReadStream, session: ExecSession): { stop: () => void } {
  const onData = (bytes: Buffer): void => {
    const taken = session.write(bytes);
    if (taken === undefined) return;
    stdin.pause();
    void taken.then(() => stdin.resume());
  };
  const onEnd = (): void => session.closeInput();
  stdin.on("data", onData);
  stdin.once("end", onEnd);
  stdin.resume();
  return {
    stop: () => {
      stdin.off("data", onData);
      stdin.off("end", onEnd);
      stdin.pause();
    },
  };
}
