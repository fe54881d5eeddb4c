// What `up` plans, from nothing and from what is there: the whole text of the plan.
/* oxlint-disable unicorn/consistent-function-scoping -- each project stands beside what is expected of it */

import { afterEach, expect, test } from "vitest";
import { formatPlan } from "../../src/planner/index.ts";
import { composeProject } from "../support/compose-project.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { planNow, up } from "../support/up.ts";

const engines: FakeEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

function newEngine(options?: ConstructorParameters<typeof FakeEngine>[0]): FakeEngine {
  const engine = new FakeEngine(options);
  engines.push(engine);
  return engine;
}

const WEB_AND_DB = `
name: demo
services:
  web:
    image: app
    depends_on:
      db: { condition: service_healthy }
  db:
    image: app
    volumes: [data:/data]
    healthcheck: { test: ["CMD", "true"], interval: 1ms }
volumes:
  data:
`;

async function planText(engine: FakeEngine, yaml: string, options = {}): Promise<string> {
  return formatPlan((await planNow(engine, composeProject(yaml), options)).plan);
}

test("from nothing: pull, network, volume, containers, and a wait between the starts", async () => {
  expect(await planText(newEngine({ images: {} }), WEB_AND_DB)).toMatchInlineSnapshot(`
    "demo: 8 steps
     1. pull image app: it is not on the engine
     2. create network demo_default: it does not exist
     3. create container demo-web-1: it does not exist [after 1, 2]
     4. create volume demo_data: it does not exist
     5. create container demo-db-1: it does not exist [after 1, 2, 4]
     6. start container demo-db-1: it is new [after 5]
     7. wait until container demo-db-1 is healthy: services that depend on db need it healthy [after 6]
     8. start container demo-web-1: it is new [after 3, 7]
    "
  `);
});

test("a project that is up needs nothing", async () => {
  const engine = newEngine();
  const result = await up(engine, composeProject(WEB_AND_DB));
  expect(result.outcome).toBe("converged");
  expect(await planText(engine, WEB_AND_DB)).toBe("demo: nothing to do\n");
  expect(await planText(engine, WEB_AND_DB, { wait: true })).toBe("demo: nothing to do\n");
});

test("a changed variable makes the container anew, and names the variable", async () => {
  const engine = newEngine();
  const yaml = (port: number) => `
name: demo
services:
  web:
    image: app
    environment: { PORT: "${port}" }
`;
  await up(engine, composeProject(yaml(8080)));
  const text = (await planText(engine, yaml(9090))).replaceAll(/[0-9a-f]{12}_/g, "ID_");
  expect(text).toMatchInlineSnapshot(`
    "demo: 5 steps
     1. recreate container demo-web-1 as ID_demo-web-1: environment.PORT changed from "8080" to "9090"
     2. stop container demo-web-1: it is replaced [after 1]
     3. remove container demo-web-1: it is replaced [after 1, 2]
     4. rename container to demo-web-1: its predecessor is gone [after 3]
     5. start container demo-web-1: it is new [after 4]
    "
  `);
});

test("values that look like secrets are not shown in causes", async () => {
  const engine = newEngine();
  const yaml = (value: string) => `
name: demo
services:
  web:
    image: app
    environment:
      DB_PASSWORD: ${value}1
      DATABASE_URL: postgres://user:${value}@db/app
`;
  await up(engine, composeProject(yaml("hunter")));
  const { plan } = await planNow(engine, composeProject(yaml("tiger")));
  const causes = plan.steps.map(({ cause }) => cause).join("\n");
  expect(causes).toContain("environment.DATABASE_URL changed, environment.DB_PASSWORD changed");
  expect(causes).not.toMatch(/hunter|tiger/);
});

test("scaling up adds containers with the next numbers, scaling down removes the highest", async () => {
  const engine = newEngine();
  const yaml = "name: demo\nservices:\n  web:\n    image: app\n    network_mode: none\n";
  await up(engine, composeProject(yaml), { scale: { web: 2 } });
  expect(await planText(engine, yaml, { scale: { web: 3 } })).toMatchInlineSnapshot(`
    "demo: 2 steps
     1. create container demo-web-3: web is to have 3 containers
     2. start container demo-web-3: it is new [after 1]
    "
  `);
  expect(await planText(engine, yaml)).toMatchInlineSnapshot(`
    "demo: 2 steps
     1. stop container demo-web-2: web is to have 1 container
     2. remove container demo-web-2: web is to have 1 container [after 1]
    "
  `);
});

test("orphans are named, or removed when asked for; a service out of its profile is none", async () => {
  const engine = newEngine();
  const two = `
name: demo
services:
  web: { image: app, network_mode: none }
  old: { image: app, network_mode: none }
`;
  await up(engine, composeProject(two));
  const one = "name: demo\nservices:\n  web: { image: app, network_mode: none }\n";
  const { plan, diagnostics } = await planNow(engine, composeProject(one));
  expect(plan.steps).toEqual([]);
  expect(diagnostics.map(({ message }) => message)).toMatchInlineSnapshot(`
    [
      "found orphan containers (demo-old-1) of services that the file does not have",
    ]
  `);
  expect(await planText(engine, one, { removeOrphans: true })).toMatchInlineSnapshot(`
    "demo: 2 steps
     1. stop container demo-old-1: service old is not in the file
     2. remove container demo-old-1: service old is not in the file [after 1]
    "
  `);
  const profiled = two.replace("old: { image: app", "old: { image: app, profiles: [extra]");
  const inProfile = await planNow(engine, composeProject(profiled), { removeOrphans: true });
  expect(inProfile.plan.steps).toEqual([]);
  expect(inProfile.diagnostics).toEqual([]);
});

test("a one-shot service that has completed is not run again, one that failed is", async () => {
  const engine = newEngine();
  const yaml = (code: number) => `
name: demo
services:
  web:
    image: app
    network_mode: none
    depends_on:
      migrate: { condition: service_completed_successfully }
  migrate:
    image: app
    network_mode: none
    command: [sh, -c, exit ${code}]
`;
  expect((await up(engine, composeProject(yaml(0)))).outcome).toBe("converged");
  expect(await planText(engine, yaml(0))).toBe("demo: nothing to do\n");
  const failing = newEngine();
  expect((await up(failing, composeProject(yaml(3)))).outcome).toBe("failed");
  expect(await planText(failing, yaml(3))).toMatchInlineSnapshot(`
    "demo: 3 steps
     1. start container demo-migrate-1: it is not running (exit code 3)
     2. wait until container demo-migrate-1 has completed: services that depend on migrate need it completed [after 1]
     3. start container demo-web-1: it has not been started yet [after 2]
    "
  `);
});

test("what depends on a container made anew with restart: true is stopped before and started after", async () => {
  const engine = newEngine();
  const yaml = (port: number) => `
name: demo
services:
  web:
    image: app
    network_mode: none
    depends_on:
      db: { condition: service_healthy, restart: true }
  db:
    image: app
    network_mode: none
    environment: { PORT: "${port}" }
    healthcheck: { test: ["CMD", "true"], interval: 1ms }
`;
  await up(engine, composeProject(yaml(1)));
  const text = (await planText(engine, yaml(2))).replaceAll(/[0-9a-f]{12}_/g, "ID_");
  expect(text).toMatchInlineSnapshot(`
    "demo: 8 steps
     1. stop container demo-web-1: db is made anew
     2. recreate container demo-db-1 as ID_demo-db-1: environment.PORT changed from "1" to "2"
     3. stop container demo-db-1: it is replaced [after 1, 2]
     4. remove container demo-db-1: it is replaced [after 2, 3]
     5. rename container to demo-db-1: its predecessor is gone [after 4]
     6. start container demo-db-1: it is new [after 5]
     7. wait until container demo-db-1 is healthy: services that depend on db need it healthy [after 6]
     8. start container demo-web-1: db is made anew [after 1, 7]
    "
  `);
  expect((await up(engine, composeProject(yaml(2)))).outcome).toBe("converged");
});

test("a network that changed is made anew, and its containers are kept", async () => {
  const engine = newEngine();
  const yaml = (internal: boolean) => `
name: demo
services:
  web: { image: app, networks: [back] }
networks:
  back: { internal: ${internal} }
`;
  await up(engine, composeProject(yaml(false)));
  const before = engine.named("demo-web-1").id;
  expect(await planText(engine, yaml(true))).toMatchInlineSnapshot(`
    "demo: 6 steps
     1. stop container demo-web-1: network back is made anew
     2. disconnect container demo-web-1 from network demo_back: network back is made anew [after 1]
     3. remove network demo_back: internal changed from false to true [after 2]
     4. create network demo_back: internal changed from false to true [after 3]
     5. connect container demo-web-1 to network demo_back: network back is made anew [after 4]
     6. start container demo-web-1: network back is made anew [after 1, 5]
    "
  `);
  expect((await up(engine, composeProject(yaml(true)))).outcome).toBe("converged");
  expect(engine.named("demo-web-1").id).toBe(before);
  expect(engine.named("demo-web-1").isRunning).toBe(true);
});

test("a volume that changed is kept with a warning, and made anew only with consent", async () => {
  const engine = newEngine();
  const yaml = (type: string) => `
name: demo
services:
  db: { image: app, network_mode: none, volumes: ["data:/data"] }
volumes:
  data: { driver_opts: { type: ${type} } }
`;
  await up(engine, composeProject(yaml("ext4")));
  const refused = await planNow(engine, composeProject(yaml("xfs")));
  expect(refused.plan.steps).toEqual([]);
  expect(refused.diagnostics.map(({ message }) => message)).toMatchInlineSnapshot(`
    [
      "volume "demo_data" differs from the file (driver_opts.type changed from "ext4" to "xfs") and is kept, since its data would be lost",
    ]
  `);
  expect(refused.consent).toEqual([
    { volume: "data", name: "demo_data", cause: 'driver_opts.type changed from "ext4" to "xfs"' },
  ]);
  expect(await planText(engine, yaml("xfs"), { recreateVolumes: ["data"] })).toMatchInlineSnapshot(`
    "demo: 6 steps
     1. stop container demo-db-1: it is replaced
     2. remove container demo-db-1: it is replaced [after 1]
    !3. remove volume demo_data: driver_opts.type changed from "ext4" to "xfs" [after 2]
     4. create volume demo_data: driver_opts.type changed from "ext4" to "xfs" [after 3]
     5. recreate container demo-db-1: volume data is made anew [after 2, 4]
     6. start container demo-db-1: it is new [after 5]
    "
  `);
  const agreed = await up(engine, composeProject(yaml("xfs")), { recreateVolumes: ["data"] });
  expect(agreed.outcome).toBe("converged");
});

test("a service that shares another's network is replaced with it, after it", async () => {
  const engine = newEngine();
  const yaml = (port: number) => `
name: demo
services:
  side: { image: app, network_mode: "service:web" }
  web: { image: app, network_mode: none, environment: { PORT: "${port}" } }
`;
  await up(engine, composeProject(yaml(1)));
  const text = (await planText(engine, yaml(2))).replaceAll(/[0-9a-f]{12}_/g, "ID_");
  expect(text).toMatchInlineSnapshot(`
    "demo: 9 steps
     1. recreate container demo-web-1 as ID_demo-web-1: environment.PORT changed from "1" to "2"
     2. stop container demo-side-1: it is replaced
     3. stop container demo-web-1: it is replaced [after 1, 2]
     4. remove container demo-web-1: it is replaced [after 1, 3]
     5. rename container to demo-web-1: its predecessor is gone [after 4]
     6. remove container demo-side-1: it is replaced [after 2]
     7. recreate container demo-side-1: web is made anew [after 5, 6]
     8. start container demo-web-1: it is new [after 5]
     9. start container demo-side-1: it is new [after 7, 8]
    "
  `);
  expect((await up(engine, composeProject(yaml(2)))).outcome).toBe("converged");
  expect(await planText(engine, yaml(2))).toBe("demo: nothing to do\n");
});

test("text secrets and configs are put into the container before its start", async () => {
  const engine = newEngine();
  const yaml = `
name: demo
services:
  web:
    image: app
    network_mode: none
    secrets: [token]
    configs: [{ source: limits, target: /etc/limits.json, mode: 0440, uid: "7" }]
secrets:
  token: { environment: TOKEN }
configs:
  limits: { content: "{}" }
`;
  const project = composeProject(yaml, { environment: { TOKEN: "s3cr3t" } });
  const { plan } = await planNow(engine, project);
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "demo: 3 steps
     1. create container demo-web-1: it does not exist
     2. put /run/secrets/token, /etc/limits.json into container demo-web-1: its secrets and configs are text [after 1]
     3. start container demo-web-1: it is new [after 1, 2]
    "
  `);
  expect(JSON.stringify(plan)).not.toContain("s3cr3t");
  expect((await up(engine, project)).outcome).toBe("converged");
  const container = engine.named("demo-web-1");
  expect(container.files).toEqual(
    new Map([
      ["/run/secrets/token", "s3cr3t"],
      ["/etc/limits.json", "{}"],
    ]),
  );
  const rotated = await planNow(engine, composeProject(yaml, { environment: { TOKEN: "other" } }));
  expect(rotated.plan.steps[0]?.cause).toBe("the content of secret token changed");
});

test("an engine that takes one endpoint in the create call gets the others connected before the start", async () => {
  const engine = newEngine({ apiVersion: "1.41" });
  const yaml = `
name: demo
services:
  web: { image: app, networks: [back, front] }
networks:
  back:
  front:
`;
  expect(await planText(engine, yaml)).toMatchInlineSnapshot(`
    "demo: 5 steps
     1. create network demo_back: it does not exist
     2. create network demo_front: it does not exist
     3. create container demo-web-1: it does not exist [after 1, 2]
     4. connect container demo-web-1 to network demo_front: web is on network front [after 3]
     5. start container demo-web-1: it is new [after 3, 4]
    "
  `);
  expect((await up(engine, composeProject(yaml))).outcome).toBe("converged");
  expect([...engine.named("demo-web-1").source.networks.keys()]).toEqual(["demo_back", "demo_front"]);
  expect(await planText(engine, yaml)).toBe("demo: nothing to do\n");
});

test("an optional dependency that fails does not keep a service from starting", async () => {
  const engine = newEngine();
  const yaml = `
name: demo
services:
  web:
    image: app
    network_mode: none
    depends_on:
      extra: { condition: service_completed_successfully, required: false }
  extra: { image: app, network_mode: none, command: [sh, -c, "echo broken; exit 3"] }
`;
  const result = await up(engine, composeProject(yaml));
  expect(result.outcome).toBe("converged");
  expect(result.executions[0]?.warnings.map(({ message }) => message)).toEqual([
    'service "extra" didn\'t complete successfully: exit 3',
  ]);
  expect(engine.named("demo-web-1").isRunning).toBe(true);
});

test("what cannot be planned is said where it stands in the file", async () => {
  const engine = newEngine();
  const yaml = `
name: demo
services:
  web:
    build: .
    depends_on:
      db: { condition: service_healthy }
  db: { image: app, pull_policy: never, networks: [far] }
  none: { image: missing, pull_policy: never }
networks:
  far: { external: true }
`;
  const { diagnostics } = await planNow(engine, composeProject(yaml));
  const lines = diagnostics.map(
    ({ severity, span, message }) => `${span?.line ?? 0}:${span?.column ?? 0} ${severity}: ${message}`,
  );
  expect(lines).toMatchInlineSnapshot(`
    [
      "5:12 error: service "web" has to be built, and building images is not supported yet",
      "9:18 error: image "missing" of service "none" is not on the engine, and the pull policy is "never"",
      "11:8 error: network "far" is declared as external, but could not be found",
      "7:24 error: service "web" waits for "db" to be healthy, but "db" has no health check",
    ]
  `);
});

test("anonymous volumes pass to the container that replaces theirs, unless new ones are asked for", async () => {
  const engine = newEngine({
    images: { app: { id: "sha256:app", command: ["sleep", "infinity"], volumes: ["/state"] } },
  });
  const yaml = (port: number) => `
name: demo
services:
  web: { image: app, network_mode: none, volumes: [/cache], environment: { PORT: "${port}" } }
`;
  const mounts = () =>
    engine
      .named("demo-web-1")
      .source.mounts.map(({ Destination, Name }) => `${Destination} ${Name ?? ""}`)
      .toSorted();
  await up(engine, composeProject(yaml(1)));
  const first = mounts();
  expect(first).toHaveLength(2);
  await up(engine, composeProject(yaml(2)));
  expect(mounts()).toEqual(first);
  await up(engine, composeProject(yaml(3)), { renewAnonymousVolumes: true });
  expect(mounts()).not.toEqual(first);
});

test("an image that turns out to be another when pulled replaces the container in a second round", async () => {
  const program = ["sleep", "infinity"];
  const engine = newEngine({
    images: { app: { id: "sha256:old", command: program } },
    registry: { app: { id: "sha256:new", command: program } },
  });
  const project = composeProject("name: demo\nservices:\n  web: { image: app, network_mode: none }\n");
  await up(engine, project);
  const result = await up(engine, project, { pull: "always" });
  expect(result.outcome).toBe("converged");
  expect(engine.named("demo-web-1").source.imageId).toBe("sha256:new");
  expect(engine.calls.filter((call) => call.startsWith("pullImage"))).toHaveLength(1);
});

test("a replacement that was interrupted is finished by the next up", async () => {
  const yaml = (port: number) =>
    `name: demo\nservices:\n  web: { image: app, network_mode: none, environment: { PORT: "${port}" } }\n`;
  for (const broken of ["stopContainer", "removeContainer", "renameContainer"]) {
    let breaks = false;
    const engine = newEngine({
      before: (call) => {
        if (breaks && call === broken) throw new Error("the engine is gone");
      },
    });
    await up(engine, composeProject(yaml(1)));
    breaks = true;
    expect((await up(engine, composeProject(yaml(2)))).outcome).toBe("failed");
    breaks = false;
    expect((await up(engine, composeProject(yaml(2)))).outcome).toBe("converged");
    expect([...engine.containers.values()].map(({ name }) => name)).toEqual(["demo-web-1"]);
    expect(engine.named("demo-web-1").isRunning).toBe(true);
  }
});

test("a new network restarts what shares it over another service, and runs no one-shot again", async () => {
  const engine = newEngine();
  const yaml = (internal: boolean) => `
name: demo
services:
  web:
    image: app
    networks: [back]
    depends_on:
      job: { condition: service_completed_successfully }
  side: { image: app, network_mode: "service:web" }
  job: { image: app, networks: [back], command: ["true"] }
networks:
  back: { internal: ${internal} }
`;
  await up(engine, composeProject(yaml(false)));
  expect(await planText(engine, yaml(true))).toMatchInlineSnapshot(`
    "demo: 10 steps
      1. disconnect container demo-job-1 from network demo_back: network back is made anew
      2. stop container demo-side-1: web is restarted
      3. stop container demo-web-1: network back is made anew [after 2]
      4. disconnect container demo-web-1 from network demo_back: network back is made anew [after 3]
      5. remove network demo_back: internal changed from false to true [after 1, 4]
      6. create network demo_back: internal changed from false to true [after 5]
      7. connect container demo-job-1 to network demo_back: network back is made anew [after 6]
      8. connect container demo-web-1 to network demo_back: network back is made anew [after 6]
      9. start container demo-web-1: network back is made anew [after 3, 8]
     10. start container demo-side-1: web is restarted [after 2, 9]
    "
  `);
  expect((await up(engine, composeProject(yaml(true)))).outcome).toBe("converged");
});

const WITH_TEXTS = `
name: demo
services:
  web:
    image: app
    configs: [motd]
configs:
  motd: { content: hello }
`;

test("a container that was made but never filled gets its texts before it starts", async () => {
  const engine = newEngine();
  const putArchive = engine.putArchive.bind(engine);
  engine.putArchive = () => Promise.reject(new Error("the disk is full"));
  await expect(up(engine, composeProject(WITH_TEXTS))).resolves.toMatchObject({ outcome: "failed" });
  engine.putArchive = putArchive;
  expect(await planText(engine, WITH_TEXTS)).toMatchInlineSnapshot(`
    "demo: 2 steps
     1. put /motd into container demo-web-1: its secrets and configs are text
     2. start container demo-web-1: it has not been started yet [after 1]
    "
  `);
  expect(await planText(engine, WITH_TEXTS, { noStart: true })).toBe("demo: nothing to do\n");
  await up(engine, composeProject(WITH_TEXTS));
  expect(await planText(engine, WITH_TEXTS)).toBe("demo: nothing to do\n");
});

test("texts for a read-only file system are refused where they stand", async () => {
  const yaml = WITH_TEXTS.replace("image: app", "image: app\n    read_only: true");
  const { diagnostics } = await planNow(newEngine(), composeProject(yaml));
  expect(diagnostics.map(({ severity, span, message }) => `${severity} ${span?.line}: ${message}`)).toEqual([
    'error 7: config "motd" is text, which cannot be put into service "web": its file system is read-only',
  ]);
});

test("owners and modes of bound files have no effect", async () => {
  const { diagnostics } = await planNow(
    newEngine(),
    composeProject(`
name: demo
services:
  web:
    image: app
    secrets:
      - source: token
        uid: "1000"
        mode: 0400
secrets:
  token: { file: ./compose.yaml }
`),
  );
  const why = "a file has the owner and mode that it has on this machine";
  expect(diagnostics.map(({ severity, span, message }) => `${severity} ${span?.line}: ${message}`)).toEqual([
    `warning 8: \`secrets.0.uid\`, \`secrets.0.mode\` of service "web" have no effect: ${why}`,
  ]);
});

test("each container is made anew once where that is asked for", async () => {
  const engine = newEngine();
  await up(engine, composeProject(WEB_AND_DB));
  const again = await up(engine, composeProject(WEB_AND_DB), {
    recreate: "force",
    recreateDependencies: "force",
  });
  expect(again.outcome).toBe("converged");
  expect(again.executions).toHaveLength(1);
  const created = again.executions[0]?.done.filter((id) => id.startsWith("create "));
  expect(created).toEqual(["create demo-web-1", "create demo-db-1"]);
});

test("a secret in a variable that is not set is an error", async () => {
  const yaml = `
name: demo
services:
  web:
    image: app
    secrets: [token]
secrets:
  token: { environment: TOKEN }
`;
  const errors = async (environment: Readonly<Record<string, string>>) =>
    (await planNow(newEngine(), composeProject(yaml, { environment }))).diagnostics.map(
      ({ severity, span, message }) => `${severity} ${span?.line}: ${message}`,
    );
  expect(await errors({})).toEqual([
    'error 6: environment variable "TOKEN" required by secret "token" is not set',
  ]);
  expect(await errors({ TOKEN: "" })).toEqual([]);
});
