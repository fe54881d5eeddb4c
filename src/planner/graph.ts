// The only dependency graph: of services (who needs whom) and of steps (what comes before what).

import { DepGraph, DepGraphCycleError } from "dependency-graph";
import type { Diagnostic } from "../diagnostics/index.ts";
import type { Project, Service } from "../spec/index.ts";
import type { Step } from "./plan.ts";

type Services = Readonly<Record<string, Service>>;

function serviceGraph(services: Services): DepGraph<string> {
  const graph = new DepGraph<string>();
  for (const name of Object.keys(services)) graph.addNode(name);
  for (const [name, service] of Object.entries(services)) {
    for (const dependency of Object.keys(service.depends_on ?? {})) {
      if (graph.hasNode(dependency)) graph.addDependency(name, dependency);
    }
  }
  return graph;
}

/** A cycle among the services' dependencies as a diagnostic that shows the whole way round. */
export function findServiceCycle(project: Project): Diagnostic | undefined {
  try {
    serviceGraph(project.services).overallOrder();
    return undefined;
  } catch (error) {
    if (!(error instanceof DepGraphCycleError)) throw error;
    const [first = "", second = ""] = error.cyclePath;
    const path = ["services", first, "depends_on", second];
    const span = project.spans.get(path) ?? project.spans.get(["services", first]);
    return {
      severity: "error",
      code: "dependency-cycle",
      message: `dependency cycle: ${error.cyclePath.join(" -> ")}`,
      path,
      ...(span === undefined ? {} : { span }),
    };
  }
}

/** The services selected and, unless left out, all they depend on; each after those it depends on. No cycles allowed. */
export function orderServices(
  services: Services,
  selected: readonly string[],
  options: { readonly withDependencies: boolean },
): readonly string[] {
  const graph = serviceGraph(services);
  const wanted = new Set(selected.filter((name) => graph.hasNode(name)));
  if (options.withDependencies) {
    for (const name of selected) {
      if (graph.hasNode(name)) for (const needed of graph.dependenciesOf(name)) wanted.add(needed);
    }
  }
  return graph.overallOrder().filter((name) => wanted.has(name));
}

/** The steps, each after those it has to come after. A cycle is a mistake of the planner. */
export function orderSteps(steps: readonly Step[]): readonly Step[] {
  const graph = new DepGraph<Step>();
  for (const step of steps) graph.addNode(step.id, step);
  for (const step of steps) {
    for (const before of [...step.after, ...step.afterEnd]) graph.addDependency(step.id, before);
  }
  return graph.overallOrder().map((id) => graph.getNodeData(id));
}
