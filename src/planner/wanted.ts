// What a project refers to on the engine by name, whether or not it carries the project's label.

import type { Project } from "../spec/index.ts";
import { asksForLimits } from "./body/engine-limits.ts";
import { imageReference } from "./names.ts";
import type { WantedResources } from "./observed.ts";

/** What has to be looked up before planning for a project. */
export function wantedResources(project: Project): WantedResources {
  const images = Object.entries(project.services)
    .filter(([, service]) => service.provider === undefined)
    .map(([name, service]) => imageReference(project, name, service));
  return {
    project: project.name,
    images: [...new Set(images)],
    networks: Object.values(project.networks).map((network) => network.name),
    volumes: Object.values(project.volumes).map((volume) => volume.name),
    limits: Object.values(project.services).some(asksForLimits),
    inspected: Object.entries(project.services)
      .filter(([, { pid, ipc }]) => [pid, ipc].some((mode) => mode?.startsWith("service:") === true))
      .map(([name]) => name),
  };
}
