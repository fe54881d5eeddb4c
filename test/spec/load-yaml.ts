// Loads projects from text: what the spec's tests have in common.
import { renderDiagnostics } from "../../src/diagnostics/index.ts";
import type { LoadRequest, LoadResult, Project, ReadResult, SpecHost } from "../../src/spec/index.ts";
import { loadProject } from "../../src/spec/index.ts";

/** Files by absolute path. */
type Files = Readonly<Record<string, string>>;

/** A host whose files are in memory; the current directory is /project and the home folder /home/ann. */
function memoryHost(files: Files, stdin = ""): SpecHost {
  const isDirectory = (path: string): boolean =>
    Object.keys(files).some((file) => file.startsWith(path === "/" ? "/" : `${path}/`));
  const readFile = (path: string): ReadResult => {
    const text = files[path];
    if (text !== undefined) return { ok: true, text };
    return isDirectory(path)
      ? { ok: false, reason: "is-directory", message: `${path} is a directory` }
      : { ok: false, reason: "not-found", message: `${path} does not exist` };
  };
  return {
    cwd: "/project",
    homedir: "/home/ann",
    readFile,
    readStdin: () => ({ ok: true, text: stdin }),
    kind: (path) => (path in files ? "file" : isDirectory(path) ? "directory" : undefined),
    realpath: (path) => path,
  };
}

/** What a test may say about a load besides the text of compose.yaml. */
export interface LoadOptions extends Partial<LoadRequest> {
  /** More files, by name below /project or by absolute path. */
  readonly also?: Files;
  readonly stdin?: string;
  /** Filled with the path of each file that is read, as often as it is read. */
  readonly reads?: string[];
  /** Symbolic links, by path, with what they lead to. */
  readonly links?: Files;
}

/** Loads text as /project/compose.yaml. */
export function load(yaml: string, options: LoadOptions = {}): LoadResult {
  const { also = {}, stdin, reads, links = {}, ...request } = options;
  const files: Record<string, string> = { "/project/compose.yaml": yaml };
  for (const [name, text] of Object.entries(also))
    files[name.startsWith("/") ? name : `/project/${name}`] = text;
  const host = memoryHost(files, stdin);
  const readFile = (path: string): ReadResult => {
    reads?.push(path);
    return host.readFile(path);
  };
  return loadProject(
    { environment: {}, ...request },
    {
      ...host,
      readFile,
      realpath: (path) => links[path] ?? path,
    },
  );
}

/** The project that text loads to; diagnostics of any kind fail the test, but that it need not use all it declares. */
export function loadOk(yaml: string, options: LoadOptions = {}): Project {
  const result = load(yaml, options);
  const problems = result.diagnostics.filter(({ code }) => code !== "unused-resource");
  if (result.project === undefined || problems.length > 0) {
    throw new Error(
      `expected a clean load:\n${renderDiagnostics(result.diagnostics, { sources: result.sources })}`,
    );
  }
  return result.project;
}

/** Everything that is wrong with text, as people read it. */
export function problemsOf(yaml: string, options: LoadOptions = {}): string {
  const { diagnostics, sources } = load(yaml, options);
  return renderDiagnostics(diagnostics, { sources });
}

/** The first line of every diagnostic. */
export function headlines(yaml: string, options: LoadOptions = {}): readonly string[] {
  const { diagnostics, sources } = load(yaml, options);
  return diagnostics.map(
    (diagnostic) => renderDiagnostics([diagnostic], { sources }).split("\n", 1)[0] ?? "",
  );
}

/** Loads one service with an image and these attributes (indented by four), and gives it back. */
export function serviceWith(attributes: string, options: LoadOptions & { readonly rest?: string } = {}) {
  const { rest = "", ...others } = options;
  const project = loadOk(`services:\n  web:\n    image: app\n${attributes}\n${rest}`, others);
  const service = project.services["web"];
  if (service === undefined) throw new Error("internal: the test's service is missing");
  return service;
}
