import type { Project } from "./model.ts";

/** The names of the enabled services, each after the services it depends on; otherwise in the order of the file. */
export function servicesInDependencyOrder(project: Project): readonly string[] {
  const ordered: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const service = project.services[name];
    if (service === undefined || seen.has(name)) return;
    seen.add(name);
    for (const dependency of Object.keys(service.depends_on ?? {})) visit(dependency);
    ordered.push(name);
  };
  for (const name of Object.keys(project.services)) visit(name);
  return ordered;
}
