// The command line as commander sees it. Each command's code is loaded only when the command runs.
import { Command, CommanderError, type Option } from "commander";
import { normalizeBooleanFlags } from "./boolean-flags.ts";
import { addEngineCommands } from "./commands/engine-flags.ts";
import { addImageCommands } from "./commands/image-flags.ts";
import { addLifecycleCommands } from "./commands/lifecycle-flags.ts";
import { addModelCommands } from "./commands/model-flags.ts";
import { addOutputCommands } from "./commands/output-flags.ts";
import { addUpCommand } from "./commands/up-flags.ts";
import type { CommandContext, Interrupts } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { readGlobals, addGlobalOptions } from "./global-options.ts";
import { usageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

/** The part of the process that a command line runs in. */
export interface ProgramProcess {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  cwd(): string;
}

/** A command's code: gives the exit code. */
type RunCommand<Options> = (
  context: CommandContext,
  args: readonly string[],
  options: Options,
) => Promise<number> | number;

/** Adds commands to a program; `run` binds a command to the module that has its code. */
export interface ProgramBuilder {
  readonly program: Command;
  /** The action of a command: its module is imported when it runs. */
  action<Options extends object>(
    load: () => Promise<RunCommand<Options>>,
  ): (...args: unknown[]) => Promise<void>;
  /** Gives a command its flags, which are made only where the command line names the command. */
  addOptions(command: Command, options: () => readonly Option[]): void;
}

/** Commands that are added together, by their names and aliases. */
const GROUPS: readonly (readonly [names: readonly string[], add: (builder: ProgramBuilder) => void])[] = [
  [["up"], addUpCommand],
  [["down", "start", "stop", "restart", "exec"], addLifecycleCommands],
  [["ps", "logs"], addOutputCommands],
  [["config", "convert", "plan", "version"], addModelCommands],
  [["engine"], addEngineCommands],
  [["image"], addImageCommands],
];

/** Runs a command line; resolves with its exit code. Throws CliError and whatever a command throws. */
export async function runProgram(
  argv: readonly string[],
  around: { readonly process: ProgramProcess; readonly interrupts: Interrupts },
): Promise<number> {
  const outcome = { code: EXIT.ok as number };
  const invoke: Invoke = async (command, run) => {
    outcome.code = await run(createContext(command, around));
  };
  const parse = async (command: Command): Promise<void> => {
    await command.parseAsync(normalizeBooleanFlags(argv, command), { from: "user" });
  };
  const program = buildProgram(argv, invoke, around.process);
  if (argv.length === 0) {
    program.outputHelp();
    return EXIT.ok;
  }
  try {
    await parse(program).catch((error: unknown) => {
      // What a word may stand for, and what may have been meant by it, only the whole program can say.
      if (!(error instanceof CommanderError) || error.code !== "commander.unknownCommand") throw error;
      return parse(buildProgram(argv, invoke, around.process, GROUPS));
    });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const usage = usageError(error, pathOf(program, argv));
    if (usage === undefined) return EXIT.ok;
    throw usage;
  }
  return outcome.code;
}

/** Runs what a command line chose, with the command it was given to. */
type Invoke = (command: Command, run: (context: CommandContext) => Promise<number>) => Promise<void>;

/** The groups that a command line can be about: making all commands takes a millisecond. */
function groupsFor(argv: readonly string[]): typeof GROUPS {
  const named = GROUPS.filter(([names]) => names.some((name) => argv.includes(name)));
  return named.length === 0 || argv.includes("--help") || argv.includes("-h") ? GROUPS : named;
}

/** Builds the program for one command line. */
export function buildProgram(
  argv: readonly string[],
  invoke: Invoke,
  output: Pick<ProgramProcess, "stdout">,
  groups = groupsFor(argv),
): Command {
  const program = new Command("slipway")
    .description("Run compose.yaml projects on Docker, Podman, or the engine that Slipway brings along.")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.stdout.write(text), writeErr: () => undefined })
    .helpCommand(false)
    .version(`Slipway version v${VERSION}`, "-v, --version", "show the version");
  addGlobalOptions(program);
  const builder: ProgramBuilder = {
    program,
    action:
      <Options extends object>(load: () => Promise<RunCommand<Options>>) =>
      async (...args: unknown[]) => {
        const command = args.at(-1) as Command;
        await invoke(command, async (context) => {
          const run = await load();
          return run(context, command.args, command.opts<Options>());
        });
      },
    addOptions: (command, options) => {
      if (![command.name(), ...command.aliases()].some((name) => argv.includes(name))) return;
      for (const option of options()) command.addOption(option);
    },
  };
  for (const [, add] of groups) add(builder);
  return program;
}

function createContext(
  command: Command,
  { process, interrupts }: { readonly process: ProgramProcess; readonly interrupts: Interrupts },
): CommandContext {
  const root = rootOf(command);
  const globals = readGlobals(root.opts(), process.env, command.opts());
  let connected: ReturnType<CommandContext["connect"]> | undefined;
  return {
    globals,
    env: process.env,
    get cwd() {
      return process.cwd();
    },
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    interrupts,
    connect: () => {
      connected ??= import("./engine.ts").then(({ connect, engineRequest }) =>
        connect(
          engineRequest(process.env, globals.engine, (message) => process.stderr.write(`note: ${message}\n`)),
        ),
      );
      return connected;
    },
  };
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/** "slipway up": the command whose help fits a command line that could not be read. */
function pathOf(program: Command, argv: readonly string[]): string {
  const names = [program.name()];
  let command = program;
  for (const token of argv) {
    const next = command.commands.find((sub) => sub.name() === token);
    if (next === undefined) continue;
    names.push(token);
    command = next;
  }
  return names.join(" ");
}
