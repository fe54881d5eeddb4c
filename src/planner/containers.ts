// The steps that make, replace, keep and remove containers, up to the point where each could be started.

import type { Service } from "../spec/index.ts";
import { disconnectId } from "./clearing.ts";
import { injectedFiles } from "./body/file-mounts.ts";
import type { ContainerOfService } from "./body/isolation.ts";
import { inheritedVolumes, volumeName } from "./body/mounts.ts";
import { endpointsOf } from "./body/networking.ts";
import { canonicalService, configHash } from "./config-hash.ts";
import { containerBody } from "./container-body.ts";
import { parentServices } from "./divergence.ts";
import { containerLabels } from "./labels.ts";
import { temporaryName } from "./names.ts";
import type { ObservedContainer } from "./observed.ts";
import type { ContainerTarget, StepId } from "./plan.ts";
import type { DecisionSource, Replica, ServiceDecision } from "./replicas.ts";
import { isUp, planRemoval, planStopSteps } from "./stopping.ts";

/** A container as the start phase sees it. */
export interface PreparedReplica {
  readonly replica: Replica;
  readonly target: ContainerTarget;
  /** Steps after which it can be started. */
  readonly ready: readonly StepId[];
  /** Why it has to be started; absent: it runs, or has done what it was for, and stays so. */
  readonly startCause?: string;
}

export interface ContainerSource extends DecisionSource {
  readonly decisions: ReadonlyMap<string, ServiceDecision>;
  /** Services of which the running containers are stopped and started again, and why. */
  readonly restarted: ReadonlyMap<string, string>;
  /** One-shot services: another waits for their completion. */
  readonly oneShots: ReadonlySet<string>;
}

interface Step {
  readonly source: ContainerSource;
  readonly service: Service;
  readonly replica: Replica;
  readonly prepared: ReadonlyMap<string, readonly PreparedReplica[]>;
}

/** Finds containers by service among those prepared so far, else among those observed. */
function containerFinder(step: Step): ContainerOfService {
  return (name) => {
    const target = step.prepared.get(name)?.[0]?.target;
    if (target !== undefined) return "id" in target.ref ? target.ref.id : target.name;
    return step.source.context.observed.containers
      .filter((container) => container.service === name && !container.oneOff)
      .toSorted((a, b) => a.number - b.number)[0]?.id;
  };
}

function prerequisites(step: Step): readonly (StepId | undefined)[] {
  const { source, service, replica, prepared } = step;
  const { project } = source.context;
  const endpoints = endpointsOf(project, replica.service, service, () => undefined);
  const volumes = (service.volumes ?? []).map((mount) => volumeName(project, mount) ?? "");
  return [
    source.images.get(replica.service)?.pulled,
    ...endpoints.map(({ network }) => source.networks.get(network)?.ready),
    ...volumes.map((name) => source.volumes.get(name)?.ready),
    ...parentServices(service).flatMap((parent) => prepared.get(parent)?.[0]?.ready ?? []),
    ...leftOverRemovals(step),
  ];
}

/** What an interrupted replacement left behind may have the name that is needed now. */
function leftOverRemovals(step: Step): readonly StepId[] {
  const surplus = step.source.decisions.get(step.replica.service)?.surplus ?? [];
  return surplus
    .filter(({ container }) => container.number === step.replica.number)
    .map(({ container }) => `remove ${container.name}`);
}

function createSteps(step: Step, createAs: string, after: readonly (StepId | undefined)[]) {
  const { source, service, replica } = step;
  const { project, observed, options, builder } = source.context;
  const image = source.images.get(replica.service);
  const containerOf = containerFinder(step);
  const canonical = canonicalService(project, replica.service);
  const recreates = replica.action === "recreate" ? { recreates: replica.name } : {};
  const { body, later } = containerBody({
    project,
    service,
    image: image?.reference ?? "",
    labels: containerLabels({
      project,
      name: replica.service,
      service,
      number: replica.number,
      configHash: configHash(canonical),
      canonical,
      imageId: image?.pulled === undefined ? image?.observed?.id : undefined,
      toolVersion: options.toolVersion,
      replaces: replica.action === "recreate",
    }),
    endpoints: endpointsOf(project, replica.service, service, containerOf),
    inherited:
      replica.existing === undefined || options.renewAnonymousVolumes === true
        ? new Map()
        : inheritedVolumes(service, replica.existing.mounts, image?.observed?.volumes),
    containerOf,
    apiVersion: observed.engine.apiVersion,
  });
  const { platform } = service;
  const created = builder.add(
    "createContainer",
    `create ${replica.name}`,
    {
      name: replica.name,
      service: replica.service,
      number: replica.number,
      createAs,
      image: image?.reference ?? "",
      ...(platform === undefined ? {} : { platform }),
      body,
    },
    { cause: replica.cause, after: [...prerequisites(step), ...after], ...recreates },
  );
  const target: ContainerTarget = {
    name: replica.name,
    service: replica.service,
    ref: { createdBy: created },
  };
  const connected = later.map(({ key, network, body: endpoint }) =>
    builder.add(
      "connectNetwork",
      `connect ${replica.name} to ${network}`,
      { network, container: target, endpoint },
      { cause: `${replica.service} is on network ${key}`, after: [created], ...recreates },
    ),
  );
  const filled = fillSteps(step, target, { after: [created], ...recreates });
  return { created, target, ready: [created, ...connected, ...filled] };
}

/** Puts the secrets and configs that are text into a container that has not run yet. */
function fillSteps(
  { source, service, replica }: Step,
  container: ContainerTarget,
  about: { readonly after: readonly StepId[]; readonly recreates?: string },
): readonly StepId[] {
  const { project, builder } = source.context;
  const files = injectedFiles(project, service);
  if (files.length === 0) return [];
  const cause = "its secrets and configs are text";
  return [builder.add("putFiles", `fill ${replica.name}`, { container, files }, { ...about, cause })];
}

function recreate(step: Step, existing: ObservedContainer): PreparedReplica {
  const { source, service, replica } = step;
  const { builder, options } = source.context;
  const { name } = replica;
  const gone = (after: readonly StepId[]): StepId =>
    planRemoval(builder, existing, {
      cause: "it is replaced",
      after,
      timeout: options.timeout,
      hooks: service.pre_stop,
      recreates: name,
      volumes: false,
    });
  if (replica.removeFirst) {
    const removed = gone([]);
    const { target, ready } = createSteps(step, name, [removed]);
    return { replica, target, ready, startCause: "it is new" };
  }
  const createAs = existing.name === name ? temporaryName(existing.id, name) : name;
  const { target, ready } = createSteps(step, createAs, []);
  const removed = gone(ready);
  if (createAs === name) return { replica, target, ready: [removed], startCause: "it is new" };
  const renamed = builder.add(
    "renameContainer",
    `rename ${name}`,
    { container: target },
    { cause: "its predecessor is gone", after: [removed], recreates: name },
  );
  return { replica, target, ready: [renamed], startCause: "it is new" };
}

/** Takes a container that stays off the networks that are made anew, and puts it on the new ones. */
function reconnect(
  step: Step,
  existing: ObservedContainer,
  target: ContainerTarget,
  stopped: StepId[],
): StepId[] {
  const { source, service, replica } = step;
  const { builder, project } = source.context;
  const endpoints = endpointsOf(project, replica.service, service, containerFinder(step));
  return endpoints.flatMap(({ network, body }) => {
    const planned = source.networks.get(network);
    if (planned?.removed === undefined || !existing.networks.includes(network)) return [];
    const { step: removal, cause } = planned.removed;
    const args = { network, container: target };
    const off = builder.add("disconnectNetwork", disconnectId(existing, network), args, {
      cause,
      after: stopped,
    });
    builder.order(removal, [off]);
    return builder.add(
      "connectNetwork",
      `connect ${replica.name} to ${network}`,
      { ...args, endpoint: body },
      { cause, after: [planned.ready] },
    );
  });
}

function keep(step: Step, existing: ObservedContainer): PreparedReplica {
  const { source, service, replica } = step;
  const { builder, options } = source.context;
  const target: ContainerTarget = {
    name: replica.name,
    service: replica.service,
    ref: { id: existing.id },
  };
  const restartCause = source.restarted.get(replica.service);
  const ready: StepId[] = [];
  if (restartCause !== undefined && isUp(existing)) {
    const { timeout } = options;
    ready.push(
      planStopSteps(builder, existing, { cause: restartCause, after: [], timeout, hooks: service.pre_stop }),
    );
  }
  ready.push(...reconnect(step, existing, target, [...ready]));
  if (existing.name !== replica.name) {
    const cause = "it still has the name it was created under";
    const after = leftOverRemovals(step);
    ready.push(
      builder.add("renameContainer", `rename ${replica.name}`, { container: target }, { cause, after }),
    );
  }
  const isOver = source.oneShots.has(replica.service) && existing.exitCode === 0;
  const isStarted = options.started?.includes(replica.name) === true;
  const startCause = startCauseOf(existing, restartCause, isOver || isStarted);
  // Whoever created it may have been interrupted, or refused, before it had its files.
  if (existing.state === "created" && startCause !== undefined && options.noStart !== true)
    ready.push(...fillSteps(step, target, { after: [] }));
  return { replica, target, ready, ...(startCause === undefined ? {} : { startCause }) };
}

function startCauseOf(
  existing: ObservedContainer,
  restartCause: string | undefined,
  staysEnded: boolean,
): string | undefined {
  if (restartCause !== undefined) return restartCause;
  if (isUp(existing)) return undefined;
  if (existing.state === "created") return "it has not been started yet";
  if (staysEnded) return undefined;
  return `it is not running (exit code ${existing.exitCode})`;
}

/** Adds the steps for all containers of the services that take part; services in dependency order. */
export function planContainers(source: ContainerSource): ReadonlyMap<string, readonly PreparedReplica[]> {
  const { builder, options } = source.context;
  const prepared = new Map<string, readonly PreparedReplica[]>();
  for (const [name, service] of source.context.services) {
    const decision = source.decisions.get(name);
    for (const { container, cause } of decision?.surplus ?? []) {
      const { timeout } = options;
      planRemoval(builder, container, { cause, after: [], timeout, hooks: service.pre_stop, volumes: false });
    }
    const replicas = (decision?.replicas ?? []).map((replica) => {
      const step: Step = { source, service, replica, prepared };
      const { existing } = replica;
      if (existing === undefined) {
        const { target, ready } = createSteps(step, replica.name, []);
        return { replica, target, ready, startCause: "it is new" };
      }
      return replica.action === "keep" ? keep(step, existing) : recreate(step, existing);
    });
    prepared.set(name, replicas);
  }
  return prepared;
}
