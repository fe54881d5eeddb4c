// The project's name.
import type { Place } from "./node.ts";
import type { Report } from "./report.ts";

/** Lower case, only letters, digits, `_` and `-`, and a letter or digit first. */
export function normaliseProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}

/** A name that was given on purpose (`-p`, COMPOSE_PROJECT_NAME): it has to be right already. */
export function checkProjectName(name: string, report: Report, place?: Place): void {
  if (name !== "" && normaliseProjectName(name) === name) return;
  const suggestion = normaliseProjectName(name);
  report.error(
    "project-name",
    `invalid project name "${name}": must consist only of lowercase alphanumeric characters, hyphens, and underscores ` +
      "as well as start with a letter or number",
    { place, hint: suggestion === "" ? undefined : `\`${suggestion}\` would do` },
  );
}
