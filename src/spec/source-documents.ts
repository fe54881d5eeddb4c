// The documents of single files: read once, with their variables filled in. And what all files of a load share.
import type { Asked, Variables } from "./environment-files.ts";
import type { LoadRequest, SpecHost, VariableUse } from "./host.ts";
import type { History } from "./history.ts";
import { interpolate } from "./interpolate.ts";
import type { Node, SourceFile } from "./node.ts";
import { isNull } from "./node.ts";
import { parseDocuments } from "./parse.ts";
import type { PathContext } from "./paths.ts";
import { relativePath } from "./paths.ts";
import type { Report } from "./report.ts";
import type { Sources } from "./sources.ts";

/** What every file of one load shares. */
export interface LoadContext {
  readonly request: LoadRequest;
  readonly host: SpecHost;
  readonly sources: Sources;
  readonly report: Report;
  readonly variableUses: Map<string, VariableUse>;
  readonly parsed: Map<SourceFile, readonly Node[]>;
  /** The files that may hold `!reset` or `!override`; most loads have none. */
  readonly tagged: Set<SourceFile>;
  /** Variables of included files that secrets and configs take their content from, and that the project lacks. */
  readonly captured: Map<string, string>;
  /** The environment of services that were included with one of their own. */
  readonly ownVariables: Map<string, Variables>;
  /** Only where values are to be explained. */
  readonly history?: History;
}

/** What the files of one model share; those that are included have their own. */
export interface ModelScope {
  /** What relative paths in these files are relative to. */
  readonly directory: string;
  readonly variables: Variables;
  /** The including files, outermost first. */
  readonly includedFrom: readonly string[];
}

/** What loading documents may be told besides. */
export interface LoadOptions {
  /** Where the paths of the merged document are resolved; they stay as they are without. */
  readonly paths?: PathContext | undefined;
  /** Where each file was named. */
  readonly asked?: readonly Asked[];
}

/** The documents of a file, each read once. */
export function documentsOf(source: SourceFile, context: LoadContext): readonly Node[] {
  const known = context.parsed.get(source);
  if (known !== undefined) return known;
  const documents = parseDocuments(source, context.report).filter((document) =>
    isDocument(document, source, context),
  );
  context.parsed.set(source, documents);
  if (/!(?:reset|override)\b/.test(source.text)) context.tagged.add(source);
  return documents;
}

function isDocument(document: Node, source: SourceFile, { report }: LoadContext): boolean {
  if (document.kind === "map") return true;
  if (isNull(document)) return false;
  const place = document.place ?? { source, start: 0, end: 0 };
  report.error("not-a-mapping", "top-level object must be a mapping", { place });
  return false;
}

/** A document with its variables filled in. */
export function fillIn(document: Node, variables: Variables, context: LoadContext): Node {
  return interpolate(document, {
    lookup: (name) => variables.get(name),
    report: context.report,
    onVariable: (use) => rememberUse(use, context.variableUses),
    isEnabled: context.request.noInterpolate !== true,
    history: context.history,
  });
}

function rememberUse(use: VariableUse, uses: Map<string, VariableUse>): void {
  const known = uses.get(use.name);
  const merged: VariableUse = {
    name: use.name,
    required: use.required || known?.required === true,
    defaultValue: known?.defaultValue || use.defaultValue,
    alternateValue: known?.alternateValue || use.alternateValue,
  };
  uses.set(use.name, merged);
}

/** How paths of a file in another directory are resolved: to absolute ones, or to what they are seen from the scope's directory. */
export function pathsSeenFrom(
  scope: ModelScope,
  directory: string,
  { host, report, request }: LoadContext,
): PathContext {
  const paths = { homedir: host.homedir, report };
  if (request.noPathResolution === true) {
    return { ...paths, directory: relativePath(scope.directory, directory), realpath: (path) => path };
  }
  return { ...paths, directory, realpath: (path) => host.realpath(path) };
}

/** Says why a Compose file cannot be read. */
export function reportUnreadable(
  file: string,
  result: { readonly reason: string; readonly message: string },
  { sources, report }: LoadContext,
  asked: Asked = {},
): void {
  const name = sources.displayName(file);
  if (result.reason === "not-found")
    report.error("file-not-found", `${name}: no such file or directory`, asked);
  else if (result.reason === "is-directory") report.error("file-unreadable", `${name} is a directory`, asked);
  else report.error("file-unreadable", `cannot read ${name}: ${result.message}`, asked);
}
