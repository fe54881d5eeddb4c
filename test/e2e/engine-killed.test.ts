// The bundled engine is killed with SIGKILL: containers live on, the next command finds them, and their logs and exit codes are whole.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { eventually } from "../support/processes.ts";
import { makeProject, type TestProject } from "../support/project.ts";

describeEachEngine(
  "the engine killed",
  (engine) => {
    let project: TestProject | undefined;

    afterEach(async () => {
      await project?.succeed("down", "-v", "-t", "0");
      project = undefined;
    });

    it("while containers run: they keep running, with whole logs and exit codes", async () => {
      project = await makeProject(engine(), "killed", {
        "compose.yaml": `
services:
  counter:
    image: slipway/host
    command: [sh, -c, "i=0; while [ $$i -lt 200 ]; do i=$$((i+1)); echo line $$i; sleep 0.01; done; exit 7"]
  steady:
    image: slipway/host
    command: sleep 1000
    stop_grace_period: 0s
`,
      });
      await project.succeed("up", "-d");
      const before = await project.succeed("ps", "-q", "steady");
      process.kill((await engine().status()).pid, "SIGKILL");
      const running = project;
      const code = await eventually("the counter has ended", async () => {
        const [line] = (await running.succeed("ps", "-a", "--format", "json", "counter")).trim().split("\n");
        const { State, ExitCode } = JSON.parse(line ?? "{}") as { State: string; ExitCode: number };
        return State === "exited" ? ExitCode : undefined;
      });
      expect(code).toBe(7);
      const log = await project.succeed("logs", "--no-log-prefix", "counter");
      expect(log).toBe(Array.from({ length: 200 }, (_, index) => `line ${index + 1}\n`).join(""));
      expect(await project.succeed("ps", "-q", "steady")).toBe(before);
      expect(await project.succeed("exec", "-T", "steady", "echo", "still here")).toBe("still here\n");
    });

    it("while it compresses a log: no line is lost, and none is there twice", async () => {
      project = await makeProject(engine(), "killed-log", {
        "compose.yaml": `
services:
  talker:
    image: slipway/host
    command: [sh, -c, "until [ -e /go ]; do sleep 0.05; done; for i in 1 2; do seq 1 400000; sleep 0.1; done"]
    logging: { driver: local, options: { max-size: 8m, max-file: "20" } }
`,
      });
      await project.succeed("up", "-d");
      const id = (await project.succeed("ps", "-a", "-q", "talker")).trim();
      const folder = join(engine().root ?? "", "containers", id);
      const names = (): string[] => readdirSync(folder).filter((name) => name.startsWith("log."));
      const isDone = (): boolean =>
        existsSync(join(folder, "exit")) && names().every((name) => name.endsWith(".gz"));
      let kills = 0;
      for (let pid = (await engine().status()).pid; kills < 3; pid = (await engine().status()).pid) {
        const begun = kills === 0 ? project.slipway(["exec", "-T", "talker", "touch", "/go"]) : undefined;
        while (!names().includes("log.compressing") && !isDone()) await setTimeout(1);
        if (isDone()) break;
        process.kill(pid, "SIGKILL");
        kills++;
        await begun; // may fail: its engine went away
        const log = await project.succeed("logs", "--no-log-prefix", "--tail", "1", "talker");
        expect(log).toMatch(/^\d+\n$/);
      }
      expect(kills).toBeGreaterThan(0);
      await eventually("the container has ended and its log is compressed", () => isDone() || undefined);
      const one = Array.from({ length: 400_000 }, (_, index) => `${index + 1}\n`).join("");
      const log = await project.succeed("logs", "--no-log-prefix", "talker");
      expect(log === one.repeat(2)).toBe(true);
    });

    it("in the middle of up: the next up finishes the work, and nothing is there twice", async () => {
      const services = Array.from(
        { length: 8 },
        (_, index) =>
          `  service-${index}:\n    image: slipway/host\n    command: sleep 1000\n    stop_grace_period: 0s\n`,
      );
      project = await makeProject(engine(), "killed-up", {
        "compose.yaml": `services:\n${services.join("")}`,
      });
      for (const delay of [60, 90, 110, 130, 150]) {
        const pid = (await engine().status()).pid;
        const killed = setTimeout(delay).then(() => process.kill(pid, "SIGKILL"));
        await project.slipway(["up", "-d"]); // may fail: its engine went away
        await killed;
        await project.succeed("up", "-d");
        const names = (await project.succeed("ps", "--format", "json")).trim().split("\n");
        expect(names).toHaveLength(8);
        expect((await project.slipway(["plan"])).code).toBe(0);
        await project.succeed("down", "-t", "0");
      }
    });
  },
  { only: "bundled" },
);
