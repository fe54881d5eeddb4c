// Files -> one canonical document: each YAML document in turn is filled in, completed by `include` and `extends`, merged over
// the ones before it, checked against the schema, and made canonical.
import { complete } from "./complete.ts";
import type { Asked } from "./environment-files.ts";
import { resolveExtends } from "./extends.ts";
import { resolveIncludes } from "./include.ts";
import { merge, withoutTags } from "./merge.ts";
import type { Node, SourceFile } from "./node.ts";
import { withoutEntry } from "./node.ts";
import type { Report } from "./report.ts";
import { checkSchema } from "./schema.ts";
import type { LoadContext, ModelScope } from "./source-documents.ts";
import { documentsOf, fillIn, reportUnreadable } from "./source-documents.ts";

/** The merged and canonical document of some files. Undefined when they hold nothing at all. `asked` says where each was named. */
export function loadDocuments(
  files: readonly string[],
  scope: ModelScope,
  context: LoadContext,
  asked: readonly Asked[] = [],
): Node | undefined {
  let model: Node | undefined;
  for (const [index, file] of files.entries()) {
    const result = context.sources.read(file);
    if (!result.ok) {
      reportUnreadable(file, result, context, asked[index]);
      continue;
    }
    for (const document of documentsOf(result.source, context)) {
      model = addDocument(model, document, result.source, scope, context);
    }
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
  return complete(current, {
    report,
    hasVariables: context.request.noInterpolate === true,
    history: context.history,
  });
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
