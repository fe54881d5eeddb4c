import type { Diagnostic } from "../diagnostics/index.ts";
import type { ExplainResult } from "./explain.ts";
import type { Project } from "./model/project.ts";

/** What came of reading a file. */
export type ReadResult =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly reason: "not-found" | "is-directory" | "unreadable";
      readonly message: string;
    };

/** The outside world as the loader sees it. Paths given to it are absolute. Nothing here throws. */
export interface SpecHost {
  /** The current directory, absolute. */
  readonly cwd: string;
  /** The user's home folder, absolute; what `~` stands for. */
  readonly homedir: string;
  readFile(path: string): ReadResult;
  /** All of standard input (the file `-`). */
  readStdin(): ReadResult;
  /** What is at a path (symbolic links followed), or undefined when there is nothing. */
  kind(path: string): "file" | "directory" | "other" | undefined;
  /** The path without symbolic links; a path that does not exist is given back as it is. */
  realpath(path: string): string;
}

/** What to load, and how. Every property but `environment` may be left out. */
export interface LoadRequest {
  /** The values of `-f`; empty or absent: COMPOSE_FILE, else the default names in this and the parent folders. */
  readonly files?: readonly string[];
  /** The value of `--project-directory`. */
  readonly projectDirectory?: string;
  /** The value of `-p`. */
  readonly projectName?: string;
  /** The values of `--env-file`. */
  readonly envFiles?: readonly string[];
  /** The values of `--profile`; when present they replace COMPOSE_PROFILES. `*` stands for all. */
  readonly profiles?: readonly string[];
  /** The services named on the command line; absent or empty: all. Their own profiles count as active. */
  readonly services?: readonly string[];
  /** Whether a selection takes its dependencies along. Default: true. */
  readonly includeDependencies?: boolean;
  /** The process environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Keeps networks, volumes, secrets, configs and models that no service uses. Default: false. */
  readonly allResources?: boolean;
  /** Leaves `$…` as written. Default: false. */
  readonly noInterpolate?: boolean;
  /** Leaves implied defaults out (the default network, names, implied dependencies). Default: false. */
  readonly noNormalize?: boolean;
  /** Leaves relative paths as written. Default: false. */
  readonly noPathResolution?: boolean;
  /** Skips the checks across elements. Default: false. */
  readonly noConsistency?: boolean;
  /** Leaves `env_file` and valueless `environment` entries as written. Default: false. */
  readonly noEnvResolution?: boolean;
  /** Remembers how values came to be, for `LoadResult.explain`. Default: false. */
  readonly explains?: boolean;
}

/** A variable that the files mention. */
export interface VariableUse {
  readonly name: string;
  readonly required: boolean;
  readonly defaultValue: string;
  /** The text of the `:+` and `+` forms. */
  readonly alternateValue: string;
}

/** What loading gives. No project means that `diagnostics` holds at least one error. */
export interface LoadResult {
  readonly project?: Project;
  /** Sorted by file, line and column; errors and warnings mixed. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text of every file that was read, by the name that spans use; for code frames. */
  readonly sources: ReadonlyMap<string, string>;
  /** The variables used in the files, in the order of their names. */
  readonly variables: readonly VariableUse[];
  /** Says where the values at a dotted path come from. Present with a project, where the request asked for it. */
  readonly explain?: (path: string) => ExplainResult;
}
