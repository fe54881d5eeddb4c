// Attributes that exist twice, at the service and under `deploy`: they may not disagree.
import type { CheckContext } from "./check-context.ts";
import type { Service } from "./model/service.ts";
import type { NodePath } from "./node.ts";

/** Reports pairs that differ, and counts that cannot be. */
export function checkTwins(name: string, service: Service, { report, placeOf }: CheckContext): void {
  const { deploy } = service;
  const limits = deploy?.resources?.limits;
  const twins: readonly (readonly [string, unknown, string, unknown])[] = [
    ["scale", service.scale, "deploy.replicas", deploy?.replicas],
    ["cpus", limitOf(service.cpus), "deploy.resources.limits.cpus", limits?.cpus],
    ["mem_limit", limitOf(service.mem_limit), "deploy.resources.limits.memory", limits?.memory],
    ["pids_limit", limitOf(service.pids_limit), "deploy.resources.limits.pids", limits?.pids],
    [
      "mem_reservation",
      limitOf(service.mem_reservation),
      "deploy.resources.reservations.memory",
      deploy?.resources?.reservations?.memory,
    ],
  ];
  const error = (message: string, path: NodePath, other?: NodePath): void => {
    const full = ["services", name, ...path];
    const place = other && placeOf(["services", name, ...other]);
    const related = place && [{ message: "the other value", place }];
    report.error("conflict", message, { place: placeOf(full), path: full, ...(related && { related }) });
  };
  for (const [own, value, twin, twinValue] of twins) {
    if (value === undefined || twinValue === undefined || value === twinValue) continue;
    error(`services.${name}: can't set distinct values on '${own}' and '${twin}'`, [own], twin.split("."));
  }
  const count = service.scale ?? deploy?.replicas;
  const countPath = service.scale === undefined ? ["deploy", "replicas"] : ["scale"];
  if (count !== undefined && count < 0) {
    error(`services.${name}.${countPath.join(".")}: must be greater than or equal to 0`, countPath);
  }
  if (service.container_name === undefined || count === undefined || count <= 1) return;
  const message = `services.${name}: can't set container_name and scale to ${count}, as container name must be unique`;
  error(message, ["container_name"], countPath);
}

/** A limit of zero is none. */
function limitOf(value: number | string | undefined): number | string | undefined {
  return Number(value) === 0 ? undefined : value;
}
