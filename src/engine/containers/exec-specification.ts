// One more process in a running container, as the native binary reads it. Pure.
import type { ExecCreateBody } from "../api-types/exec.ts";
import type { Directive } from "../collaborators.ts";
import type { CgroupPlan } from "./cgroup.ts";
import { environment } from "./environment.ts";
import { processDirectives } from "./process-directives.ts";
import type { SavedContainer } from "./record.ts";

export interface ExecParts {
  readonly body: ExecCreateBody;
  readonly folder: string;
  readonly anchor: number;
  readonly rootless: boolean;
  readonly cgroups: CgroupPlan;
  /** Variables of the container's links. */
  readonly linkedEnvironment: readonly string[];
  /** File of the filter of system calls; undefined: none. */
  readonly seccomp: string | undefined;
  /** Profile that AppArmor is told; undefined: none. */
  readonly apparmor: string | undefined;
}

/** The whole specification of `exec`; its output goes to the first control connection alone. */
export function execSpecification(saved: SavedContainer, parts: ExecParts): Directive[] {
  const { body } = parts;
  const tty = body.Tty ?? false;
  const [rows, columns] = body.ConsoleSize ?? [24, 80];
  return [
    ["dir", parts.folder],
    ["anchor", String(parts.anchor), parts.rootless ? "1" : "0"],
    ["target", String(saved.state.pid)],
    ...(tty ? [["tty", String(rows || 24), String(columns || 80)] as const] : []),
    ...(body.AttachStdin ? [["stdin", "once"] as const] : []),
    ...processDirectives({
      hostConfig: saved.hostConfig,
      privileged: body.Privileged ?? false,
      devicesGuarded: parts.rootless || parts.cgroups.devicesGuarded,
      seccomp: parts.seccomp,
      apparmor: parts.apparmor,
      user: body.User || (saved.config.User ?? ""),
      workingDirectory: body.WorkingDir || (saved.config.WorkingDir ?? ""),
      environment: environment({
        hostname: saved.config.Hostname ?? "",
        tty,
        entries: [...parts.linkedEnvironment, ...(saved.config.Env ?? []), ...(body.Env ?? [])],
      }),
      command: body.Cmd ?? [],
    }),
  ];
}
