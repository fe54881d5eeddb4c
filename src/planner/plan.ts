// A plan: everything a command is going to do to the engine, as a graph of small steps. Each step is one act on
// one resource and says why it is there. A plan is plain data: it can be printed, compared, sent as JSON.

/** Names a step within its plan, in words: "start demo-web-1". */
export type StepId = string;

/** The body of an Engine API call, in the API's own casing. */
export type ApiBody = { readonly [key: string]: unknown };

/** A container that a step acts on. */
export interface ContainerTarget {
  /** The name it has once the plan has been carried out. */
  readonly name: string;
  readonly service: string;
  /** Which one: there already when the plan was made, or the one that a step of the plan creates. */
  readonly ref: { readonly id: string } | { readonly createdBy: StepId };
}

/** A file that is put into a container before its first start. The content is not part of the plan. */
export interface InjectedFile {
  /** Absolute, inside the container. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly source: { readonly kind: "secret" | "config"; readonly name: string };
}

/** A lifecycle hook's command, as the exec call wants it. */
export interface HookCommand {
  readonly command: readonly string[];
  readonly user?: string;
  readonly privileged?: boolean;
  readonly workingDir?: string;
  readonly env?: readonly string[];
}

/** What each kind of step needs to know. The union of steps and the table that executes them derive from it. */
export interface StepArgs {
  pullImage: { readonly image: string; readonly platform?: string; readonly services: readonly string[] };
  removeImage: { readonly image: string };

  createNetwork: { readonly name: string; readonly body: ApiBody & { readonly Name: string } };
  removeNetwork: { readonly name: string; readonly id: string };
  connectNetwork: {
    readonly network: string;
    readonly container: ContainerTarget;
    readonly endpoint: ApiBody;
  };
  disconnectNetwork: { readonly network: string; readonly container: ContainerTarget };

  createVolume: { readonly name: string; readonly body: ApiBody & { readonly Name: string } };
  removeVolume: { readonly name: string };

  createContainer: {
    readonly name: string;
    readonly service: string;
    readonly number: number;
    /** The name to create it under: another than `name` while its predecessor still has that one. */
    readonly createAs: string;
    readonly image: string;
    readonly platform?: string;
    /** Complete but for the label with the image's digest, which is known only when the image is there. */
    readonly body: ApiBody & { readonly Labels: Readonly<Record<string, string>> };
  };
  renameContainer: { readonly container: ContainerTarget };
  putFiles: { readonly container: ContainerTarget; readonly files: readonly InjectedFile[] };
  startContainer: { readonly container: ContainerTarget };
  /** `timeout` in seconds; absent: the container's own grace period. */
  stopContainer: { readonly container: ContainerTarget; readonly timeout?: number };
  restartContainer: { readonly container: ContainerTarget; readonly timeout?: number };
  /** `volumes`: its anonymous volumes go with it. */
  removeContainer: { readonly container: ContainerTarget; readonly volumes: boolean };
  runHook: {
    readonly container: ContainerTarget;
    readonly hook: "post_start" | "pre_stop";
    readonly command: HookCommand;
  };

  /** Waits time out after `timeout` seconds; absent: they last as long as it takes. */
  /** Healthy if it has a health check, else running; one that ended with 0 and is not restarted counts as well. */
  waitReady: { readonly container: ContainerTarget; readonly timeout?: number };
  waitHealthy: { readonly container: ContainerTarget; readonly timeout?: number };
  waitCompleted: { readonly container: ContainerTarget; readonly timeout?: number };
}

export type StepKind = keyof StepArgs;

interface StepBase {
  readonly id: StepId;
  /** Why: "environment.PORT changed from \"8080\" to \"9090\"". */
  readonly cause: string;
  /** Steps that must have succeeded before. */
  readonly after: readonly StepId[];
  /** Steps that must have ended before, whether or not they succeeded: optional dependencies. */
  readonly afterEnd: readonly StepId[];
  /** Data is lost that nothing in the project can bring back. */
  readonly destructive: boolean;
  /** Set on the steps that together replace one container by a new one. */
  readonly recreates?: string;
}

/** A step of one kind. */
export type StepOf<K extends StepKind> = K extends StepKind
  ? StepBase & { readonly kind: K; readonly args: StepArgs[K] }
  : never;

/** Any step. */
export type Step = StepOf<StepKind>;

/** Steps in an order in which they could be carried out one by one; `after` says what can go in parallel. */
export interface Plan {
  /** The project's name. */
  readonly project: string;
  readonly steps: readonly Step[];
}

/** What a step acts on, in docker compose's words: "Container demo-web-1". */
export function stepResource(step: Step): string {
  switch (step.kind) {
    case "pullImage":
    case "removeImage":
      return `Image ${step.args.image}`;
    case "createNetwork":
    case "removeNetwork":
      return `Network ${step.args.name}`;
    case "createVolume":
    case "removeVolume":
      return `Volume ${step.args.name}`;
    case "createContainer":
      return `Container ${step.args.name}`;
    default:
      return `Container ${step.args.container.name}`;
  }
}

/** The service a step is for; absent for networks, volumes and images. */
export function stepService(step: Step): string | undefined {
  if (step.kind === "createContainer") return step.args.service;
  return "container" in step.args ? step.args.container.service : undefined;
}

function describeCreation({ args, recreates }: StepOf<"createContainer">): string {
  const verb = recreates === undefined ? "create" : "recreate";
  const alias = args.createAs === args.name ? "" : ` as ${args.createAs}`;
  return `${verb} container ${args.name}${alias}`;
}

function describe(step: Step): string {
  switch (step.kind) {
    case "pullImage":
      return `pull image ${step.args.image}`;
    case "removeImage":
      return `remove image ${step.args.image}`;
    case "createNetwork":
      return `create network ${step.args.name}`;
    case "removeNetwork":
      return `remove network ${step.args.name}`;
    case "connectNetwork":
      return `connect container ${step.args.container.name} to network ${step.args.network}`;
    case "disconnectNetwork":
      return `disconnect container ${step.args.container.name} from network ${step.args.network}`;
    case "createVolume":
      return `create volume ${step.args.name}`;
    case "removeVolume":
      return `remove volume ${step.args.name}`;
    case "createContainer":
      return describeCreation(step);
    case "renameContainer":
      return `rename container to ${step.args.container.name}`;
    case "putFiles":
      return `put ${step.args.files.map((file) => file.path).join(", ")} into container ${step.args.container.name}`;
    case "startContainer":
      return `start container ${step.args.container.name}`;
    case "stopContainer":
      return `stop container ${step.args.container.name}`;
    case "restartContainer":
      return `restart container ${step.args.container.name}`;
    case "removeContainer":
      return `remove container ${step.args.container.name}`;
    case "runHook":
      return `run ${step.args.hook} in container ${step.args.container.name}: ${step.args.command.command.join(" ")}`;
    case "waitReady":
      return `wait until container ${step.args.container.name} is ready`;
    case "waitHealthy":
      return `wait until container ${step.args.container.name} is healthy`;
    case "waitCompleted":
      return `wait until container ${step.args.container.name} has completed`;
    default:
      return step satisfies never;
  }
}

/**
 * The plan as text, one line a step, the same for the same plan. Numbers in brackets are the steps that come before.
 * A step that destroys data is marked with `!`.
 */
export function formatPlan(plan: Plan): string {
  if (plan.steps.length === 0) return `${plan.project}: nothing to do\n`;
  const numbers = new Map(plan.steps.map((step, index) => [step.id, index + 1]));
  const width = String(plan.steps.length).length;
  const lines = plan.steps.map((step, index) => {
    const before = [
      ...step.after.map((id) => numbers.get(id) ?? 0),
      ...step.afterEnd.map((id) => numbers.get(id) ?? 0),
    ].toSorted((a, b) => a - b);
    const mark = step.destructive ? "!" : " ";
    const order = before.length === 0 ? "" : ` [after ${before.join(", ")}]`;
    return `${mark}${String(index + 1).padStart(width)}. ${describe(step)}: ${step.cause}${order}`;
  });
  const count = plan.steps.length === 1 ? "1 step" : `${plan.steps.length} steps`;
  return `${plan.project}: ${count}\n${lines.join("\n")}\n`;
}
