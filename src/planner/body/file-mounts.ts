// Secrets and configs. One that is a file on this machine is bound into the container, read-only; one that is text is
// put into the container between its creation and its first start.

import { parseFileMode } from "../../spec/index.ts";
import type { Project, Service } from "../../spec/index.ts";
import type { Diagnostic } from "../../diagnostics/index.ts";
import type { ApiBody, InjectedFile } from "../plan.ts";
import { diagnosticAt } from "../up-context.ts";

type Kind = InjectedFile["source"]["kind"];

const DEFAULT_MODE = 0o444;

/** The text of a secret or config; undefined when it is a file, external, or its variable is not set. */
export function injectedContent(project: Project, kind: Kind, name: string): string | undefined {
  if (kind === "config") {
    const config = project.configs[name];
    if (config?.content !== undefined) return config.content;
    return config?.environment === undefined ? undefined : project.environment[config.environment];
  }
  const variable = project.secrets[name]?.environment;
  return variable === undefined ? undefined : project.environment[variable];
}

/** Where in the container it goes: relative targets of secrets are below /run/secrets. */
function targetPath(kind: Kind, mount: { readonly source: string; readonly target?: string }): string {
  const target = mount.target ?? mount.source;
  if (target.startsWith("/")) return target;
  return kind === "secret" ? `/run/secrets/${target}` : `/${target}`;
}

function mountsOf(service: Service) {
  return [
    ...(service.secrets ?? []).map((mount, index) => ({ kind: "secret" as const, mount, index })),
    ...(service.configs ?? []).map((mount, index) => ({ kind: "config" as const, mount, index })),
  ];
}

/** The secrets and configs of a service, each with its path in the project. */
function placedMounts(project: Project, name: string) {
  return mountsOf(project.services[name] ?? {}).map(({ kind, mount, index }) => ({
    kind,
    mount,
    path: ["services", name, `${kind}s`, String(index)],
  }));
}

/** Read-only binds for the secrets and configs that are files. The files must be there: none is made. */
export function fileBinds(project: Project, service: Service): readonly ApiBody[] {
  return mountsOf(service).flatMap(({ kind, mount }) => {
    const file = (kind === "secret" ? project.secrets : project.configs)[mount.source]?.file;
    if (file === undefined) return [];
    return [{ Type: "bind", Source: file, Target: targetPath(kind, mount), ReadOnly: true }];
  });
}

/** The secrets and configs that are text, as files to put into the container. */
export function injectedFiles(project: Project, service: Service): readonly InjectedFile[] {
  return mountsOf(service).flatMap(({ kind, mount }) => {
    if (injectedContent(project, kind, mount.source) === undefined) return [];
    return [
      {
        path: targetPath(kind, mount),
        mode: mount.mode === undefined ? DEFAULT_MODE : (parseFileMode(mount.mode) ?? DEFAULT_MODE),
        uid: Number(mount.uid ?? 0),
        gid: Number(mount.gid ?? 0),
        source: { kind, name: mount.source },
      },
    ];
  });
}

/** A warning for each file of this machine of which another owner or mode is asked: a bound file keeps its own. */
export function leftOutOfFiles(project: Project, name: string): readonly Diagnostic[] {
  return placedMounts(project, name).flatMap(({ kind, mount, path }) => {
    const file = (kind === "secret" ? project.secrets : project.configs)[mount.source]?.file;
    if (file === undefined) return [];
    const asked = (["uid", "gid", "mode"] as const).filter((key) => mount[key] !== undefined);
    if (asked[0] === undefined) return [];
    const attributes = asked.map((key) => `\`${[...path, key].slice(2).join(".")}\``).join(", ");
    const have = asked.length === 1 ? "has" : "have";
    return diagnosticAt(project, [...path, asked[0]], {
      severity: "warning",
      code: "not-supported",
      message: `${attributes} of service "${name}" ${have} no effect: a file has the owner and mode that it has on this machine`,
    });
  });
}

/** An error for each secret and config whose text is in a variable that is not set. */
export function missingTexts(project: Project, name: string): readonly Diagnostic[] {
  return placedMounts(project, name).flatMap(({ kind, mount, path }) => {
    const variable = (kind === "secret" ? project.secrets : project.configs)[mount.source]?.environment;
    if (variable === undefined || project.environment[variable] !== undefined) return [];
    return diagnosticAt(project, path, {
      severity: "error",
      code: "variable-required",
      message: `environment variable "${variable}" required by ${kind} "${mount.source}" is not set`,
    });
  });
}

/** An error for each text that would have to be put into a container whose file system is read-only: engines refuse that. */
export function refusedTexts(project: Project, name: string): readonly Diagnostic[] {
  if (project.services[name]?.read_only !== true) return [];
  return placedMounts(project, name).flatMap(({ kind, mount, path }) => {
    if (injectedContent(project, kind, mount.source) === undefined) return [];
    return diagnosticAt(project, path, {
      severity: "error",
      code: "conflict",
      message: `${kind} "${mount.source}" is text, which cannot be put into service "${name}": its file system is read-only`,
      hint: `give the ${kind} as a \`file\`, or leave \`read_only\` out`,
    });
  });
}
