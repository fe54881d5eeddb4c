// The docker command line, unmodified, against the bundled engine: the everyday verbs.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { freePort } from "../support/ports.ts";
import { eventually, run } from "../support/processes.ts";

const hasDocker = (await run("sh", ["-c", "command -v docker"])).code === 0;

describeEachEngine(
  "the docker command line",
  (engine) => {
    beforeAll(async () => {
      await engine().start();
    });

    const docker = (...args: string[]): Promise<string> => engine().succeed(...args);
    const image = "slipway/host";

    it.skipIf(!hasDocker)("run --rm: output, exit status, and nothing left", async () => {
      expect(await docker("run", "--rm", image, "echo", "hello")).toBe("hello\n");
      expect((await engine().docker(["run", "--rm", image, "sh", "-c", "exit 7"])).code).toBe(7);
      expect((await engine().docker(["run", "--rm", image, "no-such-command"])).code).toBe(127);
      expect((await engine().docker(["run", "--rm", image, "/etc"])).code).toBe(126);
      expect(await docker("ps", "-aq")).toBe("");
    });

    it.skipIf(!hasDocker)("run -i: standard input to its end", async () => {
      const result = await engine().docker(["run", "--rm", "-i", image, "wc", "-c"], {
        input: "x".repeat(100_000),
      });
      expect(result.stdout.trim()).toBe("100000");
    });

    it.skipIf(!hasDocker)("exec: without a word in the engine's log", async () => {
      await docker("run", "-d", "--name", "quiet", image, "sleep", "1000");
      await docker("exec", "quiet", "true");
      expect((await engine().slipway(["engine", "logs"])).stdout).not.toContain("exec");
      await docker("rm", "-f", "quiet");
    });

    it.skipIf(!hasDocker)("run -it: a terminal", async () => {
      const line = `docker run --rm -it ${image} sh -c 'tty; stty size'`;
      const result = await engine().command("script", [
        "-qec",
        `stty rows 33 cols 111; ${line}`,
        "/dev/null",
      ]);
      expect(result.stdout).toContain("/dev/pts/");
      expect(result.stdout).toContain("33 111");
    });

    it.skipIf(!hasDocker)(
      "run -d, ps, logs -f, inspect, exec, cp, rename, stop, start, restart, kill, wait, rm",
      async () => {
        const folder = await engine().folder();
        const script = "trap 'echo bye; exit 5' TERM; echo started; while :; do sleep 0.05; done";
        const id = (
          await docker("run", "-d", "--name", "first", "-l", "team=a", image, "sh", "-c", script)
        ).trim();
        expect(await docker("ps", "-q", "--no-trunc", "--filter", "label=team=a")).toBe(`${id}\n`);
        await eventually("it has started", async () =>
          (await docker("logs", "first")).includes("started") ? true : undefined,
        );
        expect(await docker("inspect", "-f", "{{.State.Status}} {{.Config.Image}}", "first")).toBe(
          `running ${image}\n`,
        );
        expect(
          await docker("exec", "-e", "KEY=value", "-w", "/tmp", "first", "sh", "-c", "echo $KEY; pwd"),
        ).toBe("value\n/tmp\n");
        await writeFile(join(folder, "note.txt"), "a note\n");
        await run("chmod", ["a+r", join(folder, "note.txt")]);
        await docker("cp", join(folder, "note.txt"), "first:/tmp/copied.txt");
        expect(await docker("exec", "first", "cat", "/tmp/copied.txt")).toBe("a note\n");
        expect(await docker("cp", "first:/tmp/copied.txt", "-")).toContain("a note");
        await docker("rename", "first", "second");
        const follow = engine().docker(["logs", "-f", "second"]);
        await docker("stop", "second");
        expect((await follow).stdout).toBe("started\nbye\n");
        expect(await docker("inspect", "-f", "{{.State.ExitCode}}", "second")).toBe("5\n");
        await docker("start", "second");
        await docker("restart", "-t", "1", "second");
        const waiting = engine().docker(["wait", "second"]);
        await docker("kill", "second");
        expect((await waiting).stdout).toBe("137\n");
        await docker("rm", "second");
        expect((await engine().docker(["inspect", "second"])).code).toBe(1);
      },
    );

    it.skipIf(!hasDocker)(
      "exec: the exit status arrives, also when input is closed as the process ends",
      async () => {
        await docker("run", "-d", "--name", "busy", image, "sleep", "1000");
        const codes = new Set<number>();
        for (let round = 0; round < 100; round += 1) {
          codes.add((await engine().docker(["exec", "-i", "busy", "sh", "-c", "exit 3"])).code);
        }
        expect([...codes]).toEqual([3]);
        await docker("rm", "-f", "busy");
      },
    );

    it.skipIf(!hasDocker)("volumes keep data, networks give names", async () => {
      await docker("volume", "create", "kept");
      await docker("run", "--rm", "-v", "kept:/data", image, "sh", "-c", "echo data > /data/file");
      expect(await docker("run", "--rm", "-v", "kept:/data:ro", image, "cat", "/data/file")).toBe("data\n");
      await docker("network", "create", "named");
      const port = String(await freePort());
      await docker(
        "run",
        "-d",
        "--name",
        "server",
        "--network",
        "named",
        "--network-alias",
        "alias",
        "-p",
        `127.0.0.1:${port}:9000`,
        image,
        "node",
        "-e",
        "require('net').createServer((c) => c.end('pong\\n')).listen(9000)",
      );
      const ask = `require('net').connect(9000, process.argv[1]).on('error', () => setTimeout(() => process.exit(9), 50)).pipe(process.stdout)`;
      for (const name of ["server", "alias"]) {
        const answer = await eventually(`${name} answers`, async () => {
          const { stdout } = await engine().docker([
            "run",
            "--rm",
            "--network",
            "named",
            image,
            "node",
            "-e",
            ask,
            name,
          ]);
          return stdout === "" ? undefined : stdout;
        });
        expect(answer).toBe("pong\n");
      }
      expect((await run("curl", ["-s", "--http0.9", `http://127.0.0.1:${port}/`])).stdout).toContain("pong");
      expect(await docker("port", "server", "9000/tcp")).toBe(`127.0.0.1:${port}\n`);
      expect((await engine().docker(["network", "rm", "named"])).code).toBe(1);
      await docker("rm", "-f", "server");
      await docker("network", "rm", "named");
      await docker("volume", "rm", "kept");
    });

    it.skipIf(!hasDocker)("load, import, tag, images, rmi", async () => {
      const folder = await engine().folder();
      await run("sh", [
        "-ec",
        'cd "$1"; mkdir -p r/bin; cp "$(command -v busybox)" r/bin/busybox; tar -C r -cf root.tar .',
        "sh",
        folder,
      ]);
      await docker(
        "import",
        "--change",
        'CMD ["/bin/busybox","echo","imported"]',
        join(folder, "root.tar"),
        "tiny:1",
      );
      expect(await docker("run", "--rm", "tiny:1")).toBe("imported\n");
      await docker("tag", "tiny:1", "tiny:2");
      expect(
        (await docker("images", "--format", "{{.Repository}}:{{.Tag}}", "tiny"))
          .trim()
          .split("\n")
          .toSorted(),
      ).toEqual(["tiny:1", "tiny:2"]);
      await docker("rmi", "tiny:1", "tiny:2");
      expect(await docker("images", "-q", "tiny")).toBe("");
    });

    it.skipIf(!hasDocker)("version, info, events", async () => {
      expect(await docker("version", "-f", "{{.Server.APIVersion}}")).toBe("1.51\n");
      expect(await docker("info", "-f", "{{.OSType}}")).toBe("linux\n");
      const since = String(Date.now() / 1000 - 1);
      await docker("run", "--rm", "--name", "seen", image, "true");
      const events = await docker(
        "events",
        "--since",
        since,
        "--until",
        String(Date.now() / 1000 + 1),
        "--filter",
        "container=seen",
        "--format",
        "{{.Action}}",
      );
      const actions = events.trim().split("\n");
      for (const action of ["create", "start", "die", "destroy"]) expect(actions).toContain(action);
    });
  },
  { only: "bundled" },
);
