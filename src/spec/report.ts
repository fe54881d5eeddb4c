// Where the phases put what they find wrong. One report belongs to one load.
import type { Diagnostic, DiagnosticCode, Severity } from "../diagnostics/index.ts";
import type { NodePath, Place, SourceFile } from "./node.ts";
import { spanOf } from "./node.ts";

/** What a phase knows about a problem besides its code and message. */
export interface ProblemDetails {
  readonly place?: Place | undefined;
  readonly path?: NodePath;
  readonly hint?: string | undefined;
  readonly related?: readonly { readonly message: string; readonly place: Place | undefined }[];
}

/** Collects diagnostics; never throws. The same problem at the same place is kept once, whichever service it is said of, and a variable is said once to be unset. */
export interface Report {
  error(code: DiagnosticCode, message: string, details?: ProblemDetails): void;
  warn(code: DiagnosticCode, message: string, details?: ProblemDetails): void;
  hasErrors(): boolean;
  /** Whether an error stands exactly at a place. */
  hasErrorAt(place: Place): boolean;
  /** Everything so far, sorted by file, line and column. */
  sorted(): readonly Diagnostic[];
}

/** An empty report. */
export function createReport(): Report {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  const wrong = new Map<SourceFile, Set<string>>();
  let errors = 0;
  const add = (
    severity: Severity,
    code: DiagnosticCode,
    message: string,
    details: ProblemDetails = {},
  ): void => {
    const diagnostic = toDiagnostic(severity, code, message, details);
    const { span } = diagnostic;
    const place = code === "variable-unset" ? "" : `${span?.file}\0${span?.line}\0${span?.column}`;
    const words = span === undefined ? message : withoutName(message, details.path);
    const identity = `${code}\0${words}\0${place}`;
    if (seen.has(identity)) return;
    seen.add(identity);
    if (severity === "error") {
      errors++;
      if (details.place !== undefined) remember(details.place, wrong);
    }
    diagnostics.push(diagnostic);
  };
  return {
    error: (code, message, details) => add("error", code, message, details),
    warn: (code, message, details) => add("warning", code, message, details),
    hasErrors: () => errors > 0,
    hasErrorAt: ({ source, start, end }) => wrong.get(source)?.has(`${start}-${end}`) === true,
    sorted: () => [...diagnostics].toSorted(byPlace),
  };
}

/** One mistake in text that several services share, by an anchor or `extends`, is one mistake. */
function withoutName(message: string, path: NodePath = []): string {
  const [section, name] = path;
  if (section === undefined || name === undefined) return message;
  return message.replace(`${section}.${name}`, section).replace(`"${name}"`, "");
}

function remember({ source, start, end }: Place, places: Map<SourceFile, Set<string>>): void {
  const known = places.get(source) ?? new Set<string>();
  known.add(`${start}-${end}`);
  places.set(source, known);
}

function toDiagnostic(
  severity: Severity,
  code: DiagnosticCode,
  message: string,
  details: ProblemDetails,
): Diagnostic {
  const { place, path, hint } = details;
  const related = (details.related ?? []).flatMap((other) =>
    other.place === undefined ? [] : [{ message: other.message, span: spanOf(other.place) }],
  );
  return {
    severity,
    code,
    message,
    ...(place !== undefined && { span: spanOf(place) }),
    ...(path !== undefined && { path: [...path] }),
    ...(hint !== undefined && { hint }),
    ...(related.length > 0 && { related }),
  };
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.span === undefined || b.span === undefined) {
    return Number(a.span !== undefined) - Number(b.span !== undefined);
  }
  if (a.span.file !== b.span.file) return a.span.file < b.span.file ? -1 : 1;
  return a.span.line - b.span.line || a.span.column - b.span.column;
}
