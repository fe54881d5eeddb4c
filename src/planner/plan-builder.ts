// Collects the steps of one plan, and what there is to say about them, while it is being made.

import type { Diagnostic } from "../diagnostics/index.ts";
import { orderSteps } from "./graph.ts";
import type { Plan, StepArgs, StepId, StepKind, StepOf, Step } from "./plan.ts";

/** Everything about a step but its kind and arguments; what is absent is empty. */
export interface StepFrame {
  readonly cause: string;
  readonly after?: readonly (StepId | undefined)[];
  readonly afterEnd?: readonly (StepId | undefined)[];
  readonly destructive?: boolean;
  readonly recreates?: string;
}

function present(ids: readonly (StepId | undefined)[] = []): StepId[] {
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** One plan in the making. Steps may name, in `after`, only steps added before or later under a known id. */
export class PlanBuilder {
  readonly #steps = new Map<StepId, Step>();
  readonly #diagnostics: Diagnostic[] = [];

  /** What the user should know. */
  report(diagnostic: Diagnostic): void {
    this.#diagnostics.push(diagnostic);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  has(id: StepId): boolean {
    return this.#steps.has(id);
  }

  /** Adds a step and gives its id back. An id can be used once. */
  add<K extends StepKind>(kind: K, id: StepId, args: StepArgs[K], frame: StepFrame): StepId {
    if (this.#steps.has(id)) throw new Error(`internal: step ${id} is planned twice`);
    const after = present(frame.after);
    const step: StepOf<StepKind> = {
      id,
      kind,
      args,
      cause: frame.cause,
      after,
      afterEnd: present(frame.afterEnd).filter((other) => !after.includes(other)),
      destructive: frame.destructive ?? false,
      ...(frame.recreates === undefined ? {} : { recreates: frame.recreates }),
    } as unknown as StepOf<StepKind>;
    this.#steps.set(id, step);
    return id;
  }

  /** Lets a step that is already there come after others as well. */
  order(id: StepId, after: readonly (StepId | undefined)[]): void {
    const step = this.#steps.get(id);
    if (step === undefined) throw new Error(`internal: no step ${id}`);
    const all = present([...step.after, ...after]);
    this.#steps.set(id, {
      ...step,
      after: all,
      afterEnd: step.afterEnd.filter((other) => !all.includes(other)),
    });
  }

  /** Lets a step that is already there come after the end of others, however they end. */
  orderAfterEnd(id: StepId, others: readonly StepId[]): void {
    const step = this.#steps.get(id);
    if (step === undefined) throw new Error(`internal: no step ${id}`);
    const afterEnd = present([...step.afterEnd, ...others]).filter((other) => !step.after.includes(other));
    this.#steps.set(id, { ...step, afterEnd });
  }

  build(project: string): Plan {
    return { project, steps: orderSteps([...this.#steps.values()]) };
  }
}
