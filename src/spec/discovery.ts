// Which Compose files make up the project, and where the project is.
import type { LoadRequest, SpecHost } from "./host.ts";
import type { Lookup } from "./template.ts";
import { directoryOf, isRemote, resolvePath } from "./paths.ts";
import type { Report } from "./report.ts";

const NAMES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const OVERRIDES = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

/** The files of a project (absolute, or `-`), and its directory. */
export interface Discovery {
  readonly files: readonly string[];
  readonly projectDirectory: string;
}

/**
 * Finds the files: those asked for, else those of COMPOSE_FILE, else the default names in the project directory that was asked
 * for and the folders above it, else here and in the folders above.
 */
export function discoverFiles(
  request: LoadRequest,
  lookup: Lookup,
  host: SpecHost,
  report: Report,
): Discovery {
  const asked = request.files ?? [];
  const given = asked.length > 0 ? asked : filesFromEnvironment(lookup);
  const projectDirectory = request.projectDirectory && resolvePath(host.cwd, request.projectDirectory);
  const starts = projectDirectory ? [projectDirectory, host.cwd] : [host.cwd];
  const files = given.length > 0 ? absoluteFiles(given, host, report) : searchUpwards(starts, host, report);
  const local = files.find((file) => file !== "-");
  if (projectDirectory) return { files, projectDirectory };
  return { files, projectDirectory: local === undefined ? host.cwd : directoryOf(local) };
}

function filesFromEnvironment(lookup: Lookup): readonly string[] {
  const value = lookup("COMPOSE_FILE") ?? "";
  const separator = lookup("COMPOSE_PATH_SEPARATOR") ?? "";
  const files = separator === "" || separator === ":" ? splitAtColons(value) : value.split(separator);
  return files.filter((file) => file !== "");
}

/** `oci://host:port/name:tag@digest`, `https://host:port/name.git#branch:folder`, `git@host:name.git#…`, or a path. */
const NAME_IN_LIST = new RegExp(
  [
    String.raw`oci://[^:/]*(?::\d+(?=/))?[^:@]*(?::[\w.-]+(?![\w.-]|://))?(?:@\w+:\w+)?`,
    String.raw`(?:git@[^:]+:|github\.com/|[\w+.-]+://[^:/]*(?::\d+(?=/))?)[^:#]*(?:#[^:]*(?::(?![/.]|git@|\w+://)[^:]*)?)?`,
    "[^:]+",
  ].join("|"),
  "g",
);

/** Not every colon separates: names of files from elsewhere hold some. */
function splitAtColons(value: string): readonly string[] {
  return value.match(NAME_IN_LIST) ?? [];
}

function absoluteFiles(files: readonly string[], host: SpecHost, report: Report): readonly string[] {
  return files.flatMap((file) => {
    if (file === "-") return [file];
    if (isRemote(file)) {
      report.error(
        "not-supported",
        `${file}: Compose files from elsewhere (git, OCI, HTTP) are not supported yet`,
      );
      return [];
    }
    return [resolvePath(host.cwd, file)];
  });
}

function searchUpwards(starts: readonly string[], host: SpecHost, report: Report): readonly string[] {
  for (const directory of starts.flatMap(withFoldersAbove)) {
    const found = firstOf(NAMES, directory, host, report);
    if (found === undefined) continue;
    const override = firstOf(OVERRIDES, directory, host, report);
    return override === undefined ? [found] : [found, override];
  }
  return [];
}

function withFoldersAbove(folder: string): readonly string[] {
  return folder === "/" ? [folder] : [folder, ...withFoldersAbove(directoryOf(folder))];
}

function firstOf(
  names: readonly string[],
  directory: string,
  host: SpecHost,
  report: Report,
): string | undefined {
  const found = names
    .map((name) => resolvePath(directory, name))
    .filter((path) => host.kind(path) === "file");
  const [first, ...others] = found;
  if (first !== undefined && others.length > 0) {
    report.warn(
      "conflict",
      `found several Compose files with default names: ${found.join(", ")}; using ${first}`,
    );
  }
  return first;
}
