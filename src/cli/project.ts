// The project that a command is about: loaded from its files, or only known by its name.
import { loadProject } from "../spec/index.ts";
import type { LoadRequest, LoadResult, Project, ReadResult } from "../spec/index.ts";
import { CliError } from "./cli-error.ts";
import { stderrPaint, type CommandContext } from "./context.ts";
import { createHost } from "./host.ts";
import { OptimisationDelay } from "./optimisation.ts";
import { formatDiagnostics, jsonDiagnostics } from "./render/diagnostic.ts";

/** What a command asks of loading besides the global flags. */
export type LoadOptions = Pick<
  LoadRequest,
  | "services"
  | "includeDependencies"
  | "noInterpolate"
  | "noNormalize"
  | "noPathResolution"
  | "noConsistency"
  | "noEnvResolution"
  | "explains"
>;

/** Loads the project's files and shows what is wrong with them; throws an already shown CliError where that is an error. */
function loadOrFail(context: CommandContext, options: LoadOptions = {}): Project {
  return loadAll(context, options).project;
}

/** The same, with the variables that the files use. `format` is that of what is wrong. */
export function loadAll(
  context: CommandContext,
  options: LoadOptions = {},
  format: "text" | "json" = "text",
): LoadResult & { readonly project: Project } {
  const result = load(context, options);
  if (format === "json") context.stderr.write(jsonDiagnostics(result.diagnostics));
  else showDiagnostics(context, result);
  const { project } = result;
  if (project === undefined) throw new CliError("");
  return { ...result, project };
}

/** A project of which only the name is known has no files here. */
export interface NamedProject {
  readonly name: string;
  readonly project?: Project;
  /** Texts of the project's files, for code frames. */
  readonly sources?: ReadonlyMap<string, string>;
}

/**
 * For commands that do without files: those given with `-f`, or found when there is no `-p`, are loaded; where that
 * fails, COMPOSE_PROJECT_NAME is enough.
 */
export function loadOrName(context: CommandContext, options: LoadOptions = {}): NamedProject {
  const { globals, env } = context;
  if (globals.projectName !== undefined && globals.file.length === 0) return { name: globals.projectName };
  const result = load(context, options);
  if (result.project !== undefined) {
    showDiagnostics(context, result);
    return { name: result.project.name, project: result.project, sources: result.sources };
  }
  const name = env["COMPOSE_PROJECT_NAME"] ?? "";
  if (name !== "") return { name };
  showDiagnostics(context, result);
  throw new CliError("");
}

/** For commands that need nothing but the name: `-p`, COMPOSE_PROJECT_NAME, else from the files. */
export function findProjectName(context: CommandContext): string {
  const { globals, env } = context;
  const known = globals.projectName ?? env["COMPOSE_PROJECT_NAME"] ?? "";
  return known === "" ? loadOrFail(context).name : known;
}

function load(context: CommandContext, options: LoadOptions): LoadResult {
  const { globals, env, cwd } = context;
  const request: LoadRequest = {
    ...options,
    files: globals.file,
    envFiles: globals.envFile,
    environment: env,
    allResources: globals.allResources,
    ...(globals.profile.length === 0 ? {} : { profiles: globals.profile }),
    ...(globals.projectName === undefined ? {} : { projectName: globals.projectName }),
    ...(globals.projectDirectory === undefined ? {} : { projectDirectory: globals.projectDirectory }),
  };
  const host = createHost(cwd);
  const delay = new OptimisationDelay();
  const readFile = (path: string): ReadResult => {
    const result = host.readFile(path);
    if (result.ok) delay.expect(result.text.length);
    return result;
  };
  try {
    return loadProject(request, { ...host, readFile });
  } finally {
    delay.end();
  }
}

function showDiagnostics(context: CommandContext, { diagnostics, sources }: LoadResult): void {
  if (diagnostics.length === 0) return;
  const view = { sources, paint: stderrPaint(context) };
  context.stderr.write(formatDiagnostics(diagnostics, view));
}
