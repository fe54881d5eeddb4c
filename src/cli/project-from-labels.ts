// A project of which there are only containers: their labels say what its services are and depend on.
import { LABEL, type ObservedState } from "../planner/index.ts";
import type { Project, Service, ServiceDependency } from "../spec/index.ts";

/** What the containers of a project tell of it; enough to stop, start and restart them in order. */
export function projectFromLabels(name: string, observed: ObservedState): Project {
  const services: Record<string, Service> = {};
  for (const { service, labels, oneOff } of observed.containers) {
    if (oneOff || service === "") continue;
    services[service] = { depends_on: readDependencies(labels[LABEL.dependsOn] ?? "") };
  }
  const nothing = { networks: {}, volumes: {}, secrets: {}, configs: {}, models: {}, extensions: {} };
  return {
    name,
    workingDir: "/",
    configFiles: [],
    environmentFiles: [],
    environment: {},
    services,
    disabledServices: {},
    ...nothing,
    spans: { get: () => undefined },
  };
}

/** Reads `db:service_healthy:false,…`. */
function readDependencies(label: string): Record<string, ServiceDependency> {
  const dependencies: Record<string, ServiceDependency> = {};
  for (const entry of label.split(",").filter((text) => text !== "")) {
    const [service = "", condition, restart] = entry.split(":");
    dependencies[service] = {
      condition: readCondition(condition),
      restart: restart === "true",
      required: true,
    };
  }
  return dependencies;
}

function readCondition(text: string | undefined): ServiceDependency["condition"] {
  return text === "service_healthy" || text === "service_completed_successfully" ? text : "service_started";
}
