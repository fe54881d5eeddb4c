// `include`: other models, each with its own directory and environment, become the base of the document that names them.
import type { LoadContext, LoadOptions, ModelScope } from "./source-documents.ts";
import type { Asked, Variables } from "./environment-files.ts";
import { addDefaultFile, addFiles } from "./environment-files.ts";
import { merge } from "./merge.ts";
import type { Entry, MapNode, Node, NodePath, SourceFile } from "./node.ts";
import {
  child,
  isNull,
  map,
  mapChildren,
  mapOf,
  scalar,
  stringValue,
  withEntry,
  withoutEntry,
} from "./node.ts";
import { directoryOf, expandHome, isRemote, resolvePath } from "./paths.ts";
import { checkSchema } from "./schema.ts";
import { pathsSeenFrom } from "./source-documents.ts";
import { asList } from "./mapping.ts";

const IMPORTED = ["services", "volumes", "networks", "secrets", "configs", "models"];

/** How long a chain of inclusions may be: far beyond any project, well within the stack. */
const MAX_CHAIN = 100;

/** Where an `include` stands, and how models are loaded there. */
interface IncludeSite {
  readonly source: SourceFile;
  readonly scope: ModelScope;
  readonly context: LoadContext;
  readonly loadModel: (
    files: readonly string[],
    scope: ModelScope,
    context: LoadContext,
    options: LoadOptions,
  ) => Node | undefined;
}

/**
 * The document merged over everything that it includes, and of that the earlier over the later; the same document when it
 * includes nothing.
 */
export function resolveIncludes(document: Node, site: IncludeSite): Node {
  const { report } = site.context;
  const include = child(document, "include");
  if (include === undefined || document.kind !== "map") return document;
  if (isNull(include)) return withoutEntry(document, "include");
  if (include.kind !== "seq") {
    const place = include.place ?? document.entries.get("include")?.keyPlace;
    report.error("wrong-type", "`include` must be a list", { place, path: ["include"] });
    return withoutEntry(document, "include");
  }
  const items = mapChildren(include, meaningfulPart);
  // The document is checked when nothing of this is left in it.
  checkSchema(mapOf({ include: items }, document.place), report);
  let imported: Node | undefined;
  for (const [index, item] of (items.kind === "seq" ? items.items : []).entries()) {
    const model = loadIncluded(item, ["include", String(index)], site);
    if (model !== undefined) imported = imported === undefined ? model : merge(model, imported, site.context);
  }
  const own = withoutEntry(document, "include");
  return imported === undefined ? own : merge(imported, own, site.context);
}

/** An item without what it leaves open or keeps for others. */
function meaningfulPart(item: Node): Node {
  return mapChildren(item, (value, key) =>
    item.kind === "map" && (isNull(value) || key.startsWith("x-")) ? undefined : value,
  );
}

function loadIncluded(item: Node, path: NodePath, site: IncludeSite): MapNode | undefined {
  const { source, scope, context } = site;
  const { report, sources } = context;
  const asked = includedFiles(item, path, site);
  if (asked === undefined) return undefined;
  const files = asked.map(({ file }) => file);
  const trail = [...scope.includedFrom, source.path];
  const repeated = files.find((file) => trail.includes(file));
  if (repeated !== undefined) {
    const circle = [...trail.slice(trail.indexOf(repeated)), repeated];
    const words = circle.map((file) => sources.displayName(file)).join(" includes ");
    const place = asked.find(({ file }) => file === repeated)?.place;
    report.error("dependency-cycle", `include cycle detected: ${words}`, { place, path });
    return undefined;
  }
  if (trail.length > MAX_CHAIN) {
    const message = `chains of more than ${MAX_CHAIN} files that include each other are not supported`;
    report.error("not-supported", message, { place: item.place, path });
    return undefined;
  }
  const inner = innerScope(item, path, files, trail, site);
  const { directory, variables } = inner;
  const model = site.loadModel(files, inner, context, {
    paths: pathsSeenFrom(scope, directory, context),
    asked,
  });
  if (model === undefined) return undefined;
  keepOwnVariables(model, variables, context);
  return importedParts(withOwnVariables(model, variables));
}

/** A file that an item names, and where. */
interface IncludedFile extends Asked {
  readonly file: string;
}

/** The files of one item, absolute; undefined (and reported) when they cannot be told or are not local. */
function includedFiles(
  item: Node,
  path: NodePath,
  { scope, context }: IncludeSite,
): readonly IncludedFile[] | undefined {
  const list = item.kind === "map" ? child(item, "path") : item;
  const nodes = list && asList(list)?.items;
  const names = nodes?.map(stringValue);
  const paths = names?.filter((name) => name !== undefined);
  // The schema has complained of other shapes.
  if (paths === undefined || paths.length !== names?.length) return undefined;
  if (paths.length === 0) {
    const message = `${path.join(".")} must name at least one file`;
    context.report.error("wrong-type", message, { place: list?.place, path });
    return undefined;
  }
  const remote = paths.find(isRemote);
  if (remote === undefined) {
    const { homedir } = context.host;
    return paths.map((name, index) => ({
      file: resolvePath(scope.directory, expandHome(name, homedir)),
      place: nodes?.[index]?.place ?? item.place,
      path,
    }));
  }
  const message = `${remote}: including files from elsewhere (git, OCI, HTTP) is not supported yet`;
  const place = nodes?.find((node) => stringValue(node) === remote)?.place ?? item.place;
  context.report.error("not-supported", message, { place, path });
  return undefined;
}

/** What is read from the environment only later, is read from that of the included files. */
function keepOwnVariables(model: Node, variables: Variables, { captured, ownVariables }: LoadContext): void {
  for (const section of ["secrets", "configs"]) {
    for (const { value } of entriesOf(child(model, section))) {
      const name = stringValue(child(value, "environment"));
      const text = name === undefined ? undefined : variables.get(name);
      if (name !== undefined && text !== undefined && !captured.has(name)) captured.set(name, text);
    }
  }
  for (const { key, value } of entriesOf(child(model, "services"))) {
    if (child(value, "env_file") !== undefined && !ownVariables.has(key)) ownVariables.set(key, variables);
  }
}

function entriesOf(node: Node | undefined): readonly { readonly key: string; readonly value: Node }[] {
  return node?.kind === "map" ? [...node.entries].map(([key, { value }]) => ({ key, value })) : [];
}

/** Variables without a value are looked up where the files are included, in their own environment. */
function withOwnVariables(model: Node, variables: Variables): Node {
  const services = child(model, "services");
  if (services === undefined || model.kind !== "map") return model;
  const known = (value: Node, name: string): Node => {
    const found = isNull(value) ? variables.get(name) : undefined;
    return found === undefined ? value : scalar(found, value.place);
  };
  const completed = mapChildren(services, (service) =>
    mapChildren(service, (attribute, name) => {
      if (name === "environment") return mapChildren(attribute, known);
      if (name !== "build") return attribute;
      return mapChildren(attribute, (value, key) => (key === "args" ? mapChildren(value, known) : value));
    }),
  );
  return withEntry(model, "services", completed);
}

/** Where the included files stand, and their environment: the including one's, and under it that of their own files. */
function innerScope(
  item: Node,
  path: NodePath,
  files: readonly string[],
  includedFrom: readonly string[],
  { scope, context }: IncludeSite,
): ModelScope {
  const given = stringValue(child(item, "project_directory"));
  const from = (name: string): string => resolvePath(scope.directory, expandHome(name, context.host.homedir));
  const directory = given ? from(given) : directoryOf(files[0] ?? "/");
  const variables = new Map(scope.variables);
  const envFile = child(item, "env_file");
  const envFiles = envFile && asList(envFile)?.items;
  if (envFiles === undefined || envFiles.length === 0) {
    addDefaultFile(variables, directory, context);
  } else {
    const wanted = envFiles.filter((file) => stringValue(file) !== "/dev/null");
    const paths = wanted.map((file) => from(stringValue(file) ?? ""));
    const asked = wanted.map(({ place }) => ({ place, path: [...path, "env_file"] }));
    addFiles(variables, paths, context, asked);
  }
  return { directory, variables, includedFrom };
}

function importedParts(model: Node): MapNode {
  const entries = new Map<string, Entry>();
  if (model.kind === "map") {
    for (const name of IMPORTED) {
      const entry = model.entries.get(name);
      if (entry !== undefined) entries.set(name, entry);
    }
  }
  return map(entries, model.place);
}
