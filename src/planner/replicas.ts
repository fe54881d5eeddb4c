// Decides, for each service, which containers stay, which are made, made anew, and which go. No steps yet: the
// decisions of one service depend on those of the services it shares namespaces and volumes with.

import type { Service } from "../spec/index.ts";
import { volumeName } from "./body/mounts.ts";
import { divergence, parentServices } from "./divergence.ts";
import type { PlannedImage } from "./images.ts";
import { containerName } from "./names.ts";
import type { PlannedResource } from "./networks.ts";
import type { ObservedContainer } from "./observed.ts";
import type { RecreatePolicy } from "./options.ts";
import { diagnosticAt, type UpContext } from "./up-context.ts";

/** One container that a service is to have. */
export interface Replica {
  readonly service: string;
  readonly number: number;
  readonly name: string;
  readonly action: "keep" | "create" | "recreate";
  readonly cause: string;
  /** What is there now; absent for "create". */
  readonly existing?: ObservedContainer;
  /** The old container has to be gone before the new one can be created. */
  readonly removeFirst: boolean;
}

/** A container that the service no longer needs. */
interface Surplus {
  readonly container: ObservedContainer;
  readonly cause: string;
}

export interface ServiceDecision {
  readonly replicas: readonly Replica[];
  readonly surplus: readonly Surplus[];
}

export interface DecisionSource {
  readonly context: UpContext;
  readonly images: ReadonlyMap<string, PlannedImage>;
  readonly networks: ReadonlyMap<string, PlannedResource>;
  readonly volumes: ReadonlyMap<string, PlannedResource>;
}

/** How many containers a service is to have. */
function wantedCount(context: UpContext, name: string, service: Service): number {
  const asked = context.options.scale?.[name];
  const count = asked ?? service.scale ?? service.deploy?.replicas ?? 1;
  if (count > 1 && service.container_name !== undefined) {
    const message = `service "${name}" cannot have ${count} containers, as all would be called "${service.container_name}"`;
    const path = ["services", name, "container_name"];
    context.builder.report(
      diagnosticAt(context.project, path, { severity: "error", code: "conflict", message }),
    );
    return 1;
  }
  return count;
}

const TEMPORARY_NAME = /^[0-9a-f]{12}_/;

/** Splits a service's containers into one for each number and those left over from an interrupted replacement. */
function byNumber(containers: readonly ObservedContainer[]): {
  readonly current: readonly ObservedContainer[];
  readonly leftOver: readonly ObservedContainer[];
} {
  const current = new Map<number, ObservedContainer>();
  const leftOver: ObservedContainer[] = [];
  const temporaryLast = containers.toSorted(
    (a, b) => Number(TEMPORARY_NAME.test(a.name)) - Number(TEMPORARY_NAME.test(b.name)),
  );
  for (const container of temporaryLast) {
    if (current.has(container.number)) leftOver.push(container);
    else current.set(container.number, container);
  }
  return { current: [...current.values()], leftOver };
}

/** Why the service's containers have to go, whatever they look like: one of their volumes is made anew. */
function volumeCause(source: DecisionSource, service: Service): string | undefined {
  const names = (service.volumes ?? []).map((mount) => volumeName(source.context.project, mount) ?? "");
  return names.map((name) => source.volumes.get(name)?.removed?.cause).find((cause) => cause !== undefined);
}

/** Whether a container that diverges or not is replaced under the policy, and why. */
function recreateCause(
  policy: RecreatePolicy,
  diverged: string | undefined,
  forced: string | undefined,
): string | undefined {
  if (forced !== undefined) return forced;
  if (policy === "never") return undefined;
  return diverged ?? (policy === "force" ? "asked for" : undefined);
}

interface Judged {
  readonly container: ObservedContainer;
  /** Why it is to be replaced; absent: it stays. */
  readonly cause: string | undefined;
}

/** Judges each container that a service has now. */
function judge(
  source: DecisionSource,
  entry: readonly [string, Service],
  decided: ReadonlyMap<string, ServiceDecision>,
  current: readonly ObservedContainer[],
): readonly Judged[] {
  const { context, images } = source;
  const [name, service] = entry;
  const { recreate, recreateDependencies } = context.options;
  const policy = (context.named.has(name) ? recreate : recreateDependencies) ?? "diverged";
  const parents = parentServices(service);
  const changedParent = parents.find((parent) =>
    decided.get(parent)?.replicas.some((replica) => replica.action === "recreate"),
  );
  const forced =
    volumeCause(source, service) ??
    (changedParent === undefined ? undefined : `${changedParent} is made anew`);
  const parentContainers = new Map(
    parents.map((parent) => [parent, firstContainer(context, decided, parent)] as const),
  );
  return current.map((container) => {
    const image = images.get(name);
    const diverged = divergence({ context, name, service, image, container, parents: parentContainers });
    // What this command has made already is new enough.
    const isNew = policy === "force" && context.options.created?.includes(container.name) === true;
    return { container, cause: recreateCause(isNew ? "diverged" : policy, diverged, forced) };
  });
}

function decideService(
  source: DecisionSource,
  entry: readonly [string, Service],
  decided: ReadonlyMap<string, ServiceDecision>,
): ServiceDecision {
  const { context, networks, volumes } = source;
  const [name, service] = entry;
  const count = wantedCount(context, name, service);
  const own = context.observed.containers.filter((c) => c.service === name && !c.oneOff && c.number > 0);
  const { current, leftOver } = byNumber(own);
  // What is stopped goes in the reverse order of the dependencies. A successor that waited for something which itself
  // waits for old containers to go would turn that order into a circle.
  const renewed = [...networks.values(), ...volumes.values()].some(({ removed }) => removed !== undefined);
  const removeFirst = renewed || parentServices(service).length > 0;

  const byWorth = judge(source, entry, decided, current).toSorted(
    (a, b) =>
      Number(a.cause !== undefined) - Number(b.cause !== undefined) ||
      a.container.number - b.container.number,
  );
  const kept = byWorth.slice(0, count).toSorted((a, b) => a.container.number - b.container.number);
  const replicas: Replica[] = kept.map(({ container, cause }) => ({
    service: name,
    number: container.number,
    name: containerName(context.project, name, container.number),
    action: cause === undefined ? "keep" : "recreate",
    cause: cause ?? "",
    existing: container,
    removeFirst,
  }));
  const highest = Math.max(0, ...current.map((container) => container.number));
  for (let number = highest + 1; replicas.length < count; number += 1) {
    replicas.push({
      service: name,
      number,
      name: containerName(context.project, name, number),
      action: "create",
      cause: count === 1 ? "it does not exist" : `${name} is to have ${count} containers`,
      removeFirst: false,
    });
  }
  const tooMany = `${name} is to have ${count} container${count === 1 ? "" : "s"}`;
  const interrupted = "it is left over from a replacement that was interrupted";
  const surplus = [
    ...leftOver.map((container) => ({ container, cause: interrupted })),
    ...byWorth.slice(count).map(({ container }) => ({ container, cause: tooMany })),
  ];
  return { replicas, surplus };
}

/** The container that stands for a service when another refers to it: its first one, as observed. */
function firstContainer(
  context: UpContext,
  decided: ReadonlyMap<string, ServiceDecision>,
  name: string,
): ObservedContainer | undefined {
  const decision = decided.get(name);
  if (decision !== undefined) return decision.replicas[0]?.existing;
  return context.observed.containers
    .filter((container) => container.service === name && !container.oneOff)
    .toSorted((a, b) => a.number - b.number)[0];
}

/** Decides about all services that take part. */
export function decideReplicas(source: DecisionSource): ReadonlyMap<string, ServiceDecision> {
  const decided = new Map<string, ServiceDecision>();
  for (const entry of source.context.services) decided.set(entry[0], decideService(source, entry, decided));
  return decided;
}
