// Text and environment -> Project. The phases are the lines of `loadProject`, in their order.
import { checkConsistency } from "./check.ts";
import { explain } from "./explain.ts";
import { History } from "./history.ts";
import { discoverFiles } from "./discovery.ts";
import { loadDocuments } from "./documents.ts";
import type { CallerEnvironment, Variables } from "./environment-files.ts";
import { addDefaultFile, readCallerEnvironment } from "./environment-files.ts";
import type { LoadRequest, LoadResult, SpecHost } from "./host.ts";
import type { Project } from "./model/project.ts";
import type { Service } from "./model/service.ts";
import { checkProjectName, normaliseProjectName } from "./names.ts";
import type { Node, NodePath, Place } from "./node.ts";
import { child, placesAt, scalarText } from "./node.ts";
import type { NormalDocument } from "./normalise.ts";
import { mapValues, normalise } from "./normalise.ts";
import { baseName } from "./paths.ts";
import { warnOfPitfalls } from "./pitfalls.ts";
import type { Report } from "./report.ts";
import { createReport } from "./report.ts";
import { matchesName, selectServices, splitByProfiles, withoutUnusedResources } from "./select.ts";
import { resolveServiceFiles } from "./service-environment.ts";
import type { LoadContext } from "./source-documents.ts";
import { documentsOf, pathsSeenFrom } from "./source-documents.ts";
import { createSources } from "./sources.ts";
import { substitute } from "./template.ts";
import { spansOf, toTypedDocument } from "./typed-document.ts";

/**
 * Loads a project: finds and reads its files, and gives it in canonical form with everything found wrong on the way. Pure but
 * for what it asks of the host. Never throws for anything that the files or the request hold.
 */
export function loadProject(request: LoadRequest, host: SpecHost): LoadResult {
  const context = createContext(request, host);
  const loaded = runPhases(context);
  const { report, sources, variableUses } = context;
  const variables = [...variableUses.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const result = { diagnostics: report.sorted(), sources: sources.texts(), variables };
  if (loaded === undefined || report.hasErrors()) return result;
  const { project, root } = loaded;
  const { history } = context;
  if (history === undefined) return { ...result, project };
  return { ...result, project, explain: (path) => explain(path, { project, root, history }) };
}

function createContext(request: LoadRequest, host: SpecHost): LoadContext {
  return {
    request,
    host,
    sources: createSources(host),
    report: createReport(),
    variableUses: new Map(),
    parsed: new Map(),
    tagged: new Set(),
    captured: new Map(),
    ownVariables: new Map(),
    ...(request.explains === true && { history: new History() }),
  };
}

/** Undefined when a phase found errors that leave nothing for the next one. */
function runPhases(context: LoadContext): { readonly project: Project; readonly root: Node } | undefined {
  const { request, host, report } = context;
  const caller = readCallerEnvironment(request, context);
  const { variables } = caller;
  const { files, projectDirectory } = discoverFiles(request, (name) => variables.get(name), host, report);
  if (caller.usesDefaultFile) addDefaultFile(variables, projectDirectory, context);
  if (files.length === 0) {
    if (!report.hasErrors()) {
      report.error("file-not-found", "no configuration file provided: not found", {
        hint: "a project is described in compose.yaml, in this folder or one above; `-f` names another file",
      });
    }
    return undefined;
  }
  const name = nameProject(files, projectDirectory, variables, context);
  variables.set("COMPOSE_PROJECT_NAME", name);
  const scope = { directory: projectDirectory, variables, includedFrom: [] };
  const paths =
    request.noPathResolution === true ? undefined : pathsSeenFrom(scope, projectDirectory, context);
  const document = loadDocuments(files, scope, context, { paths });
  const isEmpty = document?.kind === "map" && document.entries.size === 0;
  if (document === undefined || isEmpty || report.hasErrors()) {
    if (!report.hasErrors()) report.error("not-a-mapping", "empty compose file");
    return undefined;
  }
  const project = buildProject({ root: document, name, files, projectDirectory, caller }, context);
  return project && { project, root: document };
}

/** The name: given on purpose, else the last one in the files, else that of the project directory. */
function nameProject(
  files: readonly string[],
  projectDirectory: string,
  variables: Variables,
  context: LoadContext,
): string {
  const { request, report } = context;
  const given = request.projectName || variables.get("COMPOSE_PROJECT_NAME");
  if (given) {
    checkProjectName(given, report);
    return given;
  }
  const written = nameInFiles(files, variables, context);
  if (written === undefined) warnOfLink(projectDirectory, context);
  const name = normaliseProjectName(written ?? baseName(projectDirectory));
  if (name === "" && !report.hasErrors()) {
    report.error("project-name", "project name must not be empty", {
      hint: "give one with `-p` or with `name:`",
    });
  }
  return name;
}

/** A folder that is reached by a link has two names, and gives the project another one when it is reached directly. */
function warnOfLink(directory: string, { host, report }: LoadContext): void {
  const real = baseName(host.realpath(directory));
  if (real === baseName(directory)) return;
  report.warn(
    "project-name",
    `the project is named after ${directory}, which is a link to a folder called "${real}"`,
    { hint: "give it a name of its own, with `name:` or `-p`" },
  );
}

function nameInFiles(
  files: readonly string[],
  variables: Variables,
  context: LoadContext,
): string | undefined {
  let name: string | undefined;
  for (const file of files) {
    const result = context.sources.read(file);
    if (!result.ok) continue;
    for (const document of documentsOf(result.source, context)) {
      const node = child(document, "name");
      const text = node?.kind === "scalar" ? scalarText(node) : undefined;
      if (text === undefined) continue;
      const filled = substitute(
        text,
        (key) => variables.get(key),
        () => undefined,
      );
      // What is wrong with it is said when the document is filled in.
      if (filled.ok && filled.text !== "") name = filled.text;
    }
  }
  return name;
}

interface Loaded {
  readonly root: Node;
  readonly name: string;
  readonly files: readonly string[];
  readonly projectDirectory: string;
  readonly caller: CallerEnvironment;
}

function buildProject(loaded: Loaded, context: LoadContext): Project | undefined {
  const { request, report, sources } = context;
  const { root, name, caller } = loaded;
  const { variables } = caller;
  const typed = toTypedDocument(root);
  const resolvesEnvironment = request.noEnvResolution !== true;
  // Only `config` asks for a project without what is implied, which then lacks even the names of its resources.
  const document =
    request.noNormalize === true
      ? (typed as NormalDocument)
      : normalise(typed, { projectName: name, variables, resolvesEnvironment });
  const { enabled, disabled } = splitByProfiles(
    document.services,
    activeProfiles(document, variables, request),
  );
  const placeOf = (path: NodePath): Place | undefined => placesAt(root, path).value;
  const keyPlaceOf = (path: NodePath): Place | undefined => placesAt(root, path).key;
  // Text that was not filled in may name anything.
  if (request.noConsistency !== true && request.noInterpolate !== true) {
    warnOfPitfalls(document, { report, placeOf, keyPlaceOf }, request);
    checkConsistency(
      { ...document, services: enabled, disabledServices: disabled },
      { report, placeOf, keyPlaceOf },
    );
  }
  const whole: Project = {
    name,
    workingDir: loaded.projectDirectory,
    configFiles: loaded.files,
    environmentFiles: caller.envFiles,
    environment: { ...Object.fromEntries(context.captured), ...Object.fromEntries(variables) },
    services: enabled,
    disabledServices: disabled,
    networks: document.networks,
    volumes: document.volumes,
    secrets: document.secrets,
    configs: document.configs,
    models: document.models,
    extensions: document.extensions,
    spans: spansOf(root),
  };
  const selected = select(whole, request, report);
  if (selected === undefined || report.hasErrors()) return undefined;
  const used = request.allResources === true ? selected : withoutUnusedResources(selected);
  // Where variables stay as they are written, so do the names of files that may hold some.
  if (request.noEnvResolution === true || request.noInterpolate === true) return used;
  const { history } = context;
  const files = { sources, directory: loaded.projectDirectory, report, placeOf, history };
  const resolve = (service: Service, key: string): Service =>
    resolveServiceFiles(service, key, { ...files, variables: context.ownVariables.get(key) ?? variables });
  return { ...used, services: mapValues(used.services, resolve) };
}

function select(project: Project, request: LoadRequest, report: Report): Project | undefined {
  const { services = [], includeDependencies = true } = request;
  const selection = selectServices(project, services, { includeDependencies });
  if (selection.ok) return selection.project;
  const { unknown, suggestion } = selection;
  const hint = suggestion && `did you mean \`${suggestion}\`?`;
  report.error("undefined-reference", `no such service: ${unknown}`, { hint });
  return undefined;
}

/** The profiles asked for, and all those of services that were named. */
function activeProfiles(
  document: NormalDocument,
  variables: Variables,
  request: LoadRequest,
): ReadonlySet<string> {
  const fromVariable = (variables.get("COMPOSE_PROFILES") ?? "").split(",").map((profile) => profile.trim());
  const asked =
    request.profiles !== undefined && request.profiles.length > 0 ? request.profiles : fromVariable;
  const active = new Set(asked.filter((profile) => profile !== ""));
  for (const [name, service] of Object.entries(document.services)) {
    const isNamed = request.services?.some((pattern) => matchesName(pattern, name)) === true;
    if (isNamed) for (const profile of service.profiles ?? []) active.add(profile);
  }
  return active;
}
