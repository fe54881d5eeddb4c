// Containers of the project that belong to no service of the file. Services that a profile or a selection leaves out
// are known, so theirs are no orphans.

import type { ObservedContainer } from "./observed.ts";
import { planRemoval } from "./stopping.ts";
import type { UpContext } from "./up-context.ts";

/** Warns of orphans, or adds the steps that remove them. */
export function planOrphans(context: UpContext): void {
  const { project, observed, options, builder } = context;
  const isKnown = ({ service }: ObservedContainer): boolean =>
    project.services[service] !== undefined || project.disabledServices[service] !== undefined;
  const orphans = observed.containers.filter((container) => !container.oneOff && !isKnown(container));
  if (orphans.length === 0) return;
  if (options.removeOrphans === true) {
    for (const container of orphans) {
      const cause = `service ${container.service} is not in the file`;
      const { timeout } = options;
      planRemoval(builder, container, { cause, after: [], timeout, hooks: undefined, volumes: false });
    }
  } else if (options.ignoreOrphans !== true) {
    builder.report({
      severity: "warning",
      code: "undefined-reference",
      message: `found orphan containers (${orphans.map(({ name }) => name).join(", ")}) of services that the file does not have`,
      hint: "run with --remove-orphans to remove them",
    });
  }
}
