// Diagnostics as people read them: the place, the message, the lines around it with a mark under the text, a hint, and the other
// places that take part. Pure text; colours come in as functions.
import type { Diagnostic, Severity, Span } from "./diagnostic.ts";

/** Adds colour to a piece of text. */
export type Paint = (text: string) => string;

/** What can be coloured; what is not given stays plain. */
export interface DiagnosticColours {
  readonly error?: Paint;
  readonly warning?: Paint;
  /** `file:line:column`. */
  readonly place?: Paint;
  /** Line numbers and the bar beside them. */
  readonly gutter?: Paint;
  readonly hint?: Paint;
}

export interface RenderOptions {
  /** The text of each file, by the name that spans use. A file that is not there is shown without its lines. */
  readonly sources: ReadonlyMap<string, string>;
  readonly colours?: DiagnosticColours;
}

/** How much of a long line is shown. */
const MAX_WIDTH = 120;

const plain: Paint = (text) => text;

/** All diagnostics in their order, an empty line between two; ends in a newline unless there are none. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, options)).join("\n");
}

/** One diagnostic; several lines, the last one ending in a newline. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const { severity, code, message, span, hint, related = [] } = diagnostic;
  const { colours = {} } = options;
  const paint = colours[severity] ?? plain;
  const lines = [`${placePrefix(span, colours)}${paint(`${severity}:`)} ${visible(message)} [${code}]`];
  if (span !== undefined) lines.push(...frame(span, severity, options));
  if (hint !== undefined) lines.push(`  ${(colours.hint ?? plain)("hint:")} ${visible(hint)}`);
  for (const other of related) {
    lines.push(`${placePrefix(other.span, colours)}note: ${visible(other.message)}`);
    lines.push(...frame(other.span, severity, options));
  }
  return `${lines.join("\n")}\n`;
}

function placePrefix(span: Span | undefined, { place = plain }: DiagnosticColours): string {
  return span === undefined ? "" : `${place(visible(`${span.file}:${span.line}:${span.column}`))}: `;
}

/** The line before, the line with a mark under it, the line after. */
function frame(span: Span, severity: Severity, { sources, colours = {} }: RenderOptions): readonly string[] {
  const text = sources.get(span.file);
  if (text === undefined) return [];
  const lines = text.split(/\r?\n/);
  const marked = lines[span.line - 1];
  if (marked === undefined) return [];
  const { gutter = plain } = colours;
  const paint = colours[severity] ?? plain;
  const from = Math.max(1, span.line - 1);
  const last = Math.min(lines.length, span.line + 1);
  // The newline at the end of a file is not a line of its own.
  const to = last > span.line && lines[last - 1] === "" ? span.line : last;
  const width = String(to).length;
  const window = windowAround(marked, span.column);
  const shown: string[] = [];
  for (let number = from; number <= to; number++) {
    const line = crop(lines[number - 1] ?? "", window);
    shown.push(`  ${gutter(`${String(number).padStart(width)} |`)} ${line}`.trimEnd());
    if (number !== span.line) continue;
    const mark = paint("^".repeat(markLength(span, marked, window)));
    shown.push(
      `  ${gutter(`${" ".repeat(width)} |`)} ${indent(marked.slice(window.start, span.column - 1))}${mark}`,
    );
  }
  return shown;
}

interface Window {
  readonly start: number;
  readonly end: number;
}

/** The stretch of a line that is shown: all of it, or as much as fits around the column. */
function windowAround(line: string, column: number): Window {
  if (line.length <= MAX_WIDTH) return { start: 0, end: MAX_WIDTH };
  const start = Math.max(0, Math.min(column - 1 - MAX_WIDTH / 2, line.length - MAX_WIDTH));
  return { start, end: start + MAX_WIDTH };
}

function crop(line: string, { start, end }: Window): string {
  return visible(line.slice(start, end));
}

function markLength(span: Span, line: string, window: Window): number {
  const end = span.endLine > span.line ? line.trimEnd().length + 1 : span.endColumn;
  const text = line.slice(span.column - 1, Math.min(end - 1, window.end));
  return Math.max(1, indent(text.replaceAll("\t", " ")).length);
}

/** Characters that take two columns on a terminal. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Blanks as wide as some text; tabs stay tabs, so that the mark stands under its text whatever a tab means. */
function indent(text: string): string {
  return text.replace(WIDE, "  ").replace(/[^\t]/g, " ");
}

/** Text from a file must not steer the terminal: control characters are shown as a dot. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "·");
}
