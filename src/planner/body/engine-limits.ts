// What one engine leaves out of a container where another would not: limits that its machine cannot keep, and what the bundled
// engine does not have.

import type { Diagnostic } from "../../diagnostics/index.ts";
import type { Project, Service } from "../../spec/index.ts";
import type { ObservedEngine } from "../observed.ts";
import { diagnosticAt } from "../up-context.ts";

/** What a machine may be unable to do, by the name that `/info` has for it, and what an attribute then cannot have. */
const ABILITIES: Readonly<Record<string, string>> = {
  MemoryLimit: "limit memory",
  SwapLimit: "limit swap",
  Swappiness: "say how readily memory is swapped",
  CpuCfsQuota: "limit CPU time",
  CpuCfsPeriod: "choose the period of CPU limits",
  CPUShares: "weigh CPU time",
  CPUSet: "choose CPUs",
  PidsLimit: "limit the number of processes",
  OomKillDisable: "keep a process that is out of memory",
  AppArmor: "run processes under profiles of AppArmor",
};

/** The ability that an attribute of a service needs. */
const NEEDS: Readonly<Record<string, string>> = {
  mem_limit: "MemoryLimit",
  mem_reservation: "MemoryLimit",
  memswap_limit: "SwapLimit",
  mem_swappiness: "Swappiness",
  cpus: "CpuCfsQuota",
  cpu_quota: "CpuCfsQuota",
  cpu_period: "CpuCfsPeriod",
  cpu_shares: "CPUShares",
  cpuset: "CPUSet",
  pids_limit: "PidsLimit",
  oom_kill_disable: "OomKillDisable",
  "deploy.resources.limits.cpus": "CpuCfsQuota",
  "deploy.resources.limits.memory": "MemoryLimit",
  "deploy.resources.limits.pids": "PidsLimit",
  "deploy.resources.reservations.memory": "MemoryLimit",
};

const BUNDLED = /^Slipway\//;

/** Attributes that the bundled engine takes and does nothing with. */
const NOT_BUNDLED = ["cpu_rt_period", "cpu_rt_runtime"];

/** Attributes for which the bundled engine refuses to start a container. */
const REFUSED_BUNDLED = ["deploy.resources.reservations.devices", "gpus", "storage_opt"];

/** Names of what the bundled engine takes for its own way of running a container. */
const BUNDLED_RUNTIMES = ["", "runc", "io.containerd.runc.v2", "slipway"];

/** Whether a service asks for what not every machine can do. */
export function asksForLimits(service: Service): boolean {
  return needs(service).length > 0;
}

/** A warning for each attribute of a service that this engine does nothing with, or refuses. */
export function engineLimits(project: Project, name: string, engine: ObservedEngine): readonly Diagnostic[] {
  const service = project.services[name];
  if (service === undefined) return [];
  const warn = (path: string, reason: string, effect = "has no effect on this engine"): Diagnostic =>
    diagnosticAt(project, ["services", name, ...path.split(".")], {
      severity: "warning",
      code: "not-supported",
      message: `\`${path}\` of service "${name}" ${effect}: ${reason}`,
    });
  const lacking = needs(service)
    .filter(([, ability]) => engine.lacks?.includes(ability) === true)
    .map(([path, ability]) => warn(path, `it cannot ${ABILITIES[ability]} on its machine`));
  if (!BUNDLED.test(engine.server)) return lacking;
  const missing = [
    ...NOT_BUNDLED.filter((path) => isAsked(valueAt(service, path))),
    ...profilesOf(service, "label"),
  ];
  const refused = [
    ...REFUSED_BUNDLED.filter((path) => isAsked(valueAt(service, path))),
    ...refusedWishes(service),
  ];
  const reason = "the bundled engine does not have it";
  return [
    ...lacking,
    ...missing.map((path) => warn(path, reason)),
    ...refused.map((path) => warn(path, reason, "keeps it from starting on this engine")),
  ];
}

/** What a service asks for that not every machine can do: the attribute, and the ability it needs. */
function needs(service: Service): readonly (readonly [path: string, ability: string])[] {
  return [
    ...Object.entries(NEEDS).filter(([path]) => isAsked(valueAt(service, path))),
    ...profilesOf(service, "apparmor").map((path) => [path, "AppArmor"] as const),
  ];
}

/** The security options of one kind that name a profile or label, and do not turn it off. */
function profilesOf(service: Service, kind: "apparmor" | "label"): readonly string[] {
  return (service.security_opt ?? []).flatMap((option, index) => {
    const named = option.startsWith(kind) ? /^[=:](.*)$/.exec(option.slice(kind.length))?.[1] : undefined;
    return [undefined, "unconfined", "disable"].includes(named) ? [] : [`security_opt.${index}`];
  });
}

function refusedWishes({ isolation = "", runtime = "" }: Service): readonly string[] {
  return [
    ...(["", "default"].includes(isolation.toLowerCase()) ? [] : ["isolation"]),
    ...(BUNDLED_RUNTIMES.includes(runtime) ? [] : ["runtime"]),
  ];
}

function valueAt(service: Service, path: string): unknown {
  let value: unknown = service;
  for (const step of path.split("."))
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[step];
  return value;
}

/** Nothing, zero and empty ask for nothing; nor does a limit of -1. */
function isAsked(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value) && !["0", "-1", -1].includes(value as string | number);
}
