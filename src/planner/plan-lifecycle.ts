// `stop`, `start` and `restart`: they act on the containers that exist and make none.

import type { Project, Service } from "../spec/index.ts";
import { hookCommand } from "./body/process.ts";
import { orderServices } from "./graph.ts";
import type { ObservedContainer, ObservedState } from "./observed.ts";
import type { LifecycleOptions, PlanResult } from "./options.ts";
import type { StepId } from "./plan.ts";
import { PlanBuilder } from "./plan-builder.ts";
import { orderStopsByLabels, type ProjectToRemove } from "./plan-down.ts";
import { existingTarget, isUp, planStopSteps } from "./stopping.ts";
import { diagnosticAt } from "./up-context.ts";

function finish(builder: PlanBuilder, name: string): PlanResult {
  return { plan: builder.build(name), diagnostics: builder.diagnostics, consent: [] };
}

/** Plans what `stop` has to do: in the reverse order of the dependencies. Works with a project's name alone. */
export function planStop(
  project: ProjectToRemove,
  observed: ObservedState,
  options: LifecycleOptions = {},
): PlanResult {
  const builder = new PlanBuilder();
  const file = "services" in project ? project : undefined;
  const containers = observed.containers.filter(
    ({ service, oneOff }) => !oneOff && (options.services?.includes(service) ?? true),
  );
  for (const container of containers.filter(isUp)) {
    const hooks = file?.services[container.service]?.pre_stop;
    planStopSteps(builder, container, { cause: "asked for", after: [], timeout: options.timeout, hooks });
  }
  orderStopsByLabels(builder, containers);
  return finish(builder, project.name);
}

interface Walk {
  readonly builder: PlanBuilder;
  readonly observed: ObservedState;
  readonly options: LifecycleOptions;
  /** For each service acted on: the last step of each of its containers. */
  readonly acted: Map<string, { readonly container: ObservedContainer; readonly last: StepId }[]>;
}

function containersOf(observed: ObservedState, service: string): readonly ObservedContainer[] {
  return observed.containers
    .filter((container) => container.service === service && !container.oneOff)
    .toSorted((a, b) => a.number - b.number);
}

/** The steps after which what a service depends on is as its conditions say. */
function conditions(walk: Walk, service: Service): { after: StepId[]; afterEnd: StepId[] } {
  const after: StepId[] = [];
  const afterEnd: StepId[] = [];
  for (const [dependency, { condition, required }] of Object.entries(service.depends_on ?? {})) {
    const target = required ? after : afterEnd;
    for (const { container, last } of walk.acted.get(dependency) ?? []) {
      target.push(condition === "service_started" ? last : waitFor(walk, container, last, condition));
    }
  }
  return { after, afterEnd };
}

function waitFor(
  walk: Walk,
  container: ObservedContainer,
  last: StepId,
  condition: "service_healthy" | "service_completed_successfully",
): StepId {
  const healthy = condition === "service_healthy";
  const id = `${healthy ? "healthy" : "completed"} ${container.name}`;
  if (walk.builder.has(id)) return id;
  const timeout = walk.options.waitTimeout;
  return walk.builder.add(
    healthy ? "waitHealthy" : "waitCompleted",
    id,
    { container: existingTarget(container), ...(timeout === undefined ? {} : { timeout }) },
    {
      cause: `services that depend on ${container.service} need it ${healthy ? "healthy" : "completed"}`,
      after: [last],
    },
  );
}

function planPostStart(
  walk: Walk,
  container: ObservedContainer,
  service: Service | undefined,
  started: StepId,
): StepId {
  let last = started;
  for (const [index, hook] of (service?.post_start ?? []).entries()) {
    last = walk.builder.add(
      "runHook",
      `post_start ${index} ${container.name}`,
      { container: existingTarget(container), hook: "post_start", command: hookCommand(hook) },
      { cause: "it has been started", after: [last] },
    );
  }
  return last;
}

/** Plans what `start` has to do: in dependency order, with waits for the conditions of what is started. */
export function planStart(
  project: Project,
  observed: ObservedState,
  options: LifecycleOptions = {},
): PlanResult {
  const walk: Walk = { builder: new PlanBuilder(), observed, options, acted: new Map() };
  const selected = options.services ?? Object.keys(project.services);
  const names = orderServices(project.services, selected, { withDependencies: options.noDeps !== true });
  for (const name of names) {
    const service = project.services[name];
    const containers = containersOf(observed, name);
    if (containers.length === 0 && selected.includes(name)) {
      const message = `service "${name}" has no container to start`;
      const about = { severity: "error", code: "undefined-reference", message } as const;
      walk.builder.report(diagnosticAt(project, ["services", name], about));
    }
    for (const container of containers) {
      if (service === undefined || isUp(container)) continue;
      const started = walk.builder.add(
        "startContainer",
        `start ${container.name}`,
        { container: existingTarget(container) },
        { cause: "asked for", ...conditions(walk, service) },
      );
      const last = planPostStart(walk, container, service, started);
      walk.acted.set(name, [...(walk.acted.get(name) ?? []), { container, last }]);
    }
  }
  if (options.wait === true) for (const name of names) waitUntilReady(walk, containersOf(observed, name));
  return finish(walk.builder, project.name);
}

/** Adds the wait for each container of a service to be ready, where it is not known to be. */
function waitUntilReady(walk: Walk, containers: readonly ObservedContainer[]): void {
  for (const container of containers) {
    const { name, service, state, health = "healthy" } = container;
    const started = walk.acted.get(service)?.find((acted) => acted.container === container)?.last;
    if (
      (started === undefined && state === "running" && health === "healthy") ||
      walk.builder.has(`healthy ${name}`)
    )
      continue;
    const timeout = walk.options.waitTimeout;
    walk.builder.add(
      "waitReady",
      `ready ${name}`,
      { container: existingTarget(container), ...(timeout === undefined ? {} : { timeout }) },
      { cause: "asked for", after: [started] },
    );
  }
}

/** The services to restart: those named, and those that want to be restarted along with one of them. */
function restartCauses(project: Project, options: LifecycleOptions): ReadonlyMap<string, string> {
  const all = Object.keys(project.services);
  const selected = options.services ?? all;
  const causes = new Map(selected.map((name) => [name, "asked for"]));
  if (options.noDeps === true) return causes;
  for (const name of orderServices(project.services, all, { withDependencies: true })) {
    for (const [dependency, { restart }] of Object.entries(project.services[name]?.depends_on ?? {})) {
      if (restart === true && causes.has(dependency) && !causes.has(name)) {
        causes.set(name, `${dependency} is restarted`);
      }
    }
  }
  return causes;
}

/** Plans what `restart` has to do: in dependency order, with the hooks of both sides. Containers keep what they are. */
export function planRestart(
  project: Project,
  observed: ObservedState,
  options: LifecycleOptions = {},
): PlanResult {
  const walk: Walk = { builder: new PlanBuilder(), observed, options, acted: new Map() };
  const causes = restartCauses(project, options);
  const names = orderServices(project.services, [...causes.keys()], { withDependencies: false });
  for (const name of names) {
    const service = project.services[name];
    for (const container of containersOf(observed, name)) {
      if (service === undefined) continue;
      const { after, afterEnd } = conditions(walk, service);
      let hooked: StepId | undefined;
      for (const [index, hook] of (container.state === "running" ? (service.pre_stop ?? []) : []).entries()) {
        hooked = walk.builder.add(
          "runHook",
          `pre_stop ${index} ${container.name}`,
          { container: existingTarget(container), hook: "pre_stop", command: hookCommand(hook) },
          { cause: "it is about to be stopped", after, afterEnd: [...afterEnd, hooked] },
        );
      }
      const restarted = walk.builder.add(
        "restartContainer",
        `restart ${container.name}`,
        {
          container: existingTarget(container),
          ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
        },
        { cause: causes.get(name) ?? "asked for", after, afterEnd: [...afterEnd, hooked] },
      );
      const last = planPostStart(walk, container, service, restarted);
      walk.acted.set(name, [...(walk.acted.get(name) ?? []), { container, last }]);
    }
  }
  return finish(walk.builder, project.name);
}
