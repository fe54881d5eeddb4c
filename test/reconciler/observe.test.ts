// What is looked at, and how many requests it takes.
import { afterEach, describe, expect, test, vi } from "vitest";
import { wantedResources } from "../../src/planner/index.ts";
import { observeProject } from "../../src/reconciler/observe.ts";
import { FakeEngine, type FakeEngineOptions } from "../support/fake-engine.ts";
import { composeProject } from "../support/compose-project.ts";
import { up } from "../support/up.ts";

const YAML = `
name: demo
services:
  web: { image: app, volumes: [data:/data] }
  db: { image: checked }
  beside: { image: app, pid: "service:web" }
  job: { image: once }
volumes: { data: }
`;

const engines: FakeEngine[] = [];

afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

async function running(options: FakeEngineOptions = {}) {
  const engine = new FakeEngine({
    images: {
      app: { id: "sha256:app", command: ["sleep", "infinity"] },
      checked: {
        id: "sha256:checked",
        command: ["sleep", "infinity"],
        healthcheck: { Test: ["CMD", "true"], Interval: 1e6 },
      },
      once: { id: "sha256:once", command: ["sh", "-c", "exit 3"] },
    },
    ...options,
  });
  engines.push(engine);
  const project = composeProject(YAML);
  await up(engine, project);
  await expect.poll(() => engine.named("demo-job-1").status).toBe("exited");
  await expect.poll(() => engine.named("demo-db-1").health?.Status).toBe("healthy");
  return { engine, wanted: wantedResources(project), inspect: vi.spyOn(engine, "inspectContainer") };
}

describe("containers", () => {
  test("that run are taken from the list; others, and those that share a namespace, are inspected", async () => {
    const { engine, wanted, inspect } = await running();
    const { containers } = await observeProject(engine, wanted);
    const inspected = inspect.mock.calls.map(([id]) => engine.named(id).name).toSorted();
    expect(inspected).toEqual(["demo-beside-1", "demo-job-1"]);
    expect(
      containers.map(({ name, state, health, exitCode }) => ({ name, state, health, exitCode })),
    ).toEqual([
      { name: "demo-beside-1", state: "running", health: undefined, exitCode: 0 },
      { name: "demo-db-1", state: "running", health: "healthy", exitCode: 0 },
      { name: "demo-job-1", state: "exited", health: undefined, exitCode: 3 },
      { name: "demo-web-1", state: "running", health: undefined, exitCode: 0 },
    ]);
  });

  test("are all inspected where the engine's lists leave things out, with the same result", async () => {
    const { engine, wanted, inspect } = await running();
    const listed = await observeProject(engine, wanted);
    inspect.mockClear();
    vi.spyOn(engine, "version").mockResolvedValue({ apiVersion: "1.48", server: "Libpod/5.4.0 (linux)" });
    const inspected = await observeProject(engine, wanted);
    expect(inspect).toHaveBeenCalledTimes(4);
    const shared = (state: typeof listed) =>
      state.containers.map(({ pidMode: _pid, ipcMode: _ipc, ...rest }) => rest);
    expect(shared(inspected)).toEqual(shared(listed));
  });
});
