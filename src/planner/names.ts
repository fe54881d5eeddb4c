// The names of what a project makes on the engine, the same that docker compose gives.

import type { Project, Service } from "../spec/index.ts";

/** `<project>-<service>-<number>`, unless the service has a name of its own. */
export function containerName(project: Project, service: string, number: number): string {
  return project.services[service]?.container_name ?? `${project.name}-${service}-${number}`;
}

/** What a container is called while its predecessor still has its name. */
export function temporaryName(predecessorId: string, name: string): string {
  return `${predecessorId.slice(0, 12)}_${name}`;
}

/** The image a service runs from; one that is only built is called after the project and the service. */
export function imageReference(
  project: { readonly name: string },
  name: string,
  service: Pick<Service, "image">,
): string {
  return service.image ?? `${project.name}-${name}`;
}
