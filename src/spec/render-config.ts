import type { Project } from "./model.ts";

/** Writes the canonical document (what `config` prints), with `$` doubled. */
export function renderConfig(project: Project, format: "yaml" | "json"): string {
  throw new Error(`internal: not written yet (${project.name}, ${format})`);
}
