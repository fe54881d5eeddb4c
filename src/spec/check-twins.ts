// Attributes that exist twice, at the service and under `deploy`: they may not disagree.
import type { CheckContext } from "./check-context.ts";
import type { Service } from "./model/service.ts";
import type { NodePath } from "./node.ts";

interface Twin {
  readonly own: string;
  readonly valueOf: (service: Service) => unknown;
  readonly twin: string;
  readonly twinOf: (deploy: NonNullable<Service["deploy"]>) => unknown;
}

const TWINS: readonly Twin[] = [
  {
    own: "scale",
    valueOf: ({ scale }) => scale,
    twin: "deploy.replicas",
    twinOf: ({ replicas }) => replicas,
  },
  {
    own: "cpus",
    valueOf: ({ cpus }) => limitOf(cpus),
    twin: "deploy.resources.limits.cpus",
    twinOf: ({ resources }) => resources?.limits?.cpus,
  },
  {
    own: "mem_limit",
    valueOf: ({ mem_limit: limit }) => limitOf(limit),
    twin: "deploy.resources.limits.memory",
    twinOf: ({ resources }) => resources?.limits?.memory,
  },
  {
    own: "pids_limit",
    valueOf: ({ pids_limit: limit }) => limitOf(limit),
    twin: "deploy.resources.limits.pids",
    twinOf: ({ resources }) => resources?.limits?.pids,
  },
  {
    own: "mem_reservation",
    valueOf: ({ mem_reservation: reservation }) => limitOf(reservation),
    twin: "deploy.resources.reservations.memory",
    twinOf: ({ resources }) => resources?.reservations?.memory,
  },
];

/** Reports pairs that differ, and counts that cannot be. */
export function checkTwins(name: string, service: Service, { report, placeOf }: CheckContext): void {
  const { deploy } = service;
  const error = (message: string, path: NodePath, other?: NodePath): void => {
    const full = ["services", name, ...path];
    const place = other && placeOf(["services", name, ...other]);
    const related = place && [{ message: "the other value", place }];
    report.error("conflict", message, { place: placeOf(full), path: full, ...(related && { related }) });
  };
  if (deploy !== undefined) {
    for (const { own, valueOf, twin, twinOf } of TWINS) {
      const value = valueOf(service);
      const twinValue = twinOf(deploy);
      if (value === undefined || twinValue === undefined || value === twinValue) continue;
      error(`services.${name}: can't set distinct values on '${own}' and '${twin}'`, [own], twin.split("."));
    }
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
