// Turns what went wrong into a StepFailure: which resource, why, and what the container had to say.

import { EngineClientError, type ContainerDetails, type EngineClient } from "../client/index.ts";
import { stepResource, stepService, type Step } from "../planner/index.ts";
import type { StepFailure } from "./event.ts";

const MOST_LOG_LINES = 20;
const LOG_DEADLINE_MS = 2_000;

/** What a step throws that knows more about its failure than a message. */
export class StepError extends Error {
  readonly code: string;
  /** The container as it was when the step gave up. */
  readonly details: ContainerDetails | undefined;

  constructor(code: string, message: string, details?: ContainerDetails) {
    super(message);
    this.name = "StepError";
    this.code = code;
    this.details = details;
  }
}

/** The last lines of a container's log; undefined when there are none or they cannot be had. */
async function readLogTail(
  client: EngineClient,
  id: string,
  tty: boolean,
): Promise<readonly string[] | undefined> {
  const chunks: Buffer[] = [];
  try {
    const signal = AbortSignal.timeout(LOG_DEADLINE_MS);
    for await (const { bytes } of client.containerLogs(id, { tail: MOST_LOG_LINES, tty }, signal)) {
      chunks.push(bytes);
    }
  } catch (error) {
    // The log illustrates another failure, which must not be hidden by this one.
    if (!(error instanceof Error)) throw error;
  }
  const lines = Buffer.concat(chunks).toString("utf8").split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  return lines.length === 0 ? undefined : lines.slice(-MOST_LOG_LINES);
}

function lastHealthOutput(details: ContainerDetails | undefined): string | undefined {
  const output = details?.State.Health?.Log?.at(-1)?.Output.trim();
  return output === "" ? undefined : output;
}

/** Describes the failure of a step. `containerId`: whose log is to be shown, if any. */
export async function describeFailure(
  client: EngineClient,
  step: Step,
  error: unknown,
  containerId: string | undefined,
): Promise<StepFailure> {
  const details = error instanceof StepError ? error.details : undefined;
  const service = stepService(step);
  const container = step.kind === "createContainer" ? step.args.name : containerNameOf(step);
  const ended = details !== undefined && !details.State.Running;
  const showsLog = containerId !== undefined && SHOWS_LOG.has(step.kind);
  const logTail = showsLog ? await readLogTail(client, containerId, details?.Config.Tty === true) : undefined;
  const healthOutput = lastHealthOutput(details);
  return {
    step: step.id,
    code: error instanceof StepError || error instanceof EngineClientError ? error.code : "failed",
    message: error instanceof Error ? error.message : String(error),
    resource: stepResource(step),
    ...(service === undefined ? {} : { service }),
    ...(container === undefined ? {} : { container }),
    ...(ended ? { exitCode: details.State.ExitCode } : {}),
    ...(healthOutput === undefined ? {} : { healthOutput }),
    ...(logTail === undefined ? {} : { logTail }),
    cause: error,
  };
}

const SHOWS_LOG: ReadonlySet<Step["kind"]> = new Set([
  "startContainer",
  "restartContainer",
  "runHook",
  "waitReady",
  "waitHealthy",
  "waitCompleted",
]);

function containerNameOf(step: Step): string | undefined {
  return "container" in step.args ? step.args.container.name : undefined;
}
