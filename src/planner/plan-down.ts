// `down`: removes what a project has on the engine. Containers go in the reverse order of their dependencies, each as
// soon as those that depend on it are gone. The order comes from the containers' own labels, so that no file is needed.

import type { Diagnostic } from "../diagnostics/index.ts";
import type { Project } from "../spec/index.ts";
import { LABEL, parseDependsOn } from "./labels.ts";
import { imageReference } from "./names.ts";
import type { ObservedContainer, ObservedState } from "./observed.ts";
import type { DownOptions, PlanResult } from "./options.ts";
import type { StepId } from "./plan.ts";
import { PlanBuilder } from "./plan-builder.ts";
import { isUp, planRemoval, stopId } from "./stopping.ts";

/** What is known of a project to take down: its file, or its name alone. */
export type ProjectToRemove = Project | { readonly name: string };

function fileOf(project: ProjectToRemove): Project | undefined {
  return "services" in project ? project : undefined;
}

function isDeclared(project: ProjectToRemove, service: string): boolean {
  const file = fileOf(project);
  return (
    file === undefined || file.services[service] !== undefined || file.disabledServices[service] !== undefined
  );
}

/** Lets every stop come after the stops of the containers that depend on it, also after those that failed. */
export function orderStopsByLabels(builder: PlanBuilder, containers: readonly ObservedContainer[]): void {
  const stopsOf = new Map<string, StepId[]>();
  for (const container of containers) {
    if (!isUp(container) || !builder.has(stopId(container))) continue;
    const stops = stopsOf.get(container.service);
    if (stops === undefined) stopsOf.set(container.service, [stopId(container)]);
    else stops.push(stopId(container));
  }
  const ordered = new Set<string>();
  for (const { service, labels } of containers) {
    for (const dependency of parseDependsOn(labels[LABEL.dependsOn])) {
      // Labels of different ages can contradict each other; an order that goes round is none.
      const pair = `${dependency.service} ${service}`;
      if (dependency.service === service || ordered.has(`${service} ${dependency.service}`)) continue;
      if (ordered.has(pair) || reaches(containers, dependency.service, service)) continue;
      ordered.add(pair);
      for (const id of stopsOf.get(dependency.service) ?? []) {
        builder.orderAfterEnd(id, stopsOf.get(service) ?? []);
      }
    }
  }
}

/** Whether a service depends on another, over any number of steps, as the labels say. */
function reaches(containers: readonly ObservedContainer[], from: string, to: string): boolean {
  const seen = new Set<string>();
  const pending = [from];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const container of containers) {
      if (container.service !== name) continue;
      pending.push(...parseDependsOn(container.labels[LABEL.dependsOn]).map(({ service }) => service));
    }
  }
  return false;
}

function reportOrphans(project: ProjectToRemove, orphans: readonly ObservedContainer[]): Diagnostic[] {
  if (orphans.length === 0) return [];
  const names = orphans.map(({ name }) => name).join(", ");
  return [
    {
      severity: "warning",
      code: "undefined-reference",
      message: `orphan containers stay (${names}): project "${project.name}" has no such services`,
      hint: "run with --remove-orphans to remove them",
    },
  ];
}

/** Networks of the project: all that carry its label, so that those no longer in the file go as well. */
function planNetworkRemovals(
  builder: PlanBuilder,
  project: ProjectToRemove,
  source: {
    readonly observed: ObservedState;
    readonly removed: readonly StepId[];
    readonly busy: ReadonlySet<string>;
  },
): void {
  for (const network of Object.values(source.observed.networks)) {
    if (network.labels[LABEL.project] !== project.name || source.busy.has(network.name)) continue;
    builder.add(
      "removeNetwork",
      `remove network ${network.name}`,
      { name: network.name, id: network.id },
      { cause: "the project is taken down", after: source.removed },
    );
  }
}

/** Volumes that the file declares; without a file, all that carry the project's label. */
function planVolumeRemovals(
  builder: PlanBuilder,
  project: ProjectToRemove,
  source: { readonly observed: ObservedState; readonly removed: readonly StepId[] },
): void {
  const file = fileOf(project);
  const declared = new Set(
    Object.values(file?.volumes ?? {}).flatMap((volume) => (volume.external === true ? [] : [volume.name])),
  );
  const kept: string[] = [];
  for (const volume of Object.values(source.observed.volumes)) {
    if (volume.labels[LABEL.project] !== project.name) continue;
    if (file !== undefined && !declared.has(volume.name)) {
      kept.push(volume.name);
      continue;
    }
    builder.add(
      "removeVolume",
      `remove volume ${volume.name}`,
      { name: volume.name },
      { cause: "the project is taken down with its volumes", after: source.removed, destructive: true },
    );
  }
  if (kept.length === 0) return;
  const message = `volumes stay that the file does not declare: ${kept.join(", ")}`;
  builder.report({ severity: "warning", code: "undefined-reference", message });
}

/**
 * Images of the services and of the containers that go. A service that is built and names no image has one that is called
 * after it; only such are local.
 */
function imagesOf(
  project: ProjectToRemove,
  source: {
    readonly which: "local" | "all";
    readonly observed: ObservedState;
    readonly containers: readonly ObservedContainer[];
    readonly services: readonly string[] | undefined;
  },
): readonly string[] {
  const file = fileOf(project);
  const { which, observed, containers, services } = source;
  const used = containers.map(({ service, image }) => ({ service, image }));
  const declared = Object.entries(file?.services ?? {})
    .filter(([name]) => services === undefined || services.includes(name))
    .map(([name, service]) => ({ service: name, image: imageReference(project, name, service) }))
    .filter(({ image }) => observed.images[image] !== undefined);
  const wanted = [...declared, ...used].filter(
    ({ service, image }) => which === "all" || image === imageReference(project, service, {}),
  );
  return [...new Set(wanted.map(({ image }) => image))].toSorted();
}

/** Plans what `down` has to do. */
export function planDown(
  project: ProjectToRemove,
  observed: ObservedState,
  options: DownOptions = {},
): PlanResult {
  const builder = new PlanBuilder();
  const file = fileOf(project);
  const { services, timeout } = options;
  const isWanted = (container: ObservedContainer): boolean =>
    services === undefined
      ? options.removeOrphans === true || isDeclared(project, container.service)
      : services.includes(container.service);
  const containers = observed.containers.filter(isWanted);
  const staying = observed.containers.filter((container) => !isWanted(container));
  const removed = containers.map((container) =>
    planRemoval(builder, container, {
      cause: "the project is taken down",
      after: [],
      timeout,
      hooks: file?.services[container.service]?.pre_stop,
      volumes: options.removeVolumes === true,
    }),
  );
  orderStopsByLabels(builder, containers);
  if (services === undefined) {
    for (const diagnostic of reportOrphans(project, staying)) builder.report(diagnostic);
    // An orphan that stays keeps its networks.
    const busy = new Set(staying.filter(isUp).flatMap((container) => container.networks));
    planNetworkRemovals(builder, project, { observed, removed, busy });
    if (options.removeVolumes === true) planVolumeRemovals(builder, project, { observed, removed });
  }
  if (options.removeImages !== undefined) {
    const which = options.removeImages;
    for (const image of imagesOf(project, { which, observed, containers, services })) {
      const cause = `the project is taken down with ${which === "all" ? "its" : "its own"} images`;
      builder.add("removeImage", `remove image ${image}`, { image }, { cause, after: removed });
    }
  }
  return { plan: builder.build(project.name), diagnostics: builder.diagnostics, consent: [] };
}
