// Carries out a plan: each step as soon as those before it are done. A step that fails takes with it only what depends
// on it; the rest goes on to its end.

import { setMaxListeners } from "node:events";
import type { EngineClient } from "../client/index.ts";
import { stepResource, type InjectedFile, type Plan, type Step, type StepId } from "../planner/index.ts";
import { ContainerChanges } from "./container-changes.ts";
import type { ReconcileEvent, StepFailure } from "./event.ts";
import { describeFailure } from "./failure.ts";
import { containerId, EXECUTORS, type StepContext, type StepRun } from "./steps.ts";
import { FAILED, INTERRUPTED, IN_USE, SKIPPED, beginning, ending } from "./wording.ts";

const DEFAULT_PARALLEL = 32;
/** As long as docker compose takes until it looks for the first time. */
const DEFAULT_STEADY_MS = 500;

export interface ExecuteOptions {
  /** How many steps may act on the engine at once; waiting ones and pulls do not count. Default: 32. */
  readonly parallel?: number;
  /** Aborting starts no further step and ends waits and pulls; calls under way are let finish. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ReconcileEvent) => void;
  /** Milliseconds that a container without a health check has to have run for to count as ready. Default: 500. */
  readonly steadyMs?: number;
  /** The text of a secret or config that is to be put into a container. */
  readonly contentOf?: (source: InjectedFile["source"]) => string | undefined;
}

/** How it went. Nothing failed and nothing was aborted: the engine is as the plan says. */
export interface ExecutionResult {
  readonly done: readonly StepId[];
  readonly failures: readonly StepFailure[];
  /** Failures that nothing else depended on: of optional dependencies, and of what is still in use elsewhere. */
  readonly warnings: readonly StepFailure[];
  readonly skipped: readonly StepId[];
  readonly aborted: boolean;
}

type Outcome = "done" | "failed" | "skipped";

/** Kinds that only wait: were they counted, those they wait for might never get their turn. */
const UNCOUNTED: ReadonlySet<Step["kind"]> = new Set([
  "pullImage",
  "waitReady",
  "waitHealthy",
  "waitCompleted",
]);

const REMOVALS: ReadonlySet<Step["kind"]> = new Set(["removeNetwork", "removeVolume", "removeImage"]);

const WAITS: ReadonlySet<Step["kind"]> = new Set(["waitReady", "waitHealthy", "waitCompleted"]);

/**
 * One run of one plan. A step goes
 *
 *     pending ──all before it ended──> queued ──a place is free──> running ──> done | failed
 *        └──one of `after` failed or was skipped, or abort──> skipped
 */
class Execution {
  readonly #plan: Plan;
  readonly #context: StepContext;
  readonly #onEvent: (event: ReconcileEvent) => void;
  readonly #parallel: number;
  readonly #outcomes = new Map<StepId, Outcome>();
  readonly #dependants = new Map<StepId, Step[]>();
  readonly #missing = new Map<StepId, number>();
  readonly #queue: Step[] = [];
  /** Steps of each replacement that are still to be done. */
  readonly #replacing = new Map<string, number>();
  readonly #announced = new Set<string>();
  readonly #failures: StepFailure[] = [];
  readonly #warnings: StepFailure[] = [];
  #acting = 0;
  #left: number;
  #finish: () => void = () => undefined;
  #crash: (error: unknown) => void = () => undefined;

  constructor(plan: Plan, context: StepContext, options: ExecuteOptions) {
    this.#plan = plan;
    this.#context = context;
    this.#onEvent = options.onEvent ?? (() => undefined);
    this.#parallel = options.parallel ?? DEFAULT_PARALLEL;
    this.#left = plan.steps.length;
    for (const step of plan.steps) {
      const before = [...step.after, ...step.afterEnd];
      this.#missing.set(step.id, before.length);
      for (const id of before) {
        const dependants = this.#dependants.get(id);
        if (dependants === undefined) this.#dependants.set(id, [step]);
        else dependants.push(step);
      }
      if (step.recreates !== undefined) {
        this.#replacing.set(step.recreates, (this.#replacing.get(step.recreates) ?? 0) + 1);
      }
    }
  }

  async run(): Promise<ExecutionResult> {
    const { signal } = this.#context;
    await new Promise<void>((resolve, reject) => {
      this.#finish = resolve;
      this.#crash = reject;
      if (this.#left === 0) resolve();
      for (const step of this.#plan.steps) if (this.#missing.get(step.id) === 0) this.#queue.push(step);
      this.#advance();
    });
    const ids = (outcome: Outcome): StepId[] =>
      this.#plan.steps.map(({ id }) => id).filter((id) => this.#outcomes.get(id) === outcome);
    return {
      done: ids("done"),
      failures: this.#failures,
      warnings: this.#warnings,
      skipped: ids("skipped"),
      aborted: signal.aborted,
    };
  }

  /** Starts what can be started. */
  #advance(): void {
    for (let index = 0; index < this.#queue.length;) {
      const step = this.#queue[index];
      if (step === undefined) return;
      const counted = !UNCOUNTED.has(step.kind);
      if (counted && this.#acting >= this.#parallel && !this.#context.signal.aborted) {
        index += 1;
        continue;
      }
      this.#queue.splice(index, 1);
      if (this.#context.signal.aborted) this.#skip(step, undefined);
      else this.#perform(step, counted);
    }
  }

  #perform(step: Step, counted: boolean): void {
    if (counted) this.#acting += 1;
    const settle = async (): Promise<void> => {
      const outcome = await this.#carryOut(step);
      if (counted) this.#acting -= 1;
      this.#end(step, outcome);
      this.#advance();
    };
    settle().catch((error: unknown) => this.#crash(error));
  }

  async #carryOut(step: Step): Promise<Outcome> {
    const resource = stepResource(step);
    const startedAt = process.hrtime.bigint();
    this.#onEvent({ type: "started", step, resource, text: beginning(step), ...this.#innerStart(step) });
    const run: StepRun = {
      ...this.#context,
      stepId: step.id,
      progress: (progress) => this.#onEvent({ type: "progress", step, resource, ...progress }),
    };
    try {
      // The table has one function for each kind, so that the arguments fit; the compiler cannot follow the pair.
      const executor = EXECUTORS[step.kind] as (args: Step["args"], run: StepRun) => Promise<void>;
      await executor(step.args, run);
    } catch (error) {
      if (this.#context.signal.aborted) {
        this.#onEvent({ type: "skipped", step, resource, text: INTERRUPTED });
        return "skipped";
      }
      return await this.#fail(step, error);
    }
    const isLast = this.#isReplaced(step);
    const inner = isLast ? {} : { inner: true as const };
    const elapsedMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
    this.#onEvent({ type: "done", step, resource, text: ending(step, isLast), elapsedMs, ...inner });
    return "done";
  }

  /** Only the first step of a replacement tells that it begins. */
  #innerStart({ recreates }: Step): { readonly inner?: true } {
    if (recreates === undefined) return {};
    if (this.#announced.has(recreates)) return { inner: true };
    this.#announced.add(recreates);
    return {};
  }

  /** Counts a step that is done; true when nothing of the replacement it may belong to is left. */
  #isReplaced({ recreates }: Step): boolean {
    if (recreates === undefined) return true;
    const left = (this.#replacing.get(recreates) ?? 1) - 1;
    this.#replacing.set(recreates, left);
    return left === 0;
  }

  async #fail(step: Step, error: unknown): Promise<Outcome> {
    const failure = await describeFailure(this.#context.client, step, error, this.#logSource(step));
    const inUse = failure.code === "conflict" && this.#isLastRemoval(step);
    const tolerated = inUse || this.#isOptional(step);
    (tolerated ? this.#warnings : this.#failures).push(failure);
    const text = inUse ? IN_USE : FAILED;
    this.#onEvent({ type: "failed", step, resource: failure.resource, text, failure, tolerated });
    return "failed";
  }

  #logSource(step: Step): string | undefined {
    if (!("container" in step.args)) return undefined;
    const { ref } = step.args.container;
    if ("createdBy" in ref && !this.#context.created.has(ref.createdBy)) return undefined;
    return containerId(this.#context, step.args.container);
  }

  /** A network, volume or image that somebody else still uses stays, unless the plan needs it gone. */
  #isLastRemoval(step: Step): boolean {
    return REMOVALS.has(step.kind) && !this.#dependants.has(step.id);
  }

  /** A wait that is there only for services which can do without. */
  #isOptional(step: Step): boolean {
    const dependants = this.#dependants.get(step.id) ?? [];
    return (
      WAITS.has(step.kind) &&
      dependants.length > 0 &&
      dependants.every((dependant) => dependant.afterEnd.includes(step.id))
    );
  }

  #skip(step: Step, because: StepId | undefined): void {
    const resource = stepResource(step);
    const text = because === undefined ? INTERRUPTED : SKIPPED;
    this.#onEvent({ type: "skipped", step, resource, text, ...(because === undefined ? {} : { because }) });
    this.#end(step, "skipped", because);
  }

  /** Notes how a step ended and lets its dependants go on, or skips them. */
  #end(step: Step, outcome: Outcome, because: StepId | undefined = step.id): void {
    this.#outcomes.set(step.id, outcome);
    this.#left -= 1;
    for (const dependant of this.#dependants.get(step.id) ?? []) {
      if (this.#outcomes.has(dependant.id)) continue;
      if (outcome !== "done" && dependant.after.includes(step.id)) {
        this.#skip(dependant, this.#context.signal.aborted ? undefined : because);
        continue;
      }
      const missing = (this.#missing.get(dependant.id) ?? 1) - 1;
      this.#missing.set(dependant.id, missing);
      if (missing === 0) this.#queue.push(dependant);
    }
    if (this.#left === 0) this.#finish();
  }
}

/** Carries out a plan. Failures are in the result, not thrown; it rejects only when the engine's events cannot be had. */
export async function executePlan(
  plan: Plan,
  client: EngineClient,
  options: ExecuteOptions = {},
): Promise<ExecutionResult> {
  // A signal of our own, as every wait and pull listens to it: Node warns of more than ten listeners.
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  const { signal } = ending;
  const onAbort = (): void => ending.abort(options.signal?.reason);
  if (options.signal?.aborted === true) onAbort();
  options.signal?.addEventListener("abort", onAbort);
  let changes: ContainerChanges | undefined;
  try {
    const needsEvents = plan.steps.some((step) => WAITS.has(step.kind)) && !signal.aborted;
    if (needsEvents) changes = await ContainerChanges.open(client, plan.project);
    const contentOf = options.contentOf ?? (() => undefined);
    const { steadyMs = DEFAULT_STEADY_MS } = options;
    const context: StepContext = { client, signal, created: new Map(), changes, steadyMs, contentOf };
    return await new Execution(plan, context, options).run();
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    await changes?.close();
  }
}
