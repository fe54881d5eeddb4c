// The docker CLI's verbs for what a running container uses and may use, on the bundled engine as every kind of user.
import { expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";

describeEachEngine(
  "limits of a running container",
  (engine) => {
    const docker = (...args: string[]): Promise<string> => engine().succeed(...args);

    it("are shown and changed", async () => {
      await engine().start();
      await docker("run", "-d", "--name", "limited", "-m", "64m", "slipway/host", "sleep", "1000");
      try {
        expect(await docker("exec", "limited", "grep", "Seccomp:", "/proc/self/status")).toBe(
          "Seccomp:\t2\n",
        );
        const [name, cpu, used, processes] = (
          await docker(
            "stats",
            "--no-stream",
            "--format",
            "{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}",
            "limited",
          )
        )
          .replace(" / ", "/")
          .trim()
          .split(" ");
        expect([name, processes]).toEqual(["limited", "1"]);
        expect(cpu).toMatch(/^\d+\.\d\d%$/);
        expect(used).toMatch(/^[\d.]+[KM]iB\/[\d.]+[MG]iB$/);
        expect(await docker("top", "limited", "-eo", "pid,args")).toContain("sleep 1000");
        await docker("exec", "-d", "-u", "1000", "limited", "sleep", "1001");
        const owner = engine().user?.subordinateIds === false ? 0 : 1000;
        const owners = (await docker("top", "limited", "-eo", "pid,uid,args")).replaceAll(/ +/g, " ");
        expect(owners).toContain(" 0 sleep 1000\n");
        expect(owners).toContain(` ${owner} sleep 1001\n`);
        expect(await docker("top", "limited", "-eo", "user,pid,args")).toMatch(/^root .* sleep 1000$/m);
        expect((await docker("top", "limited")).split("\n")[1]).toMatch(/^root .* sleep 1000$/);
        await docker("update", "--restart", "unless-stopped", "limited");
        expect(await docker("inspect", "-f", "{{.HostConfig.RestartPolicy.Name}}", "limited")).toBe(
          "unless-stopped\n",
        );
        const paused = await engine().docker(["pause", "limited"]);
        const shown = paused.code === 0 ? await docker("ps", "--format", "{{.Status}}") : paused.stderr;
        expect(shown).toMatch(/ \(Paused\)\n$|this engine has no writable freezer cgroup/);
        if (paused.code === 0) await docker("unpause", "limited");
      } finally {
        await docker("rm", "-f", "limited");
      }
    });

    it("do not include log options that there are not", async () => {
      const refused = await engine().docker(["create", "--log-opt", "colour=red", "slipway/host", "true"]);
      expect(refused.stderr).toContain("unknown log opt 'colour' for json-file log driver");
    });
  },
  { only: "bundled" },
);
