// Command lines: what they ask for, and the exact words for those that cannot be read.
import { mkdtempSync, rmSync } from "node:fs";
import type { Command } from "commander";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { normalizeBooleanFlags } from "../../src/cli/boolean-flags.ts";
import { CliError } from "../../src/cli/cli-error.ts";
import { Interrupts } from "../../src/cli/context.ts";
import { buildProgram, runProgram } from "../../src/cli/program.ts";

interface Parsed {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Lists are there even when no flag gave them anything. */
function given(options: object): Record<string, unknown> {
  const entries = Object.entries(options);
  return Object.fromEntries(entries.filter(([, value]) => !(Array.isArray(value) && value.length === 0)));
}

/** The names and aliases of the commands that are made for a command line. */
function commandsFor(argv: readonly string[]): readonly string[] {
  const { commands } = buildProgram(argv, async () => undefined, process);
  return commands.flatMap((command) => [command.name(), ...command.aliases()]);
}

/** Reads a command line without running it; options that were not given are left out. */
async function parse(line: string): Promise<Parsed> {
  let parsed: Parsed | undefined;
  const argv = line.split(" ");
  const choose = async (command: Command): Promise<void> => {
    parsed = {
      command: command.name(),
      args: command.args,
      options: given(command.opts()),
      globals: given(program.opts()),
    };
  };
  const program = buildProgram(argv, choose, process);
  await program.parseAsync(normalizeBooleanFlags(argv, program), { from: "user" });
  if (parsed === undefined) throw new Error("no command was chosen");
  return parsed;
}

const emptyFolder = mkdtempSync(join(tmpdir(), "slipway-arguments-"));

afterAll(() => rmSync(emptyFolder, { recursive: true }));

/** The message of a command line that fails before it has looked at any file. */
async function failure(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdin, stdout, stderr } = process;
  const around = { env, stdin, stdout, stderr, cwd: () => emptyFolder };
  try {
    await runProgram(line.split(" "), { process: around, interrupts: new Interrupts() });
  } catch (error) {
    if (error instanceof CliError) return error.message;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("what a command line asks for", () => {
  it("is found among few commands as among all", () => {
    const all = commandsFor(["--help"]);
    expect(all).toContain("convert");
    for (const name of all) {
      const some = commandsFor([name]);
      expect(some).toContain(name);
      expect(some.length).toBeLessThan(all.length);
    }
  });

  it.each<[string, Partial<Parsed>]>([
    ["up -d", { command: "up", options: { detach: true } }],
    ["up -dt5 web db", { args: ["web", "db"], options: { detach: true, timeout: 5 } }],
    ["up --detach=true", { options: { detach: true } }],
    ["up -d=false web", { args: ["web"], options: {} }],
    ["up --wait --wait-timeout 3", { options: { wait: true, waitTimeout: 3 } }],
    ["up --scale web=2 --scale db=1", { options: { scale: ["web=2", "db=1"] } }],
    ["up --no-deps --no-recreate --no-start", { options: { noDeps: true, noRecreate: true, noStart: true } }],
    ["up --attach web --no-attach db", { options: { attach: ["web"], noAttach: ["db"] } }],
    ["up --no-color --no-log-prefix", { options: { noColor: true, noLogPrefix: true } }],
    ["-f a.yaml -f b.yaml -p x up", { globals: { file: ["a.yaml", "b.yaml"], projectName: "x" } }],
    ["--engine bundled --profile a ps", { command: "ps", globals: { engine: "bundled", profile: ["a"] } }],
    ["logs -f -n 10 web", { command: "logs", args: ["web"], options: { follow: true, tail: "10" } }],
    ["logs -fn 10", { options: { follow: true, tail: "10" } }],
    ["logs --tail=10 --no-log-prefix", { options: { tail: "10", noLogPrefix: true } }],
    ["exec web ls -l -d", { command: "exec", args: ["web", "ls", "-l", "-d"], options: {} }],
    ["exec -T -e A=1 -e B web env", { args: ["web", "env"], options: { noTty: true, env: ["A=1", "B"] } }],
    ["exec web sh --tty=false", { args: ["web", "sh", "--tty=false"], options: {} }],
    [
      "down -v -t 0 --remove-orphans",
      { command: "down", options: { volumes: true, timeout: 0, removeOrphans: true } },
    ],
    ["convert --services", { command: "config", options: { services: true } }],
    [
      "restart --no-deps -t 1 web",
      { command: "restart", args: ["web"], options: { noDeps: true, timeout: 1 } },
    ],
    ["engine status --format json", { command: "status", options: { format: "json" } }],
    ["plan --json", { command: "plan", options: { json: true } }],
  ])("%s", async (line, expected) => {
    const parsed = await parse(line);
    expect(parsed).toMatchObject(expected);
    expect(parsed.options).toEqual(expected.options ?? {});
  });
});

describe("what a command line cannot ask for", () => {
  it.each([
    ["up --nope", "unknown flag: --nope"],
    ["up -x", "unknown shorthand flag: 'x' in -x"],
    ["up --detch", "unknown flag: --detch, did you mean --detach?"],
    ["upp", 'unknown command: "upp", did you mean up?'],
    ["-f config upp", 'unknown command: "upp", did you mean up?'],
    ["up -f compose.yaml", "unknown shorthand flag: 'f' in -f"],
    ["up --timeout", "flag needs an argument: --timeout"],
    ["up --timeout soon", 'invalid argument "soon" for "-t, --timeout" flag: not an integer'],
    ["up --wait-timeout -1", "--wait-timeout must be a non-negative integer"],
    ["up --force-recreate --no-recreate", "--force-recreate and --no-recreate are incompatible"],
    ["up --no-recreate -V", "--no-recreate and --renew-anon-volumes are incompatible"],
    ["up --always-recreate-deps --no-recreate", "--always-recreate-deps and --no-recreate are incompatible"],
    [
      "up --abort-on-container-exit --abort-on-container-failure",
      "--abort-on-container-failure cannot be combined with --abort-on-container-exit",
    ],
    [
      "up --wait --attach web",
      "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies",
    ],
    [
      "up -d --exit-code-from web",
      "--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch",
    ],
    ["up --attach web --attach-dependencies", "cannot combine --attach and --attach-dependencies"],
    ["up --scale web", 'invalid --scale option "web". Should be SERVICE=NUM'],
    ["up --pull often", 'invalid --pull option "often"'],
    ["down --rmi some", 'invalid value for --rmi: "some"'],
    ["exec web", "requires at least 2 arg(s), only received 1"],
    ["logs --index 1", "--index requires one service to be selected"],
    [
      "logs --since yesterday",
      'invalid value for "since": "yesterday" is no timestamp and no duration such as 42m',
    ],
    ["ps --filter name=x", "unknown filter name"],
    [
      "ps --status busy",
      'unknown status "busy", use one of paused, restarting, removing, running, dead, created, exited',
    ],
    ["ps --format xml", 'unsupported format "xml", use "table", "json" or a template such as "{{.Name}}"'],
    ["ps --format {{.Name", "template: an action is not closed: {{.Name"],
    ["config --format toml", 'unsupported format "toml", use "yaml" or "json"'],
    ["--ansi sometimes ps", 'unknown value "sometimes" for --ansi: must be one of never, always, auto'],
    ["--parallel many ps", 'invalid argument "many" for "--parallel" flag: not an integer'],
  ])("%s", async (line, message) => {
    expect(await failure(line)).toBe(message);
  });

  it("COMPOSE_PARALLEL_LIMIT that is no number", async () => {
    const message = 'COMPOSE_PARALLEL_LIMIT must be an integer (found: "many")';
    expect(await failure("ps", { COMPOSE_PARALLEL_LIMIT: "many" })).toBe(message);
  });
});
