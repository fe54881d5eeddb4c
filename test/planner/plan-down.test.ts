// What `down`, `stop`, `start` and `restart` plan for what is there.

import { afterEach, expect, test } from "vitest";
import {
  formatPlan,
  planDown,
  planRestart,
  planStart,
  planStop,
  wantedResources,
  type DownOptions,
  type ObservedState,
  type Plan,
} from "../../src/planner/index.ts";
import { executePlan, observeProject, reconcile } from "../../src/reconciler/index.ts";
import type { Project } from "../../src/spec/index.ts";
import { composeProject } from "../support/compose-project.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { up } from "../support/up.ts";

const engines: FakeEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

const YAML = `
name: demo
services:
  web:
    image: app
    networks: [front]
    depends_on:
      api: { condition: service_healthy, restart: true }
  api:
    image: app
    networks: [front]
    healthcheck: { test: ["CMD", "true"], interval: 1ms }
    depends_on: [db]
    post_start: [{ command: ["true"] }]
    pre_stop: [{ command: ["true"] }]
  db: { image: app, networks: [front], volumes: ["data:/data"] }
networks:
  front:
volumes:
  data:
`;

async function running(
  yaml = YAML,
): Promise<{ engine: FakeEngine; project: Project; observed: ObservedState }> {
  const engine = new FakeEngine();
  engines.push(engine);
  const project = composeProject(yaml);
  expect((await up(engine, project)).outcome).toBe("converged");
  return { engine, project, observed: await observeProject(engine, wantedResources(project)) };
}

test("down stops in the reverse order of the dependencies and removes all but the volumes", async () => {
  const { project, observed } = await running();
  expect(formatPlan(planDown(project, observed).plan)).toMatchInlineSnapshot(`
    "demo: 8 steps
     1. run pre_stop in container demo-api-1: true: it is about to be stopped
     2. stop container demo-web-1: the project is taken down
     3. stop container demo-api-1: the project is taken down [after 1, 2]
     4. remove container demo-api-1: the project is taken down [after 3]
     5. stop container demo-db-1: the project is taken down [after 3]
     6. remove container demo-db-1: the project is taken down [after 5]
     7. remove container demo-web-1: the project is taken down [after 2]
     8. remove network demo_front: the project is taken down [after 4, 6, 7]
    "
  `);
});

test("down works from the labels alone, and with volumes says that data is lost", async () => {
  const { observed } = await running();
  const { plan } = planDown({ name: "demo" }, observed, { removeVolumes: true, timeout: 3 });
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "demo: 8 steps
     1. stop container demo-web-1: the project is taken down
     2. stop container demo-api-1: the project is taken down [after 1]
     3. remove container demo-api-1: the project is taken down [after 2]
     4. stop container demo-db-1: the project is taken down [after 2]
     5. remove container demo-db-1: the project is taken down [after 4]
     6. remove container demo-web-1: the project is taken down [after 1]
     7. remove network demo_front: the project is taken down [after 3, 5, 6]
    !8. remove volume demo_data: the project is taken down with its volumes [after 3, 5, 6]
    "
  `);
  expect(plan.steps.flatMap((step) => (step.kind === "stopContainer" ? [step.args.timeout] : []))).toEqual([
    3, 3, 3,
  ]);
});

test("down of some services leaves the others and the networks", async () => {
  const { project, observed } = await running();
  expect(formatPlan(planDown(project, observed, { services: ["web"] }).plan)).toMatchInlineSnapshot(`
    "demo: 2 steps
     1. stop container demo-web-1: the project is taken down
     2. remove container demo-web-1: the project is taken down [after 1]
    "
  `);
});

const IMAGES = `
name: demo
services:
  web: { image: app }
  again: { image: app }
  own: { build: . }
`;

async function withImages(): Promise<{ engine: FakeEngine; observed: ObservedState; project: Project }> {
  const command = ["sleep", "infinity"];
  const images = Object.fromEntries(
    ["app", "demo-own", "other"].map((name) => [name, { id: `sha256:${name}`, command }]),
  );
  const engine = new FakeEngine({ images });
  engines.push(engine);
  const project = composeProject(IMAGES);
  expect((await up(engine, project)).outcome).toBe("converged");
  return { engine, project, observed: await observeProject(engine, wantedResources(project)) };
}

const removals = (result: { plan: Plan }): readonly string[] =>
  formatPlan(result.plan)
    .split("\n")
    .filter((line) => line.includes("remove image"));

test("down takes images along when asked: all that the services have, or those built for them", async () => {
  const { project, observed } = await withImages();
  expect(removals(planDown(project, observed))).toEqual([]);
  expect(removals(planDown(project, observed, { removeImages: "all" }))).toEqual([
    " 8. remove image app: the project is taken down with its images [after 2, 4, 6]",
    " 9. remove image demo-own: the project is taken down with its images [after 2, 4, 6]",
  ]);
  expect(removals(planDown(project, observed, { removeImages: "local" }))).toEqual([
    " 8. remove image demo-own: the project is taken down with its own images [after 2, 4, 6]",
  ]);
  expect(removals(planDown(project, observed, { removeImages: "all", services: ["own"] }))).toEqual([
    " 3. remove image demo-own: the project is taken down with its images [after 2]",
  ]);
});

test("down finds the images by the containers where there is no file, and by the file where there are no containers", async () => {
  const { engine, project, observed } = await withImages();
  const named = { name: "demo" };
  const state = { ...observed, images: {} };
  expect(removals(planDown(named, state, { removeImages: "all" }))).toHaveLength(2);
  expect(removals(planDown(named, state, { removeImages: "local" }))).toHaveLength(1);
  await executePlan(planDown(project, observed).plan, engine);
  const empty = await observeProject(engine, wantedResources(project));
  expect(formatPlan(planDown(project, empty, { removeImages: "all" }).plan)).toMatchInlineSnapshot(`
    "demo: 2 steps
     1. remove image app: the project is taken down with its images
     2. remove image demo-own: the project is taken down with its images
    "
  `);
  const { plan } = planDown(project, empty, { removeImages: "all" });
  expect((await executePlan(plan, engine)).failures).toEqual([]);
  expect([...engine.images.keys()]).toEqual(["other"]);
  const gone = await observeProject(engine, wantedResources(project));
  expect(planDown(project, gone, { removeImages: "all" }).plan.steps).toEqual([]);
});

test("an image that somebody else's container uses stays, with a warning", async () => {
  const { engine, project, observed } = await withImages();
  await engine.createContainer("stranger", { Image: "app" });
  const result = await executePlan(planDown(project, observed, { removeImages: "all" }).plan, engine);
  expect(result.failures).toEqual([]);
  expect(result.warnings.map(({ step }) => step)).toEqual(["remove image app"]);
  expect([...engine.images.keys()]).toEqual(["app", "other"]);
});

test("down leaves orphans, and the networks they run on, unless told otherwise", async () => {
  const { observed } = await running();
  const smaller = composeProject(
    "name: demo\nservices:\n  db: { image: app, networks: [front] }\nnetworks:\n  front:\n",
  );
  const { plan, diagnostics } = planDown(smaller, observed);
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "demo: 2 steps
     1. stop container demo-db-1: the project is taken down
     2. remove container demo-db-1: the project is taken down [after 1]
    "
  `);
  expect(diagnostics.map(({ message }) => message)).toMatchInlineSnapshot(`
    [
      "orphan containers stay (demo-api-1, demo-web-1): project "demo" has no such services",
    ]
  `);
  const all = planDown(smaller, observed, { removeOrphans: true });
  expect(all.plan.steps.filter(({ kind }) => kind === "removeContainer")).toHaveLength(3);
});

test("what somebody else still uses stays, with a warning", async () => {
  const { engine, project } = await running();
  const body = {
    Image: "app",
    HostConfig: { NetworkMode: "demo_front" },
    NetworkingConfig: { EndpointsConfig: { demo_front: {} } },
  };
  const { id } = await engine.createContainer("stranger", body);
  await engine.startContainer(id);
  const options: DownOptions = {};
  const result = await reconcile({
    client: engine,
    wanted: wantedResources(project),
    plan: (observed) => planDown(project, observed, options),
  });
  expect(result.outcome).toBe("converged");
  expect(result.executions.flatMap(({ warnings }) => warnings)).toMatchObject([
    { resource: "Network demo_front", code: "conflict" },
  ]);
});

test("nothing there, nothing to take down", async () => {
  const { engine, project, observed } = await running();
  await executePlan(planDown(project, observed, { removeVolumes: true }).plan, engine);
  const empty = await observeProject(engine, wantedResources(project));
  expect(formatPlan(planDown(project, empty, { removeVolumes: true }).plan)).toBe("demo: nothing to do\n");
});

test("stop and start are each other's reverse", async () => {
  const { engine, project, observed } = await running();
  const { plan } = planStop(project, observed);
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "demo: 4 steps
     1. run pre_stop in container demo-api-1: true: it is about to be stopped
     2. stop container demo-web-1: asked for
     3. stop container demo-api-1: asked for [after 1, 2]
     4. stop container demo-db-1: asked for [after 3]
    "
  `);
  expect((await executePlan(plan, engine)).failures).toEqual([]);
  const stopped = await observeProject(engine, wantedResources(project));
  expect(formatPlan(planStop(project, stopped).plan)).toBe("demo: nothing to do\n");
  const start = planStart(project, stopped);
  expect(formatPlan(start.plan)).toMatchInlineSnapshot(`
    "demo: 5 steps
     1. start container demo-db-1: asked for
     2. start container demo-api-1: asked for [after 1]
     3. run post_start in container demo-api-1: true: it has been started [after 2]
     4. wait until container demo-api-1 is healthy: services that depend on api need it healthy [after 3]
     5. start container demo-web-1: asked for [after 4]
    "
  `);
  const waits = planStart(project, stopped, { wait: true, waitTimeout: 9 }).plan.steps.filter(
    ({ kind }) => kind === "waitReady",
  );
  expect(waits.map(({ id, after, args }) => ({ id, after, args }))).toMatchObject([
    { id: "ready demo-db-1", after: ["start demo-db-1"], args: { timeout: 9 } },
    { id: "ready demo-web-1", after: ["start demo-web-1"], args: { timeout: 9 } },
  ]);
  expect((await executePlan(start.plan, engine)).failures).toEqual([]);
  const started = await observeProject(engine, wantedResources(project));
  expect(formatPlan(planStart(project, started).plan)).toBe("demo: nothing to do\n");
  expect(formatPlan(planStart(project, started, { wait: true }).plan)).toBe("demo: nothing to do\n");
});

test("start takes the dependencies along and makes no containers", async () => {
  const { engine, project } = await running();
  await executePlan(planDown(project, await observeProject(engine, wantedResources(project))).plan, engine);
  const nothing = await observeProject(engine, wantedResources(project));
  const { plan, diagnostics } = planStart(project, nothing, { services: ["web"] });
  expect(plan.steps).toEqual([]);
  expect(diagnostics).toMatchObject([
    { severity: "error", message: 'service "web" has no container to start' },
  ]);
});

test("restart takes along what wants to be restarted with it", async () => {
  const { engine, project, observed } = await running();
  const { plan } = planRestart(project, observed, { services: ["api"] });
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "demo: 5 steps
     1. run pre_stop in container demo-api-1: true: it is about to be stopped
     2. restart container demo-api-1: asked for [after 1]
     3. run post_start in container demo-api-1: true: it has been started [after 2]
     4. wait until container demo-api-1 is healthy: services that depend on api need it healthy [after 3]
     5. restart container demo-web-1: api is restarted [after 4]
    "
  `);
  expect((await executePlan(plan, engine)).failures).toEqual([]);
  const alone = planRestart(project, observed, { services: ["api"], noDeps: true });
  expect(alone.plan.steps.map(({ id }) => id)).toEqual([
    "pre_stop 0 demo-api-1",
    "restart demo-api-1",
    "post_start 0 demo-api-1",
  ]);
});

test("a container that cannot be stopped does not keep the others up", async () => {
  const { engine, project, observed } = await running();
  const { plan } = planDown(project, observed);
  const stubborn: Pick<FakeEngine, "stopContainer"> = {
    stopContainer: async (id, options) => {
      if (id === engine.named("demo-web-1").id) throw new Error("it does not listen");
      await FakeEngine.prototype.stopContainer.call(engine, id, options);
    },
  };
  const result = await executePlan(plan, Object.assign(engine, stubborn));
  expect(result.failures.map(({ step, message }) => `${step}: ${message}`)).toEqual([
    "stop demo-web-1: it does not listen",
  ]);
  expect(result.skipped).toEqual(["remove demo-web-1", "remove network demo_front"]);
  expect([...engine.containers.values()].map(({ name }) => name)).toEqual(["demo-web-1"]);
});
