// `up` with its logs on this terminal: attached before the start, until all containers have ended or Ctrl-C.
import type { EngineClient } from "../client/index.ts";
import { planStop, type UpOptions } from "../planner/index.ts";
import type { Project } from "../spec/index.ts";
import { applyPlan, type ApplyRequest } from "./apply-plan.ts";
import type { AttachedView } from "./attach-options.ts";
import { AttachedContainers, type ContainerEnd } from "./attached-containers.ts";
import { AttachedOutput } from "./attached-output.ts";
import { note, type CommandContext } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { wantedOf } from "./wanted-resources.ts";
import { usesColor } from "./render/color.ts";

/** What an attached `up` needs. */
export interface AttachedRequest {
  readonly apply: Omit<ApplyRequest, "client" | "signal">;
  readonly client: EngineClient;
  readonly project: Project;
  readonly options: UpOptions;
  readonly attached: AttachedView;
}

/** Brings the project up and stays; gives the exit code. */
export async function runAttached(context: CommandContext, request: AttachedRequest): Promise<number> {
  const session = new AttachedSession(context, request);
  return session.run();
}

/**
 * One attached `up`:
 *
 *     starting ──converged──> watching ──last end──> over
 *         └──────┬───────────────┘
 *     Ctrl-C, or an end that the cascade rule names ──> stopping ──all ended──> over
 *                                                          └── Ctrl-C again ──> killing
 */
class AttachedSession {
  readonly #context: CommandContext;
  readonly #request: AttachedRequest;
  readonly #output: AttachedOutput;
  readonly #containers: AttachedContainers;
  /** Ends the start phase early. */
  readonly #startAbort = new AbortController();
  /** Ends everything that still listens to the engine. */
  readonly #leave = new AbortController();
  readonly #over: Promise<void>;
  #end: () => void = () => undefined;
  #stopping: Promise<void> | undefined;
  #exitCode: number | undefined;
  #cascaded: number | undefined;
  #interrupted = false;

  constructor(context: CommandContext, request: AttachedRequest) {
    const { attached, project, client } = request;
    const { globals, env, stdout } = context;
    this.#context = context;
    this.#request = request;
    this.#over = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#output = new AttachedOutput(context, project.name, {
      prefix: attached.prefix,
      color: attached.color && usesColor(globals.ansi, env, stdout.isTTY === true),
      timestamps: attached.timestamps,
    });
    this.#containers = new AttachedContainers({
      client,
      project: project.name,
      shown: attached.services,
      monitored: attached.monitored,
      output: this.#output,
      signal: this.#leave.signal,
      onEnd: (end) => this.#ended(end),
      onIdle: () => this.#end(),
    });
  }

  async run(): Promise<number> {
    const handler = this.#context.interrupts.handle((count) => this.#interrupt(count));
    try {
      await this.#containers.open();
      await this.#start();
      await this.#over;
      await this.#stopping;
      return this.#result();
    } finally {
      handler.restore();
      this.#leave.abort();
      await this.#containers.close();
    }
  }

  async #start(): Promise<void> {
    const { apply, attached, project } = this.#request;
    let announced = false;
    try {
      const result = await applyPlan(this.#context, {
        ...apply,
        client: this.#containers.attachingClient(),
        signal: this.#startAbort.signal,
        onView: (view) => this.#output.setView(view),
        onPlan: (plan, observed) => {
          if (announced) return;
          announced = true;
          const created = plan.steps.flatMap((step) => (step.kind === "createContainer" ? [step.args] : []));
          const existing = observed.containers.filter(({ oneOff }) => !oneOff);
          const names = [...existing, ...created]
            .filter(
              ({ service }) => attached.services.has(service) && project.services[service] !== undefined,
            )
            .map(({ name }) => name);
          this.#output.announce([...new Set(names)]);
        },
      });
      await this.#containers.attachRunning(result.observed.containers);
      this.#containers.settle(result.observed.containers);
    } catch (error) {
      // An abort of our own has its own ending.
      if (!this.#startAbort.signal.aborted) throw error;
    }
  }

  #ended({ service, exitCode, container, returning }: ContainerEnd): void {
    const { attached } = this.#request;
    this.#output.remark(container, `exited with code ${exitCode}${returning ? " (restarting)" : ""}`);
    if (returning) return;
    if (service === attached.exitCodeFrom) this.#exitCode ??= exitCode;
    const cascades = attached.cascade === "any-exit" || (attached.cascade === "failure" && exitCode !== 0);
    if (!cascades || this.#stopping !== undefined) return;
    this.#cascaded ??= exitCode;
    this.#output.say("Aborting on container exit...");
    this.#stop();
  }

  #interrupt(count: number): void {
    this.#interrupted = true;
    if (count === 1) {
      this.#output.say("Gracefully Stopping... press Ctrl+C again to force");
      this.#stop();
      return;
    }
    if (count > 2) process.exit(EXIT.cancelled);
    this.#containers.killAll().catch((error: unknown) => note(this.#context, (error as Error).message));
  }

  #stop(): void {
    if (this.#stopping !== undefined) return;
    this.#startAbort.abort();
    this.#stopping = this.#stopContainers().finally(() => this.#end());
    // Its failure is reported where it is awaited.
    this.#stopping.catch(() => undefined);
  }

  async #stopContainers(): Promise<void> {
    const { client, project, options } = this.#request;
    const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };
    await applyPlan(this.#context, {
      operation: "stop",
      client,
      wanted: wantedOf({ name: project.name }),
      project,
      plan: (observed) => planStop(project, observed, timeout),
      signal: this.#leave.signal,
      onView: (view) => this.#output.setView(view),
    });
    await this.#containers.drained();
  }

  #result(): number {
    if (this.#exitCode !== undefined) return this.#exitCode;
    if (this.#cascaded !== undefined) return this.#cascaded;
    return this.#interrupted ? EXIT.cancelled : EXIT.ok;
  }
}
