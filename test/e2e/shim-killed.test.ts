// The shim of a container is killed with SIGKILL, with and without an engine that looks on: the container has ended, and nothing of it lives.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { isAlive, killAndWait, parentOf, readProc } from "../support/proc.ts";
import { eventually } from "../support/processes.ts";

describeEachEngine(
  "the shim killed",
  (engine) => {
    const docker = async (...args: string[]): Promise<string> => (await engine().succeed(...args)).trim();
    /** The kernel ends a process with its shim unless it has changed its user since; where there is one id, it cannot. */
    const command = (): string[] =>
      engine().user?.name === "slipway-plain"
        ? ["sleep", "1000"]
        : ["setpriv", "--reuid", "7", "--clear-groups", "sh", "-c", "sleep 1000 & wait"];

    async function running(name: string): Promise<{ pid: number; shim: number; id: string }> {
      await engine().start();
      const id = await docker("run", "-d", "--name", name, "slipway/host", ...command());
      const pid = Number(await docker("inspect", "-f", "{{.State.Pid}}", name));
      const last = command().at(-1) ?? "";
      await eventually("the process is another user's", () => {
        const line = readProc(pid, "cmdline");
        return (line.includes(last) && !line.includes("setpriv")) || undefined;
      });
      return { id, pid, shim: parentOf(pid) };
    }

    const state = (name: string): Promise<string> =>
      docker("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}", name);

    const socketOf = (id: string): string => join(engine().root ?? "", "containers", id, "ctl");

    it("while an engine runs: the container is told to have died, and can be started again", async () => {
      const { id, pid, shim } = await running("watched");
      const waiting = engine().docker(["wait", "watched"]);
      process.kill(shim, "SIGKILL");
      expect((await waiting).stdout).toBe("137\n");
      expect(await state("watched")).toBe("exited 137 0");
      expect(isAlive(pid)).toBe(false);
      expect(existsSync(socketOf(id))).toBe(false);
      await docker("start", "watched");
      expect(await state("watched")).toMatch(/^running 0 [1-9]/);
      await docker("rm", "-f", "watched");
    });

    it("while none runs: the next one ends what is left", async () => {
      const { id, pid, shim } = await running("unwatched");
      await killAndWait((await engine().status()).pid);
      process.kill(shim, "SIGKILL");
      await eventually("the shim has gone", () => (isAlive(shim) ? undefined : true));
      const outlives = command()[0] === "setpriv";
      await eventually("the process has gone, or stays", () =>
        isAlive(pid) === outlives ? true : undefined,
      );
      await engine().start();
      expect(await state("unwatched")).toBe("exited 137 0");
      expect(isAlive(pid)).toBe(false);
      expect(existsSync(socketOf(id))).toBe(false);
      await docker("rm", "unwatched");
    });
  },
  { only: "bundled" },
);
