// What each kind of step does to the engine: one function a kind, one change each. They decide nothing.

import { EngineClientError, type EngineClient } from "../client/index.ts";
import {
  LABEL,
  type ContainerTarget,
  type InjectedFile,
  type StepArgs,
  type StepId,
  type StepKind,
} from "../planner/index.ts";
import type { ContainerChanges } from "./container-changes.ts";
import { StepError } from "./failure.ts";
import { packFiles } from "./tar.ts";
import { waitForContainer, type WaitGoal } from "./wait.ts";

/** Progress of a part of a step's work. */
interface StepProgress {
  readonly text: string;
  readonly isWarning?: true;
  readonly part?: string;
  readonly current?: number;
  readonly total?: number;
}

/** What steps have in common while a plan is carried out. */
export interface StepContext {
  readonly client: EngineClient;
  readonly signal: AbortSignal;
  /** Ids of the containers made so far, by the step that made them. */
  readonly created: Map<StepId, string>;
  /** There when the plan has waits. */
  readonly changes: ContainerChanges | undefined;
  /** Milliseconds that a container without a health check has to have run for to count as ready. */
  readonly steadyMs: number;
  readonly contentOf: (source: InjectedFile["source"]) => string | undefined;
}

/** One step as it is carried out. */
export interface StepRun extends StepContext {
  readonly stepId: StepId;
  readonly progress: (progress: StepProgress) => void;
}

/** The id of the container that a step acts on. */
export function containerId(context: Pick<StepContext, "created">, target: ContainerTarget): string {
  if ("id" in target.ref) return target.ref.id;
  const id = context.created.get(target.ref.createdBy);
  if (id === undefined) throw new Error(`internal: ${target.ref.createdBy} has made no container`);
  return id;
}

/** Where the goal is that something is gone, finding it gone is success. */
async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const isGone =
      error instanceof EngineClientError && (error.code === "not-found" || error.code === "image-not-found");
    if (!isGone) throw error;
  }
}

async function pullImage(args: StepArgs["pullImage"], run: StepRun): Promise<void> {
  const options = args.platform === undefined ? {} : { platform: args.platform };
  for await (const message of run.client.pullImage(args.image, options, run.signal)) {
    const { status, id, progressDetail } = message;
    if (typeof status !== "string") continue;
    const { current, total } = (progressDetail ?? {}) as { current?: number; total?: number };
    run.progress({
      text: status,
      ...(typeof id === "string" ? { part: id } : {}),
      ...(current === undefined ? {} : { current }),
      ...(total === undefined ? {} : { total }),
    });
  }
}

/** Two that bring the same project up at once both find its network missing: the one that comes second uses the other's. */
async function createNetwork({ body }: StepArgs["createNetwork"], { client }: StepRun): Promise<void> {
  try {
    await client.createNetwork(body);
  } catch (error) {
    if (!(error instanceof EngineClientError) || error.code !== "conflict") throw error;
    const own = body["Labels"] as Readonly<Record<string, string>>;
    const labels = [LABEL.project, LABEL.network].map((label) => `${label}=${own[label]}`);
    const found = await client.listNetworks({ name: body.Name, labels });
    if (!found.some(({ Name }) => Name === body.Name)) throw error;
  }
}

async function createContainer(args: StepArgs["createContainer"], run: StepRun): Promise<void> {
  const { client } = run;
  const labels: Record<string, string> = { ...args.body.Labels };
  if (labels[LABEL.image] === undefined) {
    const image = await client.inspectImage(args.image);
    if (image === undefined)
      throw new StepError("image-not-found", `image ${args.image} is not on the engine`);
    labels[LABEL.image] = image.Id;
  }
  const options = args.platform === undefined ? {} : { platform: args.platform };
  const { id, warnings } = await client.createContainer(
    args.createAs,
    { ...args.body, Labels: labels },
    options,
  );
  run.created.set(run.stepId, id);
  for (const warning of warnings) run.progress({ text: warning, isWarning: true });
}

async function putFiles(args: StepArgs["putFiles"], run: StepRun): Promise<void> {
  const files = args.files.map((file) => {
    const content = run.contentOf(file.source);
    if (content === undefined) {
      throw new StepError("invalid", `${file.source.kind} "${file.source.name}" has no content`);
    }
    return { file, content };
  });
  await run.client.putArchive(containerId(run, args.container), "/", await packFiles(files));
}

const MOST_HOOK_OUTPUT = 2_000;

async function runHook(args: StepArgs["runHook"], run: StepRun): Promise<void> {
  const { container, hook, command } = args;
  try {
    const session = await run.client.exec(containerId(run, container), {
      ...command,
      tty: false,
      stdin: false,
    });
    let output = "";
    for await (const { bytes } of session.output) {
      output = (output + bytes.toString("utf8")).slice(-MOST_HOOK_OUTPUT);
    }
    const exitCode = await session.exitCode();
    if (exitCode === 0) return;
    const detail = output.trim() === "" ? "" : `: ${output.trim()}`;
    const message = `${hook} hook of container ${container.name} exited with ${exitCode}${detail}`;
    throw new StepError("hook-failed", message);
  } catch (error) {
    // A container that is already stopped or gone has nothing to prepare for.
    const isOver =
      error instanceof EngineClientError && (error.code === "not-found" || error.code === "conflict");
    if (hook === "pre_stop" && isOver) return;
    throw error;
  }
}

function waitFor(goal: WaitGoal) {
  return async (args: StepArgs["waitHealthy"], run: StepRun): Promise<void> => {
    const { changes, client, signal, steadyMs } = run;
    if (changes === undefined) throw new Error("internal: a wait without events");
    const { container, timeout } = args;
    const { name, service } = container;
    const id = containerId(run, container);
    const request = { id, name, service, goal, steadyMs, ...(timeout === undefined ? {} : { timeout }) };
    await waitForContainer(client, changes, request, signal);
  };
}

type Executor<K extends StepKind> = (args: StepArgs[K], run: StepRun) => Promise<void>;

/** How each kind of step is carried out. */
export const EXECUTORS: { readonly [K in StepKind]: Executor<K> } = {
  pullImage,
  removeImage: ({ image }, { client }) => unlessGone(client.removeImage(image, { force: false })),
  createNetwork,
  removeNetwork: ({ id }, { client }) => unlessGone(client.removeNetwork(id)),
  connectNetwork: ({ network, container, endpoint }, run) =>
    run.client.connectNetwork(network, containerId(run, container), endpoint),
  disconnectNetwork: ({ network, container }, run) =>
    unlessGone(run.client.disconnectNetwork(network, containerId(run, container))),
  createVolume: ({ body }, { client }) => client.createVolume(body),
  removeVolume: ({ name }, { client }) => unlessGone(client.removeVolume(name)),
  createContainer,
  renameContainer: ({ container }, run) =>
    run.client.renameContainer(containerId(run, container), container.name),
  putFiles,
  startContainer: ({ container }, run) => run.client.startContainer(containerId(run, container)),
  stopContainer: ({ container, timeout }, run) =>
    unlessGone(
      run.client.stopContainer(containerId(run, container), timeout === undefined ? {} : { timeout }),
    ),
  restartContainer: ({ container, timeout }, run) =>
    run.client.restartContainer(containerId(run, container), timeout === undefined ? {} : { timeout }),
  removeContainer: ({ container, volumes }, run) =>
    unlessGone(run.client.removeContainer(containerId(run, container), { force: true, volumes })),
  runHook,
  waitReady: waitFor("ready"),
  waitHealthy: waitFor("healthy"),
  waitCompleted: waitFor("completed"),
};
