// The steps that start containers, each after what its service depends on: started, healthy or completed.

import type { Service, ServiceDependency } from "../spec/index.ts";
import { hookCommand } from "./body/process.ts";
import type { PreparedReplica } from "./containers.ts";
import type { PlannedImage } from "./images.ts";
import type { StepId } from "./plan.ts";
import { isUp } from "./stopping.ts";
import { diagnosticAt, type UpContext } from "./up-context.ts";

export interface StartSource {
  readonly context: UpContext;
  readonly images: ReadonlyMap<string, PlannedImage>;
  readonly prepared: ReadonlyMap<string, readonly PreparedReplica[]>;
  readonly oneShots: ReadonlySet<string>;
}

type Condition = ServiceDependency["condition"];

/** Whether a service's containers have a health check; undefined when that depends on an image not yet seen. */
function hasHealthcheck(service: Service, image: PlannedImage | undefined): boolean | undefined {
  const check = service.healthcheck;
  if (check?.disable === true || check?.test?.[0] === "NONE") return false;
  if (check?.test !== undefined) return true;
  return image?.pulled === undefined ? image?.observed?.hasHealthcheck : undefined;
}

/** Steps that have to be done before a dependant can rely on one container of a service. */
class Starts {
  readonly #source: StartSource;
  readonly #started = new Map<string, StepId>();

  constructor(source: StartSource) {
    this.#source = source;
  }

  /** The steps after which a service meets a condition; those it needs and that are not planned yet are added. */
  meeting(dependency: string, condition: Condition): readonly StepId[] {
    const replicas = this.#source.prepared.get(dependency) ?? [];
    return replicas.flatMap((prepared) => this.#wait(prepared, condition) ?? []);
  }

  #wait(prepared: PreparedReplica, condition: Condition): StepId | undefined {
    const { builder, options } = this.#source.context;
    const { existing, name, service } = prepared.replica;
    const started = this.#started.get(name);
    if (condition === "service_started") return started;
    const healthy = condition === "service_healthy";
    const met = healthy
      ? existing !== undefined && isUp(existing) && existing.health === "healthy"
      : existing?.state === "exited" && existing.exitCode === 0;
    if (started === undefined && met) return undefined;
    const id = `${healthy ? "healthy" : "completed"} ${name}`;
    if (builder.has(id)) return id;
    const timeout = options.waitTimeout === undefined ? {} : { timeout: options.waitTimeout };
    return builder.add(
      healthy ? "waitHealthy" : "waitCompleted",
      id,
      { container: prepared.target, ...timeout },
      {
        cause: `services that depend on ${service} need it ${healthy ? "healthy" : "completed"}`,
        after: [started],
      },
    );
  }

  /** Adds the start of one container, and its hooks after the start. */
  start(prepared: PreparedReplica, service: Service): void {
    const { builder, project } = this.#source.context;
    if (prepared.startCause === undefined) return;
    const { name } = prepared.replica;
    const after: StepId[] = [...prepared.ready];
    const afterEnd: StepId[] = [];
    for (const [dependency, { condition, required }] of Object.entries(service.depends_on ?? {})) {
      if (project.services[dependency] === undefined) continue;
      (required ? after : afterEnd).push(...this.meeting(dependency, condition));
    }
    let last = builder.add(
      "startContainer",
      `start ${name}`,
      { container: prepared.target },
      { cause: prepared.startCause, after, afterEnd },
    );
    for (const [index, hook] of (service.post_start ?? []).entries()) {
      last = builder.add(
        "runHook",
        `post_start ${index} ${name}`,
        { container: prepared.target, hook: "post_start", command: hookCommand(hook) },
        { cause: "it has been started", after: [last] },
      );
    }
    this.#started.set(name, last);
  }

  /** Adds the wait for a container to be ready, where it is not known to be. */
  ready(prepared: PreparedReplica): void {
    const { context, oneShots } = this.#source;
    const { existing, name, service } = prepared.replica;
    const isOneShot = oneShots.has(service);
    if (isOneShot) {
      this.#wait(prepared, "service_completed_successfully");
      return;
    }
    const started = this.#started.get(name);
    const isReady =
      existing?.state === "running"
        ? (existing.health ?? "healthy") === "healthy"
        : existing?.state === "exited" && existing.exitCode === 0;
    if ((started === undefined && isReady) || context.builder.has(`healthy ${name}`)) return;
    const timeout = context.options.waitTimeout;
    context.builder.add(
      "waitReady",
      `ready ${name}`,
      { container: prepared.target, ...(timeout === undefined ? {} : { timeout }) },
      { cause: "asked for", after: [started] },
    );
  }
}

/** A wait that can never end is a mistake in the file: it is reported where the condition stands. */
function reportMissingHealthchecks(source: StartSource): void {
  const { project, builder, services, options } = source.context;
  if (options.noDeps === true || options.noStart === true) return;
  for (const [name, service] of services) {
    for (const [dependency, { condition, required }] of Object.entries(service.depends_on ?? {})) {
      const other = project.services[dependency];
      if (condition !== "service_healthy" || other === undefined) continue;
      if (hasHealthcheck(other, source.images.get(dependency)) !== false) continue;
      builder.report(
        diagnosticAt(project, ["services", name, "depends_on", dependency, "condition"], {
          severity: required ? "error" : "warning",
          code: "invalid-value",
          message: `service "${name}" waits for "${dependency}" to be healthy, but "${dependency}" has no health check`,
          hint: `add a \`healthcheck\` to "${dependency}", or use the condition \`service_started\``,
        }),
      );
    }
  }
}

/** Adds all starts and waits. */
export function planStarts(source: StartSource): void {
  const { options, services } = source.context;
  reportMissingHealthchecks(source);
  if (options.noStart === true) return;
  const starts = new Starts(source);
  for (const [name, service] of services) {
    for (const prepared of source.prepared.get(name) ?? []) starts.start(prepared, service);
  }
  if (options.wait !== true) return;
  for (const [name] of services) {
    for (const prepared of source.prepared.get(name) ?? []) starts.ready(prepared);
  }
}
