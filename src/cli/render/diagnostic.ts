// What is wrong in the user's files, in the colours of the command line.
import { renderDiagnostics, type Diagnostic } from "../../diagnostics/index.ts";
import type { Paint } from "./color.ts";

/** What diagnostics are drawn with. */
export interface DiagnosticView {
  /** Text of the files by the names that spans use. */
  readonly sources: ReadonlyMap<string, string>;
  readonly paint: Paint;
}

/** All of them in their order, with an empty line between; ends with a line break unless there are none. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  { sources, paint }: DiagnosticView,
): string {
  const colours = {
    error: (text: string) => paint("red", text),
    warning: (text: string) => paint("yellow", text),
    place: (text: string) => paint("bold", text),
    gutter: (text: string) => paint("dim", text),
    hint: (text: string) => paint("cyan", text),
  };
  return renderDiagnostics(diagnostics, { sources, colours });
}

/** One JSON object per line, for editors and CI. Nothing when there are none. */
export function jsonDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => `${JSON.stringify(diagnostic)}\n`).join("");
}
