// Loads a project from inline YAML, as if it were /project/compose.yaml.

import { loadProject, type Project, type SpecHost } from "../../src/spec/index.ts";

const FILE = "/project/compose.yaml";

/** The project that some YAML says. Errors in it fail the test. */
export function composeProject(
  yaml: string,
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly profiles?: readonly string[];
  } = {},
): Project {
  const host: SpecHost = {
    cwd: "/project",
    homedir: "/home/user",
    readFile: (path) =>
      path === FILE ? { ok: true, text: yaml } : { ok: false, reason: "not-found", message: `no ${path}` },
    readStdin: () => ({ ok: true, text: "" }),
    kind: (path) => (path === FILE ? "file" : path === "/project" ? "directory" : undefined),
    realpath: (path) => path,
  };
  const { environment = {}, profiles } = options;
  const request = { files: [FILE], environment, ...(profiles === undefined ? {} : { profiles }) };
  const { project, diagnostics } = loadProject(request, host);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (project === undefined || errors.length > 0) {
    throw new Error(`the project has errors: ${JSON.stringify(errors, undefined, 2)}`);
  }
  return project;
}
