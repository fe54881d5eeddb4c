// What the planner is to look at for the project that a command is about.
import { wantedResources, type WantedResources } from "../planner/index.ts";
import type { NamedProject } from "./project.ts";

/** What has to be looked up on the engine for it. */
export function wantedOf({ name, project }: NamedProject): WantedResources {
  return project === undefined
    ? { project: name, images: [], networks: [], volumes: [], inspected: [] }
    : wantedResources(project);
}
