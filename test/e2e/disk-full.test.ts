// The engine's state lies on a disk that becomes full, and has room again: requests fail with the reason, nothing that was there is hurt,
// containers live on, their exit statuses are kept, and a log says how many lines it lacks.
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processesOf } from "../support/footprint.ts";
import { packageFolder } from "../support/package-copy.ts";
import { killAndWait, readProc } from "../support/proc.ts";
import { eventually, run, type CommandResult } from "../support/processes.ts";

const refusal =
  process.platform === "linux" && process.getuid?.() === 0 ? undefined : "mounting a small disk needs root";
const SIZE = "16m";

function numbersIn(text: string): number[] {
  return [...text.matchAll(/line (\d+)/g)].map(([, number]) => Number(number));
}

async function logOf(container: Docker.Container): Promise<string> {
  return (await container.logs({ stdout: true, stderr: true, follow: false })).toString("latin1");
}

describe.skipIf(refusal !== undefined)(
  `a full disk${refusal === undefined ? "" : ` [skipped: ${refusal}]`}`,
  () => {
    const base = mkdtempSync(join(tmpdir(), "slipway-full-"));
    const root = join(base, "state");
    const socket = join(base, "engine.sock");
    const docker = new Docker({ socketPath: socket });
    const env = { ...process.env, SLIPWAY_ENGINE: "bundled", SLIPWAY_ROOT: root, SLIPWAY_SOCKET: socket };
    let pid = 0;

    const slipway = (...args: string[]): Promise<CommandResult> =>
      run(process.execPath, [join(packageFolder, "bin/slipway"), ...args], { env });

    /** The mount namespace that has the disk lives as long as a process in it. */
    const start = async (): Promise<void> => {
      const inside = pid === 0 ? ["unshare", "-m"] : ["nsenter", "-t", String(keeper()), "-m"];
      const mount = pid === 0 ? `mount -t tmpfs -o size=${SIZE},mode=711 tmpfs "$0" && ` : "";
      const [command = "", ...words] = inside;
      const started = await run(
        command,
        [
          ...words,
          "sh",
          "-c",
          `${mount}exec "$@"`,
          root,
          process.execPath,
          join(packageFolder, "bin/slipway"),
          "engine",
          "start",
        ],
        { env },
      );
      expect(started).toMatchObject({ code: 0 });
      pid = (JSON.parse((await slipway("engine", "status", "--format", "json")).stdout) as { pid: number })
        .pid;
    };
    const keeper = (): number => processesOf(root).find((each) => each !== pid) ?? pid;
    const disk = (): string => `/proc/${keeper()}/root${root}`;
    const filler = (): string => join(disk(), "filler");

    /** To the last page: in pieces that become smaller, so that none is left, and again when somebody gave one back meanwhile. */
    const fill = (): Promise<true> =>
      eventually("the disk is full", () => {
        for (const size of [1 << 20, 1 << 16, 4096])
          for (;;) {
            try {
              writeFileSync(filler(), Buffer.alloc(size), { flag: "a" });
            } catch (error) {
              expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
              break;
            }
          }
        return statfsSync(disk()).bavail === 0 || undefined;
      });

    const create = (Cmd: string[]): Promise<Docker.Container> =>
      docker.createContainer({ Image: "slipway/host", Cmd, HostConfig: { NetworkMode: "none" } });

    beforeAll(async () => {
      await run("mkdir", ["-p", root]);
      await start();
    });
    afterAll(async () => {
      await Promise.all(
        (await docker.listContainers({ all: true })).map(({ Id }) =>
          docker.getContainer(Id).remove({ force: true, v: true }),
        ),
      );
      await slipway("engine", "stop");
      rmSync(base, { recursive: true, force: true });
    });

    it("costs the log what could not be written, which it says, and nothing else", async () => {
      const chatty = await create([
        "sh",
        "-c",
        'i=0; while :; do i=$((i+1)); echo "line $i"; echo $i > /dev/shm/said; sleep 0.01; done',
      ]);
      await chatty.start();
      await eventually("it writes", async () => numbersIn(await logOf(chatty)).length > 10 || undefined);
      await fill();
      const { Pid } = (await chatty.inspect()).State;
      const full = await eventually("the log lacks what is said", async () => {
        const text = await logOf(chatty);
        const said = Number(readProc(Pid, "root/dev/shm/said"));
        return said > numbersIn(text).length + 100 ? text : undefined;
      });
      expect((await chatty.inspect()).State.Running).toBe(true);
      rmSync(filler());
      const after = await eventually("it writes again", async () => {
        const text = await logOf(chatty);
        return numbersIn(text).length > numbersIn(full).length + 10 ? text : undefined;
      });
      await chatty.remove({ force: true });
      const lost = Number(
        /\[slipway: (\d+) lines could not be written here: No space left on device\]/.exec(after)?.[1],
      );
      const written = numbersIn(after);
      const gaps = written.flatMap((number, index) => {
        const before = index === 0 ? 0 : (written[index - 1] ?? 0);
        return number === before + 1 ? [] : [number - before - 1];
      });
      expect(gaps).toEqual([lost]);
      expect(readFileSync(join(disk(), "engine.log"), "utf8")).not.toContain("fatal");
    });

    it("lets requests fail with the reason, and keeps what was there", async () => {
      await docker.createVolume({ Name: "kept" });
      await docker.createNetwork({ Name: "kept" });
      const ending = await create(["sh", "-c", "read line; exit 5"]);
      const waiting = await docker.createContainer({
        Image: "slipway/host",
        Cmd: ["sh", "-c", "while [ ! -e /go ]; do sleep 0.02; done; exit 5"],
        HostConfig: { NetworkMode: "none", Tmpfs: { "/scratch": "" } },
      });
      await waiting.start();
      await fill();
      const reason = /no space left on device/i;
      await expect(create(["true"])).rejects.toThrow(reason);
      await expect(ending.start()).rejects.toThrow(reason);
      await expect(docker.createVolume({ Name: "refused" })).rejects.toThrow(reason);
      await expect(docker.createNetwork({ Name: "refused" })).rejects.toThrow(reason);
      await expect(docker.getImage("slipway/host").tag({ repo: "refused", tag: "1" })).rejects.toThrow(
        reason,
      );
      await expect(waiting.rename({ name: "refused" })).rejects.toThrow(reason);

      // A process ends while its end cannot be noted: clients that wait are told, and so is the next engine.
      const ended = waiting.wait() as Promise<{ StatusCode: number }>;
      await waiting.kill({ signal: "SIGTERM" });
      await waiting.kill();
      expect((await ended).StatusCode).toBe(137);
      await killAndWait(pid);
      rmSync(filler());
      await fill();
      await start();
      const { State, Name } = await waiting.inspect();
      expect([State.Status, State.ExitCode]).toEqual(["exited", 137]);
      expect(Name).not.toBe("/refused");
      expect((await docker.listVolumes()).Volumes.map((volume) => volume.Name)).toEqual(["kept"]);
      expect((await docker.listNetworks()).map((network) => network.Name)).not.toContain("refused");
      expect(
        (JSON.parse((await slipway("engine", "status", "--format", "json")).stdout) as { damaged: string[] })
          .damaged,
      ).toEqual([]);

      rmSync(filler());
      await waiting.remove();
      const fresh = await create(["sh", "-c", "exit 3"]);
      await fresh.start();
      expect(((await fresh.wait()) as { StatusCode: number }).StatusCode).toBe(3);
    });
  },
);
