// `env_file` and `label_file`: read, and put under `environment` and `labels`.
import { parseDotenv } from "./dotenv.ts";
import type { History } from "./history.ts";
import type { EnvFile, Service } from "./model/service.ts";
import type { NodePath, Place } from "./node.ts";
import { setOwn } from "./node.ts";
import { resolvePath } from "./paths.ts";
import type { Report } from "./report.ts";
import type { Sources, SourceResult } from "./sources.ts";

export interface ServiceFilesContext {
  readonly sources: Sources;
  /** What paths are relative to that were left as they are written. */
  readonly directory: string;
  readonly report: Report;
  readonly variables: ReadonlyMap<string, string>;
  /** Where a path of the document was written. */
  readonly placeOf: (path: NodePath) => Place | undefined;
  readonly history?: History | undefined;
}

/** The service with the contents of its files in place of their names. */
export function resolveServiceFiles(service: Service, name: string, context: ServiceFilesContext): Service {
  if (service.env_file === undefined && service.label_file === undefined) return service;
  const { env_file: envFiles, label_file: labelFiles, ...rest } = service;
  const environment = envFiles && readEnvFiles(service, envFiles, name, context);
  const labels = labelFiles && readLabelFiles(service, labelFiles, name, context);
  return {
    ...rest,
    ...(environment && Object.keys(environment).length > 0 && { environment }),
    ...(labels && Object.keys(labels).length > 0 && { labels }),
  };
}

function readEnvFiles(
  service: Service,
  files: readonly EnvFile[],
  name: string,
  context: ServiceFilesContext,
): Record<string, string | null> {
  const { sources, directory, report, variables, placeOf } = context;
  const environment = service.environment ?? {};
  const values: Record<string, string | null> = {};
  const lookup = (key: string): string | undefined =>
    variables.get(key) ?? ownValue(environment, key) ?? ownValue(values, key);
  for (const [index, { path, required, format }] of files.entries()) {
    const at = ["services", name, "env_file", String(index)];
    const place = placeOf([...at, "path"]);
    if (format !== undefined && format !== "raw") {
      const message = `unsupported env_file format "${format}"`;
      const formatPath = [...at, "format"];
      report.error("invalid-value", message, {
        place: placeOf(formatPath),
        path: formatPath,
        hint: "`raw`, or leave it out",
      });
      continue;
    }
    const result = sources.read(resolvePath(directory, path));
    if (!result.ok) {
      if (result.reason === "not-found" && required === false) continue;
      reportUnreadable(`env file ${path}`, result, report, { place, path: at });
      continue;
    }
    const found = parseDotenv({
      source: result.source,
      lookup,
      report,
      isRaw: format === "raw",
      onFilledIn: (at, used) => context.history?.filledIn(at, used),
      originOf: (key, value) => originOf(key, value, name, context),
      onValue: rememberIn(context.history, ["services", name, "environment"]),
    });
    for (const [key, value] of found) setOwn(values, key, value);
  }
  for (const [key, value] of Object.entries(environment)) setOwn(values, key, value);
  return values;
}

/** A variable is of the project's environment, else of the service's, else of a file that was read before. */
function originOf(
  key: string,
  value: string,
  name: string,
  { variables, placeOf, history }: ServiceFilesContext,
): "environment" | Place {
  if (variables.has(key)) return history?.origin(key, value) ?? "environment";
  const path = ["services", name, "environment", key];
  const earlier = history?.fileValues(path).findLast((known) => known.value === value);
  return earlier?.place ?? placeOf(path) ?? "environment";
}

function rememberIn(history: History | undefined, path: NodePath) {
  return (key: string, value: string, place: Place): void =>
    history?.fileValueRead([...path, key], { value, place });
}

function reportUnreadable(
  file: string,
  { reason, message }: Extract<SourceResult, { ok: false }>,
  report: Report,
  details: { readonly place: Place | undefined; readonly path: NodePath },
): void {
  if (reason === "not-found") report.error("file-not-found", `${file} not found`, details);
  else report.error("file-unreadable", `${file}: ${message}`, details);
}

function ownValue(record: Readonly<Record<string, string | null>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? (record[key] ?? undefined) : undefined;
}

function readLabelFiles(
  service: Service,
  files: readonly string[],
  name: string,
  { sources, directory, report, placeOf, history }: ServiceFilesContext,
): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [index, path] of files.entries()) {
    const result = sources.read(resolvePath(directory, path));
    if (!result.ok) {
      const at = ["services", name, "label_file", String(index)];
      reportUnreadable(`label file ${path}`, result, report, { place: placeOf(at), path: at });
      continue;
    }
    const found = parseDotenv({
      source: result.source,
      lookup: () => undefined,
      report,
      onValue: rememberIn(history, ["services", name, "labels"]),
    });
    for (const [key, value] of found) setOwn(labels, key, value);
  }
  for (const [key, value] of Object.entries(service.labels ?? {})) setOwn(labels, key, value);
  return labels;
}
