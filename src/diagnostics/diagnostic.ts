/** A place in a file that a person wrote. Lines and columns count from 1; offsets are in UTF-16 units. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where the text ends (exclusive), on `line` or a later one. */
  readonly endLine: number;
  readonly endColumn: number;
}

/** How bad it is: an error stops the command, a warning does not. */
export type Severity = "error" | "warning";

/** Another place that takes part in the problem, with what it has to do with it ("first defined here"). */
export interface RelatedPlace {
  readonly message: string;
  readonly span: Span;
}

/** Something wrong (or doubtful) in what the user wrote. Collected, never thrown. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  /** Starts in lower case, quotes the user's text, says what was expected and what was found. */
  readonly message: string;
  /** Absent only where there is no file to point at. */
  readonly span?: Span;
  /** Where in the document: `["services", "web", "ports", "0"]`. */
  readonly path?: readonly string[];
  readonly hint?: string;
  readonly related?: readonly RelatedPlace[];
}

/** Every code a diagnostic can have; docs/diagnostics.md explains each. */
export type DiagnosticCode =
  | "file-not-found"
  | "file-unreadable"
  | "yaml-syntax"
  | "duplicate-key"
  | "alias-limit"
  | "not-a-mapping"
  | "interpolation-syntax"
  | "variable-required"
  | "variable-unset"
  | "cast"
  | "schema"
  | "unknown-key"
  | "wrong-type"
  | "invalid-value"
  | "undefined-reference"
  | "dependency-cycle"
  | "conflict"
  | "env-file"
  | "project-name"
  | "not-supported"
  | "deprecated"
  | "port-published-twice"
  | "condition-dropped"
  | "unused-resource";
