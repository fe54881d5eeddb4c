// What is wrong in the user's files, shown with the lines it is about.
import { isAbsolute, relative } from "node:path";
import type { Diagnostic, Span } from "../../diagnostics/index.ts";
import type { Paint } from "./color.ts";
import { textWidth } from "./text-width.ts";

/** What a diagnostic is drawn with. */
export interface DiagnosticView {
  /** Text of the files by the names that spans use. */
  readonly sources: ReadonlyMap<string, string>;
  /** File names below this folder are shown relative to it. */
  readonly cwd: string;
  readonly paint: Paint;
}

/** Place, message, code frame, related places and hint; ends with a line break. */
export function formatDiagnostic(diagnostic: Diagnostic, view: DiagnosticView): string {
  const { paint } = view;
  const error = diagnostic.severity === "error";
  const label = paint(error ? "red" : "yellow", `${diagnostic.severity}:`);
  const place =
    diagnostic.span === undefined ? "" : `${paint("bold", formatPlace(diagnostic.span, view.cwd))}: `;
  const lines = [`${place}${label} ${diagnostic.message}`];
  if (diagnostic.span !== undefined)
    lines.push(...codeFrame(diagnostic.span, view, error ? "red" : "yellow"));
  for (const { message, span } of diagnostic.related ?? []) {
    lines.push(`  ${formatPlace(span, view.cwd)}: ${message}`, ...codeFrame(span, view, "blue"));
  }
  if (diagnostic.hint !== undefined) lines.push(`  ${paint("cyan", "hint:")} ${diagnostic.hint}`);
  return `${lines.join("\n")}\n`;
}

/** All of them in their order, with an empty line between. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], view: DiagnosticView): string {
  return diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, view)).join("\n");
}

function formatPlace(span: Span, cwd: string): string {
  return `${shortName(span.file, cwd)}:${span.line}:${span.column}`;
}

function shortName(file: string, cwd: string): string {
  if (!isAbsolute(file)) return file;
  const short = relative(cwd, file);
  return short === "" || short.startsWith("..") ? file : short;
}

/** The line with one before and one after it, and marks below what is meant. */
function codeFrame(
  span: Span,
  { sources, paint }: DiagnosticView,
  color: "red" | "yellow" | "blue",
): string[] {
  const text = sources.get(span.file);
  if (text === undefined) return [];
  const lines = text.split(/\r?\n/);
  if (lines[span.line - 1] === undefined) return [];
  const first = Math.max(1, span.line - 1);
  const last = Math.min(lines.at(-1) === "" ? lines.length - 1 : lines.length, span.line + 1);
  const width = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= Math.max(last, span.line); number += 1) {
    const line = expandTabs(lines[number - 1] ?? "");
    const marker = number === span.line ? paint(color, ">") : " ";
    frame.push(`${marker} ${paint("dim", `${String(number).padStart(width)} |`)} ${line}`.trimEnd());
    if (number === span.line) {
      frame.push(
        `  ${" ".repeat(width)} ${paint("dim", "|")} ${markBelow(span, lines[number - 1] ?? "", color, paint)}`,
      );
    }
  }
  return frame;
}

function markBelow(span: Span, line: string, color: "red" | "yellow" | "blue", paint: Paint): string {
  const start = span.column - 1;
  const end = span.endLine > span.line ? line.trimEnd().length : span.endColumn - 1;
  const indent = textWidth(expandTabs(line.slice(0, start)));
  const length = Math.max(1, textWidth(expandTabs(line.slice(start, end))));
  return `${" ".repeat(indent)}${paint(color, "^".repeat(length))}`;
}

function expandTabs(line: string): string {
  return line.replaceAll("\t", "  ");
}
