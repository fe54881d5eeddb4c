// What holds for any project, any change to it, and any failure on the way.
/* oxlint-disable vitest/expect-expect -- what is expected is in the properties */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LABEL, planDown, wantedResources, type Plan } from "../../src/planner/index.ts";
import { executePlan, observeProject, type ReconcileResult } from "../../src/reconciler/index.ts";
import type { Project } from "../../src/spec/index.ts";
import { projectOf, projectShape } from "../support/arbitrary-project.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { planNow, up } from "../support/up.ts";

const RUNS = 60;
/** An execution that takes longer than this hangs: nothing in the engine in memory takes more than milliseconds. */
const HANGS_AFTER_MS = 30_000;

async function withEngine(
  options: ConstructorParameters<typeof FakeEngine>[0],
  run: (engine: FakeEngine) => Promise<void>,
): Promise<void> {
  const engine = new FakeEngine(options);
  try {
    await run(engine);
  } finally {
    engine.dispose();
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("it hangs")), HANGS_AFTER_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function expectOrdered(plan: Plan): void {
  const seen = new Set<string>();
  for (const step of plan.steps) {
    for (const before of [...step.after, ...step.afterEnd]) expect(seen).toContain(before);
    seen.add(step.id);
  }
  expect(seen.size).toBe(plan.steps.length);
}

async function expectConverged(engine: FakeEngine, project: Project, result: ReconcileResult): Promise<void> {
  expect(result.executions.flatMap(({ failures }) => failures.map(({ message }) => message))).toEqual([]);
  expect(result.outcome).toBe("converged");
  for (const wait of [false, true]) {
    const { plan } = await planNow(engine, project, { removeOrphans: true, wait });
    expect(plan.steps).toEqual([]);
  }
}

test("every plan is in an order that its dependencies allow", async () => {
  await fc.assert(
    fc.asyncProperty(projectShape, projectShape, async (first, second) => {
      await withEngine({}, async (engine) => {
        expectOrdered((await planNow(engine, projectOf(first), { wait: true })).plan);
        await up(engine, projectOf(first));
        expectOrdered((await planNow(engine, projectOf(second), { removeOrphans: true })).plan);
        expectOrdered((await planNow(engine, projectOf(first), { recreate: "force" })).plan);
      });
    }),
    { numRuns: RUNS },
  );
});

test("a plan applied and made again is empty, from nothing and after any change", async () => {
  await fc.assert(
    fc.asyncProperty(projectShape, projectShape, fc.boolean(), async (first, second, old) => {
      await withEngine({ apiVersion: old ? "1.41" : "1.48" }, async (engine) => {
        for (const project of [projectOf(first), projectOf(second)]) {
          const result = await inTime(up(engine, project, { removeOrphans: true, wait: true }));
          await expectConverged(engine, project, result);
        }
      });
    }),
    { numRuns: RUNS },
  );
});

test("down leaves nothing", async () => {
  await fc.assert(
    fc.asyncProperty(projectShape, fc.boolean(), async (shape, knowsFile) => {
      await withEngine({}, async (engine) => {
        const project = projectOf(shape);
        await up(engine, project);
        const observed = await observeProject(engine, wantedResources(project));
        const target = knowsFile ? project : { name: project.name };
        const { plan } = planDown(target, observed, { removeVolumes: true, removeOrphans: true });
        expectOrdered(plan);
        const result = await inTime(executePlan(plan, engine));
        expect(result.failures).toEqual([]);
        expect([engine.containers.size, engine.networks.size]).toEqual([0, 0]);
        const names = knowsFile
          ? Object.values(project.volumes).map(({ name }) => name)
          : [...engine.volumes.keys()];
        expect(
          names.filter((name) => engine.volumes.get(name)?.Labels?.[LABEL.project] !== undefined),
        ).toEqual([]);
      });
    }),
    { numRuns: RUNS },
  );
});

test("failures at any call and an abort at any time end soon, and the next up repairs everything", async () => {
  await fc.assert(
    fc.asyncProperty(
      projectShape,
      projectShape,
      fc.array(fc.boolean(), { maxLength: 40 }),
      fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
      async (first, second, failing, abortAt) => {
        const abort = new AbortController();
        let faulty = false;
        let calls = 0;
        const before = async (): Promise<void> => {
          if (!faulty) return;
          calls += 1;
          if (calls === abortAt) abort.abort();
          await Promise.resolve();
          if (failing[calls] === true) throw new Error("the engine says no");
        };
        await withEngine({ before }, async (engine) => {
          await up(engine, projectOf(first));
          faulty = true;
          const { signal } = abort;
          await inTime(
            up(engine, projectOf(second), { removeOrphans: true, execute: { signal, parallel: 3 } }),
          );
          expect(engine.subscriptions).toBe(0);
          faulty = false;
          const project = projectOf(second);
          const result = await inTime(up(engine, project, { removeOrphans: true, wait: true }));
          await expectConverged(engine, project, result);
        });
      },
    ),
    { numRuns: RUNS },
  );
});
