// What all parts of planning an `up` have in common: what was asked, which services take part, and the plan so far.

import type { Diagnostic, DiagnosticCode, Severity } from "../diagnostics/index.ts";
import type { Project, Service } from "../spec/index.ts";
import { orderServices } from "./graph.ts";
import type { ObservedState } from "./observed.ts";
import type { UpOptions } from "./options.ts";
import { PlanBuilder } from "./plan-builder.ts";

export interface UpContext {
  readonly project: Project;
  readonly observed: ObservedState;
  readonly options: UpOptions;
  readonly builder: PlanBuilder;
  /** The services that take part, each after those it depends on. */
  readonly services: readonly (readonly [name: string, service: Service])[];
  /** Those of them that were asked for; the others are only dependencies. */
  readonly named: ReadonlySet<string>;
}

export function upContext(project: Project, observed: ObservedState, options: UpOptions): UpContext {
  const selected = options.services ?? Object.keys(project.services);
  const names = orderServices(project.services, selected, { withDependencies: options.noDeps !== true });
  return {
    project,
    observed,
    options,
    builder: new PlanBuilder(),
    services: names.flatMap((name) => {
      const service = project.services[name];
      return service === undefined || service.provider !== undefined ? [] : [[name, service] as const];
    }),
    named: new Set(selected),
  };
}

/** A diagnostic about what stands at a path of the project, with its place in the file if anybody wrote it there. */
export function diagnosticAt(
  project: Project,
  path: readonly string[],
  about: {
    readonly severity: Severity;
    readonly code: DiagnosticCode;
    readonly message: string;
    readonly hint?: string;
  },
): Diagnostic {
  for (let length = path.length; length > 1; length -= 1) {
    const span = project.spans.get(path.slice(0, length));
    if (span !== undefined) return { ...about, path, span };
  }
  return { ...about, path };
}
