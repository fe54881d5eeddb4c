// Which HTTP status tells a client of which kind of failure.
import type { EngineErrorKind } from "../errors.ts";

/** Status by kind; whatever is not an EngineError answers 500. */
export const STATUS_OF_KIND: Readonly<Record<EngineErrorKind, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  failed: 500,
  "not-implemented": 501,
  unavailable: 503,
};
