// Every property that reaches a container replaces it when it changes, and says so; those that do not, do not.

import { afterEach, expect, test } from "vitest";
import { composeProject } from "../support/compose-project.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { planNow, up } from "../support/up.ts";

const engines: FakeEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

function compose(property: string): ReturnType<typeof composeProject> {
  return composeProject(`
name: demo
services:
  web:
    image: app
    ${property}
  db: { image: app, healthcheck: { test: ["CMD", "true"], interval: 1ms } }
volumes:
  data:
secrets:
  token: { file: ./token }
`);
}

async function causesOf(property: string): Promise<readonly string[]> {
  const engine = new FakeEngine();
  engines.push(engine);
  await up(engine, compose(""));
  const { plan } = await planNow(engine, compose(property));
  return [...new Set(plan.steps.filter(({ kind }) => kind === "createContainer").map(({ cause }) => cause))];
}

test.each([
  ["annotations: { a: b }", "annotations was added"],
  ["cap_add: [NET_ADMIN]", "cap_add was added"],
  ["cap_drop: [ALL]", "cap_drop was added"],
  ["command: [sleep, '5']", "command was added"],
  ["container_name: other", "container_name was added"],
  ["cpus: 0.5", "cpus was added"],
  ["deploy: { resources: { limits: { memory: 32m } } }", "deploy was added"],
  ["devices: [/dev/null]", "devices was added"],
  ["dns: 10.0.0.1", "dns was added"],
  ["entrypoint: [sh]", "entrypoint was added"],
  ["environment: { A: b }", "environment was added"],
  ["expose: ['80']", "expose was added"],
  ["extra_hosts: ['a=10.0.0.1']", "extra_hosts was added"],
  ["healthcheck: { test: [CMD, 'true'] }", "healthcheck was added"],
  ["hostname: box", "hostname was added"],
  ["init: true", "init was added"],
  ["ipc: host", "ipc was added"],
  ["labels: { a: b }", "labels was added"],
  ["logging: { driver: none }", "logging was added"],
  ["mem_limit: 32m", "mem_limit was added"],
  ["networks: { default: { aliases: [www] } }", 'networks.default changed from null to {"aliases":["www"]}'],
  ["pid: host", "pid was added"],
  ["pids_limit: 5", "pids_limit was added"],
  ["ports: ['8080:80']", "ports was added"],
  ["privileged: true", "privileged was added"],
  ["read_only: true", "read_only was added"],
  ["restart: always", "restart was added"],
  ["secrets: [token]", "secrets was added"],
  ["security_opt: ['no-new-privileges:true']", "security_opt was added"],
  ["shm_size: 1m", "shm_size was added"],
  ["stop_grace_period: 1s", "stop_grace_period was added"],
  ["stop_signal: SIGINT", "stop_signal was added"],
  ["sysctls: { a: 1 }", "sysctls was added"],
  ["tmpfs: /run", "tmpfs was added"],
  ["tty: true", "tty was added"],
  ["ulimits: { nofile: 5 }", "ulimits was added"],
  ["user: '5'", "user was added"],
  ["volumes: ['data:/data']", "volumes was added"],
  ["working_dir: /app", "working_dir was added"],
])("%s replaces the container", async (property, cause) => {
  expect(await causesOf(property)).toEqual([cause]);
});

test.each([
  ["attach: false"],
  ["depends_on: [db]"],
  ["develop: { watch: [{ action: rebuild, path: ./x }] }"],
  ["deploy: { labels: { a: b } }"],
  ["pull_policy: missing"],
  ["scale: 1"],
  ["x-note: anything"],
])("%s leaves the container alone", async (property) => {
  expect(await causesOf(property)).toEqual([]);
});

test("a container that another tool made is replaced once", async () => {
  const engine = new FakeEngine();
  engines.push(engine);
  await engine.createContainer("demo-web-1", {
    Image: "app",
    Labels: {
      "com.docker.compose.project": "demo",
      "com.docker.compose.service": "web",
      "com.docker.compose.container-number": "1",
      "com.docker.compose.oneoff": "False",
      "com.docker.compose.config-hash": "0".repeat(64),
    },
  });
  const project = composeProject("name: demo\nservices:\n  web: { image: app, network_mode: none }\n");
  const { plan } = await planNow(engine, project);
  expect(plan.steps[0]?.cause).toBe("it was made by another tool or version, so what differs is not known");
  expect((await up(engine, project)).outcome).toBe("converged");
});
