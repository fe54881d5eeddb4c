// Secrets and configs. One that is a file on this machine is bound into the container, read-only; one that is text is
// put into the container between its creation and its first start.

import { parseFileMode } from "../../spec/index.ts";
import type { Project, Service } from "../../spec/index.ts";
import type { ApiBody, InjectedFile } from "../plan.ts";

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
    ...(service.secrets ?? []).map((mount) => ({ kind: "secret" as const, mount })),
    ...(service.configs ?? []).map((mount) => ({ kind: "config" as const, mount })),
  ];
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
