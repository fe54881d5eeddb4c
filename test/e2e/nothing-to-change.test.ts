// A second `up` looks, and leaves everything alone.
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { makeProject } from "../support/project.ts";
import { logRequests } from "../support/request-log.ts";

const YAML = `
services:
  web: { image: slipway/host, command: sleep 1000, stop_grace_period: 0s, volumes: [data:/data] }
  db:
    image: slipway/host
    command: sleep 1000
    stop_grace_period: 0s
    healthcheck: { test: ["CMD", "true"], interval: 1s, start_interval: 100ms }
volumes: { data: }
`;

describeEachEngine("nothing to change", (engine) => {
  it("takes one request for each kind of thing, and none that changes anything", async () => {
    const project = await makeProject(engine(), "unchanged", { "compose.yaml": YAML });
    const log = await logRequests(engine().host, join(await engine().folder(), "log.sock"));
    try {
      await project.succeed("up", "-d");
      const up = await project.slipway(["--engine", log.host, "up", "-d"]);
      expect(up.stderr).toBe(" Container unchanged-db-1 Running \n Container unchanged-web-1 Running \n");
      expect(log.requests.toSorted()).toEqual([
        "GET /_ping",
        "GET /containers/json",
        "GET /images/slipway/host/json",
        "GET /networks",
        "GET /volumes",
      ]);
    } finally {
      await project.slipway(["down", "-v"]);
      await log.close();
    }
  });
});
