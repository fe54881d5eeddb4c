export type { Diagnostic, DiagnosticCode, Severity, Span } from "./diagnostic.ts";
export { renderDiagnostic, renderDiagnostics } from "./render.ts";
