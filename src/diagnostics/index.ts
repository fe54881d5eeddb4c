export type { Diagnostic, DiagnosticCode, RelatedPlace, Severity, Span } from "./diagnostic.ts";
