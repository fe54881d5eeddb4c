// The environment that fills variables in: the caller's first, then `--env-file`s or the default `.env`.
import { parseDotenv } from "./dotenv.ts";
import type { FileValue, History } from "./history.ts";
import type { LoadRequest, SpecHost } from "./host.ts";
import type { NodePath, Place } from "./node.ts";
import { directoryOf, resolvePath } from "./paths.ts";
import type { Report } from "./report.ts";
import type { Sources } from "./sources.ts";

/** What reading a file of variables needs. */
export interface EnvironmentReader {
  readonly host: SpecHost;
  readonly sources: Sources;
  readonly report: Report;
  readonly history?: History;
}

/** Where a file was asked for. */
export interface Asked {
  readonly place?: Place | undefined;
  readonly path?: NodePath;
}

/** Variables by name; added to while the environment is put together, never changed afterwards. */
export type Variables = Map<string, string>;

/** The environment before the Compose files are known. */
export interface CallerEnvironment {
  readonly variables: Variables;
  /** The files of `--env-file` or COMPOSE_ENV_FILES, absolute. */
  readonly envFiles: readonly string[];
  /** Whether a `.env` beside the Compose file counts. */
  readonly usesDefaultFile: boolean;
}

/** The process environment and the `--env-file`s; with none of those, the `.env` of the folder that the request points at. */
export function readCallerEnvironment(request: LoadRequest, reader: EnvironmentReader): CallerEnvironment {
  const variables: Variables = new Map();
  for (const [name, value] of Object.entries(request.environment)) {
    if (value !== undefined) variables.set(name, value);
  }
  const { cwd } = reader.host;
  if (!variables.has("PWD")) variables.set("PWD", cwd);
  const asked = request.envFiles ?? [];
  const fromVariable = (variables.get("COMPOSE_ENV_FILES") ?? "").split(",").filter((file) => file !== "");
  const envFiles = (asked.length > 0 ? asked : fromVariable).map((file) => resolvePath(cwd, file));
  if (envFiles.length > 0) addFiles(variables, envFiles, reader);
  const usesDefaultFile = envFiles.length === 0 && !isTrue(variables.get("COMPOSE_DISABLE_ENV_FILE"));
  if (usesDefaultFile) addDefaultFile(variables, firstFolder(request, cwd), reader);
  return { variables, envFiles: asked.length > 0 ? envFiles : [], usesDefaultFile };
}

/** Adds what a folder's `.env` has and the environment lacks; a folder without one adds nothing. */
export function addDefaultFile(variables: Variables, folder: string, reader: EnvironmentReader): void {
  const path = resolvePath(folder, ".env");
  if (reader.host.kind(path) === "file") addFiles(variables, [path], reader);
}

/**
 * Adds what files have and the environment lacks. Of two files the later one wins. Every file must be there; `asked` says where
 * each of them was named.
 */
export function addFiles(
  variables: Variables,
  paths: readonly string[],
  reader: EnvironmentReader,
  asked: readonly Asked[] = [],
): void {
  const found = new Map<string, string>();
  const written = new Map<string, FileValue>();
  for (const [index, path] of paths.entries()) {
    const result = reader.sources.read(path);
    if (!result.ok) {
      const isMissing = result.reason === "not-found";
      const directory = result.reason === "is-directory" ? `${path} is a directory` : result.message;
      const message = isMissing ? `couldn't find env file: ${path}` : directory;
      reader.report.error(isMissing ? "file-not-found" : "file-unreadable", message, asked[index]);
      continue;
    }
    const lookup = (name: string): string | undefined => variables.get(name) ?? found.get(name);
    const values = parseDotenv({
      source: result.source,
      lookup,
      report: reader.report,
      onValue: (name, value, at) => written.set(name, { value, place: at }),
    });
    for (const [name, value] of values) found.set(name, value);
  }
  for (const [name, value] of found) {
    if (variables.has(name)) continue;
    variables.set(name, value);
    const origin = written.get(name);
    if (origin !== undefined) reader.history?.variableRead(name, origin);
  }
}

function firstFolder(request: LoadRequest, cwd: string): string {
  if (request.projectDirectory) return resolvePath(cwd, request.projectDirectory);
  const file = request.files?.find((name) => name !== "-");
  return file === undefined ? cwd : directoryOf(resolvePath(cwd, file));
}

function isTrue(value: string | undefined): boolean {
  return /^(?:1|t|true|y|yes|on)$/i.test(value ?? "");
}
