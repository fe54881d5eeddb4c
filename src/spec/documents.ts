// Files -> one canonical document: each YAML document in turn is filled in, completed by `include` and `extends`, merged over
// the ones before it, checked against the schema, and made canonical.
import { complete } from "./complete.ts";
import { resolveExtends } from "./extends.ts";
import { resolveIncludes } from "./include.ts";
import { merge, withoutTags } from "./merge.ts";
import type { Node, SourceFile } from "./node.ts";
import { withoutEntry } from "./node.ts";
import type { Report } from "./report.ts";
import { checkSchema } from "./schema.ts";
import type { LoadContext, LoadOptions, ModelScope } from "./source-documents.ts";
import { documentsOf, fillIn, reportUnreadable } from "./source-documents.ts";

/** The merged, canonical and complete document of some files. Undefined when they hold nothing at all. */
export function loadDocuments(
  files: readonly string[],
  scope: ModelScope,
  context: LoadContext,
  { paths, asked = [] }: LoadOptions = {},
): Node | undefined {
  const parts = files.flatMap((file, index) => {
    const result = context.sources.read(file);
    if (result.ok)
      return documentsOf(result.source, context).map((document) => ({ document, source: result.source }));
    reportUnreadable(file, result, context, asked[index]);
    return [];
  });
  let model: Node | undefined;
  for (const [index, { document, source }] of parts.entries()) {
    const merged = addDocument(model, document, source, scope, context);
    model = complete(merged, {
      report: context.report,
      hasVariables: context.request.noInterpolate === true,
      history: context.history,
      // What is merged over a path may be relative as well.
      paths: index === parts.length - 1 ? paths : undefined,
    });
  }
  return model;
}

function addDocument(
  model: Node | undefined,
  document: Node,
  source: SourceFile,
  scope: ModelScope,
  context: LoadContext,
): Node {
  const { report } = context;
  const filled = fillIn(document, scope.variables, context);
  const included = resolveIncludes(filled, { source, scope, context, loadModel: loadDocuments });
  const extended = resolveExtends(included, source, scope, context);
  const tagged = model === undefined ? extended : merge(model, extended, context);
  const merged = context.tagged.size > 0 ? withoutTags(tagged) : tagged;
  const current = withoutVersion(merged, report);
  checkSchema(current, report);
  return current;
}

function withoutVersion(document: Node, report: Report): Node {
  if (document.kind !== "map") return document;
  const place = document.entries.get("version")?.keyPlace;
  if (place !== undefined) {
    const message =
      "the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion";
    report.warn("deprecated", message, { place, path: ["version"] });
  }
  return withoutEntry(document, "version");
}
