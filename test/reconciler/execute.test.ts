// Carrying out plans: what a failure takes with it, what an abort leaves, and how soon what waits is woken.
/* oxlint-disable unicorn/consistent-function-scoping -- each project stands beside what is expected of it */

import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { planUp, wantedResources } from "../../src/planner/index.ts";
import { executePlan, observeProject, type ReconcileEvent } from "../../src/reconciler/index.ts";
import type { Project } from "../../src/spec/index.ts";
import { composeProject } from "../support/compose-project.ts";
import { FakeEngine, type FakeEngineOptions } from "../support/fake-engine.ts";
import { planNow, up } from "../support/up.ts";

const engines: FakeEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

function newEngine(options?: FakeEngineOptions): FakeEngine {
  const engine = new FakeEngine(options);
  engines.push(engine);
  return engine;
}

const CHAIN = composeProject(`
name: demo
services:
  web:
    image: app
    network_mode: none
    depends_on:
      db: { condition: service_healthy }
  db:
    image: app
    network_mode: none
    healthcheck: { test: ["CMD", "true"] }
  other: { image: app, network_mode: none }
`);

/** Resolves as soon as an event like this has been seen. */
function eventWatcher(): {
  onEvent: (event: ReconcileEvent) => void;
  seen: (type: ReconcileEvent["type"], stepId: string) => Promise<void>;
  events: ReconcileEvent[];
} {
  const events: ReconcileEvent[] = [];
  const waiters: (() => void)[] = [];
  return {
    events,
    onEvent: (event) => {
      events.push(event);
      for (const wake of waiters.splice(0)) wake();
    },
    seen: async (type, stepId) => {
      while (!events.some((event) => event.type === type && event.step.id === stepId)) {
        await new Promise<void>((resolve) => waiters.push(resolve));
      }
    },
  };
}

test("a container is started as soon as its dependency is healthy", async () => {
  const engine = newEngine({ manualHealth: true });
  const { onEvent, seen } = eventWatcher();
  const running = up(engine, CHAIN, { execute: { onEvent } });
  await seen("started", "healthy demo-db-1");
  await sleep(20);
  expect(engine.calls).not.toContain("startContainer demo-web-1");
  const healthyAt = performance.now();
  engine.named("demo-db-1").setHealth(true, "ok");
  await seen("started", "start demo-web-1");
  expect(performance.now() - healthyAt).toBeLessThan(1000);
  expect((await running).outcome).toBe("converged");
  expect(engine.subscriptions).toBe(0);
});

test("a dependency that dies fails its wait at once, with exit code and log; the rest is done", async () => {
  const engine = newEngine({ manualHealth: true });
  const { onEvent, seen, events } = eventWatcher();
  const running = up(engine, CHAIN, { execute: { onEvent } });
  await seen("started", "healthy demo-db-1");
  const database = engine.named("demo-db-1");
  for (let line = 1; line <= 30; line += 1) database.print("stderr", `line ${line}\n`);
  database.exit(7);
  const { outcome, executions, observed } = await running;
  expect(outcome).toBe("failed");
  expect(executions[0]?.failures).toMatchObject([
    {
      step: "healthy demo-db-1",
      code: "exited",
      message: "dependency failed to start: container demo-db-1 exited (7)",
      resource: "Container demo-db-1",
      service: "db",
      container: "demo-db-1",
      exitCode: 7,
      logTail: Array.from({ length: 20 }, (_, index) => `line ${index + 11}`),
    },
  ]);
  expect(executions[0]?.skipped).toEqual(["start demo-web-1"]);
  expect(events.find((event) => event.type === "skipped")).toMatchObject({
    because: "healthy demo-db-1",
    text: "Skipped",
  });
  expect(observed.containers.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "demo-db-1 exited",
    "demo-other-1 running",
    "demo-web-1 created",
  ]);
});

test("a health check that fails says what it printed", async () => {
  const engine = newEngine({ manualHealth: true });
  const { onEvent, seen } = eventWatcher();
  const running = up(engine, CHAIN, { execute: { onEvent } });
  await seen("started", "healthy demo-db-1");
  engine.named("demo-db-1").setHealth(false, "connection refused\n");
  const { executions } = await running;
  expect(executions[0]?.failures).toMatchObject([
    {
      code: "unhealthy",
      message: "dependency failed to start: container demo-db-1 is unhealthy",
      healthOutput: "connection refused",
    },
  ]);
});

test("a wait ends after its time with the name of what did not come", async () => {
  const engine = newEngine({ manualHealth: true });
  const { executions } = await up(engine, CHAIN, { waitTimeout: 0.05 });
  expect(executions[0]?.failures.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    "timeout: container demo-db-1 is not healthy after 0.05s",
  ]);
  expect(engine.subscriptions).toBe(0);
});

test("many waits at once are no leak to warn of, and leave no listener behind", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  const engine = newEngine();
  const services = Array.from(
    { length: 30 },
    (_, index) =>
      `\n  s${index}: { image: app, network_mode: none, healthcheck: { test: [CMD, "true"], interval: 1ms } }`,
  );
  const project = composeProject(`name: demo\nservices:${services.join("")}\n`);
  const { signal } = new AbortController();
  expect((await up(engine, project, { wait: true, execute: { signal } })).outcome).toBe("converged");
  await sleep(5);
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("waits go on when the engine ends the event stream", async () => {
  const engine = newEngine({ manualHealth: true });
  const { onEvent, seen } = eventWatcher();
  const running = up(engine, CHAIN, { execute: { onEvent } });
  await seen("started", "healthy demo-db-1");
  engine.dropEvents();
  await sleep(10);
  engine.named("demo-db-1").setHealth(true, "ok");
  expect((await running).outcome).toBe("converged");
});

test("a program that is not there fails its own service only, and says which", async () => {
  const engine = newEngine();
  const project = composeProject(`
name: demo
services:
  bad: { image: app, network_mode: none, command: [nonsense] }
  after: { image: app, network_mode: none, depends_on: [bad] }
  good: { image: app, network_mode: none }
`);
  const { outcome, executions } = await up(engine, project);
  expect(outcome).toBe("failed");
  expect(executions[0]?.failures).toMatchObject([
    { code: "command-not-found", service: "bad", container: "demo-bad-1" },
  ]);
  expect(executions[0]?.skipped).toEqual(["start demo-after-1"]);
  expect(engine.named("demo-good-1").isRunning).toBe(true);
});

test("an abort ends waits at once and starts nothing more", async () => {
  const engine = newEngine({ manualHealth: true });
  const { onEvent, seen, events } = eventWatcher();
  const abort = new AbortController();
  const running = up(engine, CHAIN, { execute: { onEvent, signal: abort.signal } });
  await seen("started", "healthy demo-db-1");
  abort.abort();
  const { outcome, executions } = await running;
  expect(outcome).toBe("aborted");
  expect(executions[0]?.failures).toEqual([]);
  expect(executions[0]?.skipped).toEqual(["healthy demo-db-1", "start demo-web-1"]);
  expect(events.filter(({ type }) => type === "skipped").map(({ text }) => text)).toEqual([
    "Interrupted",
    "Interrupted",
  ]);
  expect(engine.subscriptions).toBe(0);
});

test("no more steps than allowed act at once, and waiting does not count", async () => {
  let acting = 0;
  let most = 0;
  const engine = newEngine({
    before: async () => {
      acting += 1;
      most = Math.max(most, acting);
      await sleep(2);
      acting -= 1;
    },
  });
  const services = Array.from(
    { length: 8 },
    (_, index) => `
  s${index}:
    image: app
    network_mode: none
    healthcheck: { test: ["CMD", "true"], interval: 1ms }
    ${index === 0 ? "" : `depends_on: { s${index - 1}: { condition: service_healthy } }`}`,
  );
  const project = composeProject(`name: demo\nservices:${services.join("")}\n`);
  const { outcome } = await up(engine, project, { execute: { parallel: 2 } });
  expect(outcome).toBe("converged");
  expect(most).toBe(2);
});

test("replacing a container is told as one thing", async () => {
  const engine = newEngine();
  const yaml = (port: number): Project =>
    composeProject(
      `name: demo\nservices:\n  web: { image: app, network_mode: none, environment: { PORT: "${port}" } }\n`,
    );
  await up(engine, yaml(1));
  const { onEvent, events } = eventWatcher();
  await up(engine, yaml(2), { execute: { onEvent } });
  const told = events.filter(({ inner }) => inner !== true);
  expect(told.map(({ type, resource, text }) => `${type} ${resource} ${text}`)).toEqual([
    "started Container demo-web-1 Recreate",
    "done Container demo-web-1 Recreated",
    "started Container demo-web-1 Starting",
    "done Container demo-web-1 Started",
  ]);
  expect(events.filter(({ type }) => type === "done")).toHaveLength(5);
});

test("a pull tells its progress, and an image that is not to be had names itself", async () => {
  const engine = newEngine({
    images: {},
    registry: { app: { id: "sha256:1", command: ["sleep", "infinity"] } },
  });
  const { onEvent, events } = eventWatcher();
  const project = composeProject("name: demo\nservices:\n  web: { image: app, network_mode: none }\n");
  expect((await up(engine, project, { execute: { onEvent } })).outcome).toBe("converged");
  expect(events.find((event) => event.type === "progress" && event.total === 2)).toMatchObject({
    resource: "Image app",
    part: "layer",
    current: 1,
  });
  expect(engine.named("demo-web-1").labels["com.docker.compose.image"]).toBe("sha256:1");
  const empty = newEngine({ images: {} });
  const failed = await up(empty, project);
  expect(failed.executions[0]?.failures).toMatchObject([
    { step: "pull app", code: "image-not-found", resource: "Image app" },
  ]);
});

test("--wait accepts a container that has ended with 0, and not one that ended otherwise", async () => {
  const project = (code: number): Project =>
    composeProject(
      `name: demo\nservices:\n  job: { image: app, network_mode: none, command: [sh, -c, exit ${code}] }\n`,
    );
  expect((await up(newEngine(), project(0), { wait: true })).outcome).toBe("converged");
  const failed = await up(newEngine(), project(3), { wait: true });
  const failures = failed.executions.flatMap((execution) => execution.failures);
  expect(failures).toMatchObject([{ message: "container demo-job-1 exited (3)", exitCode: 3 }]);
});

test("hooks run after the start and before the stop; one that fails is told with its output", async () => {
  const engine = newEngine();
  const yaml = (hook: string, port: number): Project =>
    composeProject(`
name: demo
services:
  web:
    image: app
    network_mode: none
    environment: { PORT: "${port}" }
    post_start: [{ command: ${hook} }]
    pre_stop: [{ command: "true" }]
  after: { image: app, network_mode: none, depends_on: [web] }
`);
  expect((await up(engine, yaml('["true"]', 1))).outcome).toBe("converged");
  const { plan } = await planNow(engine, yaml('["true"]', 2));
  expect(plan.steps.map(({ id }) => id.replace(/[0-9a-f]{12}_/, "ID_"))).toEqual([
    "create demo-web-1",
    "pre_stop 0 demo-web-1",
    "stop demo-web-1",
    "remove demo-web-1",
    "rename demo-web-1",
    "start demo-web-1",
    "post_start 0 demo-web-1",
  ]);
  const broken = newEngine();
  const result = await up(broken, yaml('["sh", "-c", "echo no luck; exit 4"]', 1));
  expect(result.executions[0]?.failures.map(({ message }) => message)).toEqual([
    "post_start hook of container demo-web-1 exited with 4: no luck",
  ]);
  expect(result.executions[0]?.skipped).toEqual(["start demo-after-1"]);
});

test("an observation does not change anything", async () => {
  const engine = newEngine();
  await up(engine, CHAIN);
  const before = [...engine.calls];
  const observed = await observeProject(engine, wantedResources(CHAIN));
  expect(planUp(CHAIN, observed).plan.steps).toEqual([]);
  expect(await executePlan({ project: "demo", steps: [] }, engine)).toEqual({
    done: [],
    failures: [],
    warnings: [],
    skipped: [],
    aborted: false,
  });
  expect(engine.calls).toEqual(before);
});

test("a container without a health check is ready once it has run for a while, and not if it ends before", async () => {
  const engine = newEngine({ manualHealth: true });
  const project = composeProject(`
name: demo
services:
  app: { image: app, network_mode: none, command: ["sh", "-c", "sleep 0.03; exit 7"] }
`);
  const { outcome, executions } = await up(engine, project, { wait: true, execute: { steadyMs: 1_000 } });
  expect(outcome).toBe("failed");
  expect(executions[0]?.failures.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    "exited: container demo-app-1 exited (7)",
  ]);
});

test("a container that its policy starts again may become healthy after it has ended", async () => {
  const engine = newEngine({ manualHealth: true });
  const project = composeProject(`
name: demo
services:
  db: { image: app, network_mode: none, restart: on-failure, healthcheck: { test: "true" } }
  app: { image: app, network_mode: none, depends_on: { db: { condition: service_healthy } } }
`);
  const { onEvent, seen } = eventWatcher();
  const running = up(engine, project, { wait: true, execute: { onEvent, steadyMs: 0 } });
  await seen("done", "start demo-db-1");
  const container = engine.named("demo-db-1");
  container.exit(7);
  await expect.poll(() => container.status).toBe("running");
  container.setHealth(true, "");
  const { outcome, executions } = await running;
  expect(executions[0]?.failures).toEqual([]);
  expect(outcome).toBe("converged");
});

test("a container that is started again and again is not ready", async () => {
  const engine = newEngine({ manualHealth: true });
  const project = composeProject(`
name: demo
services:
  app: { image: app, network_mode: none, restart: always, command: ["sh", "-c", "sleep 0.03; exit 7"] }
`);
  const execute = { steadyMs: 100 };
  const { outcome, executions } = await up(engine, project, { wait: true, waitTimeout: 0.5, execute });
  expect(outcome).toBe("failed");
  expect(executions[0]?.failures).toMatchObject([{ code: "timeout" }]);
});

test("what happens in a container meanwhile does not put its being ready off", async () => {
  const engine = newEngine({ manualHealth: true });
  const project = composeProject("name: demo\nservices: { app: { image: app, network_mode: none } }");
  const { onEvent, seen } = eventWatcher();
  const startedAt = performance.now();
  const running = up(engine, project, { wait: true, execute: { onEvent, steadyMs: 100 } });
  await seen("done", "start demo-app-1");
  const noise = setInterval(() => void engine.renameContainer("demo-app-1", "demo-app-1"), 10);
  expect((await running).outcome).toBe("converged");
  clearInterval(noise);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(100);
});

const NETWORKED = composeProject("name: demo\nservices: { app: { image: app } }");

/** What another makes in the moment before a network is created, and its labels. */
function rivalNetwork(labels: Record<string, string>): FakeEngine {
  let isMade = false;
  const engine: FakeEngine = newEngine({
    before: async (call) => {
      if (call !== "createNetwork" || isMade) return;
      isMade = true;
      await engine.createNetwork({ Name: "demo_default", Labels: labels });
    },
  });
  return engine;
}

test("a network of the project that another `up` has just made is as good as made", async () => {
  const engine = rivalNetwork({
    "com.docker.compose.project": "demo",
    "com.docker.compose.network": "default",
  });
  const { outcome, executions } = await up(engine, NETWORKED);
  expect(executions[0]?.failures).toEqual([]);
  expect(outcome).toBe("converged");
  expect([...engine.named("demo-app-1").source.networks.keys()]).toEqual(["demo_default"]);
});

test.each([
  ["another project's", { "com.docker.compose.project": "other", "com.docker.compose.network": "default" }],
  ["another of the project", { "com.docker.compose.project": "demo", "com.docker.compose.network": "front" }],
  ["nobody's", {}],
])("a network of the name that is %s is in the way", async (_whose, labels) => {
  const engine = rivalNetwork(labels);
  const { outcome, executions } = await up(engine, NETWORKED);
  expect(outcome).toBe("failed");
  expect(executions[0]?.failures).toMatchObject([
    { code: "conflict", message: "network with name demo_default already exists" },
  ]);
});
