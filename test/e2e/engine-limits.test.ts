// What an engine cannot honour is said wherever the engine is known: by `up`, `plan`, and `config --engine`.
import { expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { makeProject } from "../support/project.ts";

const YAML = `services:
  app:
    image: slipway/host
    command: [sleep, "1000"]
    init: true
    mem_limit: 64m
    security_opt: ["label=type:own"]
`;

const WARNING = `compose.yaml:7:20: warning: \`security_opt.0\` of service "app" has no effect on this engine: the bundled engine does not have it [not-supported]\n`;

describeEachEngine(
  "attributes that the bundled engine does not have",
  (engine) => {
    it("are warned of by plan, config and up", async () => {
      const project = await makeProject(engine(), "limits", { "compose.yaml": YAML });
      expect((await project.slipway(["plan"])).stderr).toContain(WARNING);
      const configured = await project.slipway(["--engine", "bundled", "config", "-q"]);
      expect(configured).toMatchObject({
        code: 0,
        stdout: "",
        stderr: expect.stringContaining(WARNING) as unknown,
      });
      expect((await project.slipway(["config", "-q"])).stderr).toBe("");
      const up = await project.slipway(["up", "-d"]);
      await project.succeed("down", "-t", "0");
      expect(up.stderr).toContain(WARNING);
      // The engine says so too, and what it says is kept.
      expect(up.stderr).toContain(
        "warning: Container limits-app-1: label=type:own is not supported by this engine and has no effect.\n",
      );
    });
  },
  { only: "bundled" },
);

describeEachEngine("attributes that no engine here has", (engine) => {
  it.each([
    ["gpus: all", 'could not select device driver "" with capabilities: [[gpu]]'],
    ["runtime: nope", "Unknown runtime specified nope"],
    ["isolation: hyperv", `Invalid isolation: "hyperv" - linux only supports 'default'`],
  ])("%s: up says why and fails", async (attribute, why) => {
    const yaml = `services:\n  app:\n    image: slipway/host\n    ${attribute}\n`;
    const project = await makeProject(engine(), "refused", { "compose.yaml": yaml });
    const up = await project.slipway(["up", "-d"]);
    await project.succeed("down", "-t", "0");
    expect(up).toMatchObject({ code: 1, stderr: expect.stringContaining(why) as unknown });
    expect(up.stderr).toContain("Container refused-app-1");
  });
});

describeEachEngine(
  "attributes that a Docker Engine honours",
  (engine) => {
    it("are not warned of", async () => {
      const project = await makeProject(engine(), "limits", { "compose.yaml": YAML });
      expect((await project.slipway(["plan"])).stderr).toBe("");
      expect((await project.slipway(["--engine", engine().host, "config", "-q"])).stderr).toBe("");
    });
  },
  { only: "docker" },
);
