// Brings projects up on the fake engine, the way the commands do.

import { planUp, wantedResources, injectedContent, type UpOptions } from "../../src/planner/index.ts";
import {
  observeProject,
  reconcile,
  type ExecuteOptions,
  type ReconcileResult,
} from "../../src/reconciler/index.ts";
import type { Project } from "../../src/spec/index.ts";
import type { EngineClient } from "../../src/client/index.ts";

/** `up`, until nothing is left to do. */
export async function up(
  client: EngineClient,
  project: Project,
  options: UpOptions & { readonly execute?: ExecuteOptions } = {},
): Promise<ReconcileResult> {
  const { execute = {}, ...planning } = options;
  return reconcile({
    client,
    wanted: wantedResources(project),
    plan: (observed, soFar) => planUp(project, observed, { ...planning, ...soFar }),
    contentOf: ({ kind, name }) => injectedContent(project, kind, name),
    // Programs in memory that fail do so at once.
    steadyMs: 1,
    ...execute,
  });
}

/** The plan that `up` would carry out now. */
export async function planNow(client: EngineClient, project: Project, options: UpOptions = {}) {
  return planUp(project, await observeProject(client, wantedResources(project)), options);
}
