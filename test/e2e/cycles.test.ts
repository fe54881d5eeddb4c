// A hundred times up and down, fifty as an ordinary user: the machine is afterwards as it was before.
import { expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { measureFootprint, settledFootprint } from "../support/footprint.ts";
import { eventually } from "../support/processes.ts";
import { makeProject } from "../support/project.ts";

const project = `
services:
  web:
    image: slipway/host
    command: sleep 1000
    stop_grace_period: 0s
    mem_limit: 64m
    volumes: [data:/data, /anonymous]
    ports: ["127.0.0.1::80"]
    healthcheck: { test: [CMD, "true"], interval: 100ms }
  worker:
    image: slipway/host
    command: sleep 1000
    stop_grace_period: 0s
    networks: [default, back]
    depends_on: { web: { condition: service_healthy } }
networks:
  back: { internal: true }
volumes:
  data:
`;

describeEachEngine(
  "many cycles",
  (engine) => {
    const cycles = (): number =>
      Number(process.env["SLIPWAY_TEST_CYCLES"] ?? (engine().user === undefined ? 100 : 20));

    it("leave no process, mount, namespace, cgroup, interface or file", { timeout: 600_000 }, async () => {
      const under = await makeProject(engine(), "cycles", { "compose.yaml": project });
      const root = engine().root ?? "";
      const once = async (): Promise<void> => {
        await under.succeed("up", "-d");
        await under.succeed("down", "-v");
      };
      await once(); // what is made once and kept (the log, the namespaces) is made now
      const before = await settledFootprint(root);
      for (let cycle = 0; cycle < cycles(); cycle += 1) await once();
      const after = await eventually("what has ended is gone", async () => {
        const now = await measureFootprint(root);
        return JSON.stringify(now) === JSON.stringify(before) ? now : undefined;
      }).catch(() => measureFootprint(root));
      expect(after).toEqual(before);
    });
  },
  { only: "bundled" },
);
