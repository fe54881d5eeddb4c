// `up`: everything that makes the engine hold what the project says, from one observation.

import type { Diagnostic } from "../diagnostics/index.ts";
import type { Project } from "../spec/index.ts";
import { leftOutAttributes } from "./body/attributes.ts";
import { engineLimits } from "./body/engine-limits.ts";
import { leftOutOfFiles, missingTexts, refusedTexts } from "./body/file-mounts.ts";
import { clearResources } from "./clearing.ts";
import { parentServices } from "./divergence.ts";
import { planContainers } from "./containers.ts";
import { findServiceCycle } from "./graph.ts";
import { planImages } from "./images.ts";
import { planNetworks, type PlannedResource } from "./networks.ts";
import type { ObservedEngine, ObservedState } from "./observed.ts";
import type { PlanResult, UpOptions } from "./options.ts";
import { planOrphans } from "./orphans.ts";
import { decideReplicas, type ServiceDecision } from "./replicas.ts";
import { planStarts } from "./starting.ts";
import { isUp, stopId } from "./stopping.ts";
import { diagnosticAt, upContext, type UpContext } from "./up-context.ts";
import { planVolumes } from "./volumes.ts";

/** Services that another one waits for to complete; once they have, they are not run again. */
function oneShotServices(project: Project): ReadonlySet<string> {
  const dependencies = Object.values(project.services).flatMap((service) =>
    Object.entries(service.depends_on ?? {}),
  );
  return new Set(
    dependencies.flatMap(([name, { condition }]) =>
      condition === "service_completed_successfully" ? [name] : [],
    ),
  );
}

/**
 * Services whose containers stay but have to be restarted: one of their networks is made anew, or one that they depend
 * on with `restart: true` is made anew or restarted.
 */
function restartedServices(
  context: UpContext,
  decisions: ReadonlyMap<string, ServiceDecision>,
  networks: ReadonlyMap<string, PlannedResource>,
): ReadonlyMap<string, string> {
  const restarted = new Map<string, string>();
  // What may not be started again is not stopped either.
  if (context.options.noStart === true) return restarted;
  const isRenewed = (name: string): boolean =>
    decisions.get(name)?.replicas.some((replica) => replica.action === "recreate") === true;
  for (const [name, service] of context.services) {
    const running = (decisions.get(name)?.replicas ?? []).flatMap(({ action, existing }) =>
      action === "keep" && existing !== undefined && isUp(existing) ? [existing] : [],
    );
    const causes = running
      .flatMap((container) => container.networks)
      .map((network) => networks.get(network)?.removed?.cause);
    for (const [dependency, { restart }] of Object.entries(service.depends_on ?? {})) {
      if (restart !== true) continue;
      if (isRenewed(dependency)) causes.push(`${dependency} is made anew`);
      else if (restarted.has(dependency)) causes.push(`${dependency} is restarted`);
    }
    const cause = causes.find((found) => found !== undefined);
    if (cause !== undefined) restarted.set(name, cause);
  }
  return restarted;
}

/** What is stopped on the way is stopped in the reverse order of the dependencies. */
function orderStops(context: UpContext): void {
  const { builder, observed, services } = context;
  const stopsOf = (name: string): readonly string[] =>
    observed.containers
      .filter((container) => container.service === name && isUp(container))
      .map(stopId)
      .filter((id) => builder.has(id));
  for (const [name, service] of services) {
    const dependants = stopsOf(name);
    if (dependants.length === 0) continue;
    for (const dependency of Object.keys(service.depends_on ?? {})) {
      for (const id of stopsOf(dependency)) builder.orderAfterEnd(id, dependants);
    }
  }
}

/** A warning for each attribute of a service that its containers do not get, from Slipway or from this engine. */
export function effectlessAttributes(
  project: Project,
  name: string,
  engine: ObservedEngine,
): readonly Diagnostic[] {
  return [
    ...leftOutAttributes(project, name),
    ...leftOutOfFiles(project, name),
    ...engineLimits(project, name, engine),
  ];
}

function reportServices(context: UpContext): void {
  const { project, observed, builder, options, services } = context;
  for (const [name, service] of services) {
    for (const diagnostic of effectlessAttributes(project, name, observed.engine)) builder.report(diagnostic);
    const wrong = [...missingTexts(project, name), ...refusedTexts(project, name)];
    for (const diagnostic of wrong) builder.report(diagnostic);
    if (options.noDeps !== true) continue;
    const taken = new Set(services.map(([other]) => other));
    for (const parent of parentServices(service)) {
      const isThere = context.observed.containers.some(({ service: of, oneOff }) => of === parent && !oneOff);
      if (taken.has(parent) || isThere) continue;
      const message = `service "${name}" shares what belongs to a container of "${parent}", and there is none`;
      const about = { severity: "error", code: "undefined-reference", message } as const;
      builder.report(diagnosticAt(project, ["services", name], about));
    }
  }
}

/** Plans what `up` has to do. An empty plan means that the engine already holds what the project says. */
export function planUp(project: Project, observed: ObservedState, options: UpOptions = {}): PlanResult {
  const cycle = findServiceCycle(project);
  if (cycle !== undefined) {
    return { plan: { project: project.name, steps: [] }, diagnostics: [cycle], consent: [] };
  }
  const context = upContext(project, observed, options);
  reportServices(context);
  const images = planImages(context);
  const networks = planNetworks(context);
  const { volumes, consent } = planVolumes(context);
  const decisions = decideReplicas({ context, images, networks, volumes });
  const restarted = restartedServices(context, decisions, networks);
  const oneShots = oneShotServices(project);
  const prepared = planContainers({ context, images, networks, volumes, decisions, restarted, oneShots });
  planStarts({ context, images, prepared, oneShots });
  planOrphans(context);
  clearResources(context, networks, volumes);
  orderStops(context);
  return { plan: context.builder.build(project.name), diagnostics: context.builder.diagnostics, consent };
}
