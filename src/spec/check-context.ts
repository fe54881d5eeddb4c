import type { Service } from "./model/service.ts";
import type { NodePath, Place } from "./node.ts";
import type { NormalDocument } from "./normalise.ts";
import type { Report } from "./report.ts";

/** What checks need to know besides the document. */
export interface CheckContext {
  readonly report: Report;
  /** The place of the value at a path. */
  readonly placeOf: (path: NodePath) => Place | undefined;
  /** The place of the key (or list item) at a path. */
  readonly keyPlaceOf: (path: NodePath) => Place | undefined;
}

/** A document split by profiles; only enabled services are checked. */
export interface CheckedDocument extends NormalDocument {
  readonly disabledServices: Readonly<Record<string, Service>>;
}
