// The flags before the command, and the environment variables that stand in for them.
import type { Command } from "commander";
import { CliError } from "./cli-error.ts";
import type { GlobalOptions } from "./context.ts";
import { flag, integer, list, value } from "./options.ts";
import type { AnsiMode } from "./render/color.ts";

/** Adds them to the program. */
export function addGlobalOptions(program: Command): void {
  for (const option of [
    list("-f, --file <file>", "Compose file; can be given again, later files override earlier ones"),
    value("-p, --project-name <name>", "project name"),
    value("--project-directory <folder>", "folder that relative paths start from"),
    list("--env-file <file>", "file with variables for the Compose file; can be given again"),
    list("--profile <name>", "profile to enable; can be given again"),
    integer("--parallel <number>", "how many engine calls go on at once, -1 for no limit"),
    value("--progress <mode>", "how progress is shown: auto, tty, plain, json, quiet"),
    value("--ansi <mode>", "when to use colours and control characters: auto, always, never"),
    value("--engine <engine>", "engine to use: auto, bundled, docker, podman, or an address"),
    flag("--all-resources", "include all resources, even those that no service uses"),
    flag("--dry-run", "show what would be done, change nothing"),
    flag("--no-ansi", "same as --ansi never").hideHelp(),
    value("--workdir <folder>", "same as --project-directory").hideHelp(),
  ]) {
    program.addOption(option);
  }
}

type RawGlobals = Readonly<Record<string, unknown>>;

/** Reads the parsed flags together with the environment; throws CliError with docker compose's texts. */
export function readGlobals(
  raw: RawGlobals,
  env: Readonly<Record<string, string | undefined>>,
  commandOptions: RawGlobals,
): GlobalOptions {
  const projectDirectory = text(raw["projectDirectory"]) ?? text(raw["workdir"]);
  const projectName = text(raw["projectName"]);
  const engine = text(raw["engine"]);
  const parallel = readParallel(raw["parallel"], env["COMPOSE_PARALLEL_LIMIT"]);
  return {
    file: raw["file"] as readonly string[],
    envFile: raw["envFile"] as readonly string[],
    profile: raw["profile"] as readonly string[],
    progress: text(raw["progress"]) ?? env["COMPOSE_PROGRESS"] ?? "auto",
    ansi: readAnsi(raw, env),
    allResources: raw["allResources"] === true,
    dryRun: raw["dryRun"] === true || commandOptions["dryRun"] === true,
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
    ...(projectName === undefined ? {} : { projectName }),
    ...(engine === undefined ? {} : { engine }),
    ...(parallel === undefined ? {} : { parallel }),
  };
}

function readAnsi(raw: RawGlobals, env: Readonly<Record<string, string | undefined>>): AnsiMode {
  if (raw["noAnsi"] === true) return "never";
  const given = text(raw["ansi"]) ?? (env["COMPOSE_ANSI"] || undefined);
  if (given === undefined) return (env["NO_COLOR"] ?? "") === "" ? "auto" : "never";
  if (given === "auto" || given === "always" || given === "never") return given;
  throw new CliError(`unknown value "${given}" for --ansi: must be one of never, always, auto`);
}

/** Undefined: no limit was given. */
function readParallel(given: unknown, fromEnv: string | undefined): number | undefined {
  if (typeof given === "number") return given > 0 ? given : undefined;
  if (fromEnv === undefined || fromEnv === "") return undefined;
  if (!/^[+-]?\d+$/.test(fromEnv)) {
    throw new CliError(`COMPOSE_PARALLEL_LIMIT must be an integer (found: "${fromEnv}")`);
  }
  return Number(fromEnv) > 0 ? Number(fromEnv) : undefined;
}

function text(given: unknown): string | undefined {
  return typeof given === "string" ? given : undefined;
}
