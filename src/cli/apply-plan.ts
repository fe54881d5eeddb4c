// Has a plan made, shows it being carried out, and says what went wrong.
import type { EngineClient } from "../client/index.ts";
import type { Diagnostic } from "../diagnostics/index.ts";
import {
  injectedContent,
  stepResource,
  type ObservedState,
  type Plan,
  type PlanResult,
  type WantedResources,
} from "../planner/index.ts";
import {
  reconcile,
  type ReconcileEvent,
  type ReconcileResult,
  type RoundsSoFar,
} from "../reconciler/index.ts";
import type { Project } from "../spec/index.ts";
import { CliError } from "./cli-error.ts";
import { stderrPaint, warn, type CommandContext } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { askYesNo } from "./prompt.ts";
import { formatDiagnostics } from "./render/diagnostic.ts";
import { usesColor } from "./render/color.ts";
import { formatFailures } from "./render/failure.ts";
import { chooseProgressMode, openProgress, type ProgressMode, type ProgressView } from "./render/progress.ts";

/** What is to be done, and how it is shown. */
export interface ApplyRequest {
  /** The command's name: "up". */
  readonly operation: string;
  readonly client: EngineClient;
  readonly wanted: WantedResources;
  /** Absent where only the project's name is known. */
  readonly project?: Project;
  /** Texts of the project's files, for code frames. */
  readonly sources?: ReadonlyMap<string, string>;
  /** Makes the plan; `agreed` are the volumes whose data the user has given up. */
  readonly plan: (observed: ObservedState, soFar: RoundsSoFar, agreed: readonly string[]) => PlanResult;
  /** Answers every question with yes. */
  readonly yes?: boolean;
  readonly signal: AbortSignal;
  /** Containers that stay as they are are named as running. */
  readonly showRunning?: boolean;
  /** Sees each plan before it is carried out. */
  readonly onPlan?: (plan: Plan, observed: ObservedState) => void;
  /** Told about the view that is open, so that other output can be printed around it. */
  readonly onView?: (view: ProgressView | undefined) => void;
}

/** Decides how progress is shown; throws CliError for flags that contradict each other. */
function progressMode({ globals, stderr }: CommandContext): ProgressMode {
  try {
    return chooseProgressMode({
      requested: globals.progress,
      ansi: globals.ansi,
      terminal: stderr.isTTY === true,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new CliError(error.message);
    throw error;
  }
}

/** Carries the plan out; throws an already shown CliError where it was rejected, failed or aborted. */
export async function applyPlan(context: CommandContext, request: ApplyRequest): Promise<ReconcileResult> {
  const mode = progressMode(context);
  const screen = new PlanScreen(context, request, mode);
  let last: RoundsSoFar = { pulled: [], started: [], created: [] };
  const result = await reconcile({
    client: request.client,
    wanted: request.wanted,
    signal: request.signal,
    ...(context.globals.parallel === undefined ? {} : { parallel: context.globals.parallel }),
    plan: (observed, soFar) => {
      last = soFar;
      return request.plan(observed, soFar, screen.agreed);
    },
    review: async (planned, observed) => {
      const agreed = await screen.ask(planned);
      const final = agreed ? request.plan(observed, last, screen.agreed) : planned;
      return screen.begin(final, observed);
    },
    onEvent: (event) => screen.show(event),
    ...(request.project === undefined ? {} : { contentOf: contentReader(request.project) }),
  }).finally(() => screen.end());
  return judge(context, request, result);
}

function contentReader(project: Project) {
  return (source: { readonly kind: "secret" | "config"; readonly name: string }): string | undefined =>
    injectedContent(project, source.kind, source.name);
}

function judge(context: CommandContext, request: ApplyRequest, result: ReconcileResult): ReconcileResult {
  switch (result.outcome) {
    case "converged":
      return result;
    case "aborted":
      throw new CliError("", { exitCode: EXIT.cancelled });
    case "rejected":
      showDiagnostics(context, request, result.planned.diagnostics);
      throw new CliError("");
    case "failed": {
      const failures = result.executions.flatMap((execution) => execution.failures);
      context.stderr.write(formatFailures(failures, stderrPaint(context)));
      throw new CliError("");
    }
  }
}

function showDiagnostics(
  context: CommandContext,
  request: ApplyRequest,
  diagnostics: readonly Diagnostic[],
): void {
  if (diagnostics.length === 0) return;
  const view = {
    sources: request.sources ?? new Map<string, string>(),
    paint: stderrPaint(context),
  };
  context.stderr.write(formatDiagnostics(diagnostics, view));
}

/** One command's rounds of planning as the user sees them. */
class PlanScreen {
  readonly #context: CommandContext;
  readonly #request: ApplyRequest;
  readonly #mode: ProgressMode;
  readonly #said = new Set<string>();
  readonly #asked = new Set<string>();
  #rounds = 0;
  view: ProgressView | undefined;
  agreed: readonly string[] = [];

  constructor(context: CommandContext, request: ApplyRequest, mode: ProgressMode) {
    this.#context = context;
    this.#request = request;
    this.#mode = mode;
  }

  /** Asks about data that would be lost; true when the plan has to be made again. */
  async ask({ consent }: PlanResult): Promise<boolean> {
    const before = this.agreed.length;
    for (const { volume, name, cause } of consent) {
      if (this.#asked.has(volume)) continue;
      this.#asked.add(volume);
      const question = `Volume "${name}" exists but doesn't match configuration in compose file (${cause}). Recreate (data will be lost)?`;
      const yes = this.#request.yes === true || (await askYesNo(this.#context, question));
      if (yes) this.agreed = [...this.agreed, volume];
    }
    return this.agreed.length > before;
  }

  /** Shows a plan's warnings and opens its view; undefined where nothing may be done. */
  async begin(planned: PlanResult, observed: ObservedState): Promise<PlanResult | undefined> {
    await this.end();
    const fresh = planned.diagnostics.filter(({ message }) => !this.#said.has(message));
    for (const { message } of fresh) this.#said.add(message);
    if (!fresh.some(({ severity }) => severity === "error")) {
      showDiagnostics(this.#context, this.#request, fresh);
    }
    this.#rounds += 1;
    this.#request.onPlan?.(planned.plan, observed);
    const { globals, env, stderr } = this.#context;
    if (globals.dryRun) {
      stderr.write(formatDryRun(planned.plan));
      return { ...planned, plan: { ...planned.plan, steps: [] } };
    }
    const running = this.#rounds === 1 && this.#request.showRunning === true;
    this.view = await openProgress({
      mode: this.#mode,
      operation: this.#request.operation,
      plan: planned.plan,
      unchanged: running ? unchangedContainers(planned.plan, observed, this.#request.project) : [],
      terminal: stderr,
      color: usesColor(globals.ansi, env, stderr.isTTY === true),
    });
    this.#request.onView?.(this.view);
    return planned;
  }

  /** An event in its view. A warning is no state that the next one takes the place of: it stays to be read. */
  show(event: ReconcileEvent): void {
    const isWarning = event.type === "progress" && event.isWarning === true;
    if (isWarning && this.#mode !== "json") {
      this.view?.aside(() => warn(this.#context, `${event.resource}: ${event.text}`));
    } else this.view?.event(event);
  }

  async end(): Promise<void> {
    const { view } = this;
    this.view = undefined;
    await view?.end();
    this.#request.onView?.(undefined);
  }
}

/** Containers that run and that the plan leaves alone. */
function unchangedContainers(
  plan: Plan,
  observed: ObservedState,
  project: Project | undefined,
): readonly string[] {
  const touched = new Set(plan.steps.map(stepResource));
  return observed.containers
    .filter(({ service, oneOff, state }) => {
      return !oneOff && state === "running" && project?.services[service] !== undefined;
    })
    .map(({ name }) => `Container ${name}`)
    .filter((resource) => !touched.has(resource));
}

function formatDryRun(plan: Plan): string {
  return plan.steps
    .map((step) => ` DRY-RUN MODE -  ${stepResource(step)} ${step.kind}: ${step.cause}\n`)
    .join("");
}
