export type { Diagnostic, DiagnosticCode, RelatedPlace, Severity, Span } from "./diagnostic.ts";
export type { DiagnosticColours, Paint, RenderOptions } from "./render.ts";
export { renderDiagnostic, renderDiagnostics } from "./render.ts";
