import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContainerCreateBody } from "../../../src/engine/api-types/container.ts";
import { readProcLink } from "../../support/proc.ts";
import { openRealEngine, refusal, runToEnd } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const NOW = new AbortController().signal;

describe.skipIf(refusal !== undefined)("what a container sees", () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await openRealEngine();
  });
  afterAll(() => engine.end());

  const sh = (script: string, body: ContainerCreateBody = {}): ReturnType<typeof runToEnd> =>
    runToEnd(engine, { Cmd: ["sh", "-c", script], ...body });

  it("its own processes, host name and files", async () => {
    const { id, stdout } = await sh(
      "echo $$; hostname; cat /etc/hostname; head -1 /etc/hosts; echo $HOME $HOSTNAME",
    );
    const short = id.slice(0, 12);
    expect(stdout.split("\n").slice(0, 3)).toEqual(["1", short, short]);
    expect(stdout).toContain("127.0.0.1\tlocalhost");
    expect(stdout).toContain(`/root ${short}`);
  });

  it("the usual file systems", async () => {
    const { stdout } = await sh("cut -d' ' -f5,9- /proc/self/mountinfo");
    for (const target of [
      "/proc",
      "/dev",
      "/dev/pts",
      "/dev/shm",
      "/dev/mqueue",
      "/sys",
      "/sys/fs/cgroup",
      "/etc/hosts",
    ]) {
      expect(stdout).toMatch(new RegExp(`^${target} `, "m"));
    }
    expect((await sh("touch /sys/x")).status).not.toBe(0);
    expect((await sh("echo 1 > /proc/sys/kernel/panic")).status).not.toBe(0);
    expect((await sh("cat /proc/keys /proc/timer_list | wc -c")).stdout.trim()).toBe("0");
    expect(
      (await sh("df -k /dev/shm | tail -1 | awk '{print $2}'", { HostConfig: { ShmSize: 8 << 20 } })).stdout,
    ).toBe("8192\n");
  });

  it("fourteen capabilities, or those asked for", async () => {
    const bounding = (body: ContainerCreateBody): Promise<{ stdout: string }> =>
      sh("grep CapBnd /proc/self/status | cut -f2", body);
    expect((await bounding({})).stdout).toBe("00000000a80425fb\n");
    expect((await bounding({ HostConfig: { CapDrop: ["ALL"], CapAdd: ["NET_BIND_SERVICE"] } })).stdout).toBe(
      "0000000000000400\n",
    );
    const user = await sh("grep -E 'CapEff|CapInh' /proc/self/status | cut -f2; id -u; id -g", {
      User: "1234:99",
    });
    expect(user.stdout).toBe("0000000000000000\n0000000000000000\n1234\n99\n");
  });

  it("no device that it was not given", async () => {
    const made = await sh("mknod /tmp/disk b 8 0 && cat /tmp/disk");
    expect(made.status).not.toBe(0);
    const given = await sh("ls -l /dev/fuse2 && echo", {
      HostConfig: {
        Devices: [{ PathOnHost: "/dev/null", PathInContainer: "/dev/fuse2", CgroupPermissions: "rwm" }],
      },
    });
    expect(given.stdout).toContain("1, 3");
  });

  it("the environment, folder and limits asked for", async () => {
    const { stdout } = await sh(
      "pwd; echo $A-$B; ulimit -n; cat /proc/self/oom_score_adj; grep NoNewPrivs /proc/self/status",
      {
        Env: ["A=1", "B=2", "PATH=/usr/bin:/bin"],
        WorkingDir: "/made/here",
        HostConfig: {
          Ulimits: [{ Name: "nofile", Soft: 123, Hard: 456 }],
          OomScoreAdj: 300,
          SecurityOpt: ["no-new-privileges"],
        },
      },
    );
    expect(stdout).toBe("/made/here\n1-2\n123\n300\nNoNewPrivs:\t1\n");
  });

  it("its memory limit", async () => {
    const ran = await sh("head -c 200m /dev/zero | tail -c 150m | wc -c", {
      HostConfig: { Memory: 32 << 20, PidsLimit: 20 },
    });
    expect(ran.stdout.trim()).not.toBe(String(150 << 20));
    expect(engine.containers.inspect(ran.id).State.OOMKilled).toBe(true);
  });

  it("its binds, volumes and tmpfs, the deeper over the shallower", async () => {
    const source = join(engine.root, "outside");
    mkdirSync(source);
    writeFileSync(join(source, "file"), "from outside");
    const ran = await sh(
      "cat /data/file; echo x > /data/new; echo y > /data/vol/kept; touch /ro/x; mount | grep -c 'on /t type tmpfs'",
      {
        HostConfig: {
          Binds: ["kept:/data/vol", `${source}:/data`, `${source}:/ro:ro`],
          Tmpfs: { "/t": "size=1m" },
        },
      },
    );
    expect(ran.stdout).toBe("from outside1\n");
    expect(ran.stderr).toContain("Read-only file system");
    expect(readFileSync(join(source, "new"), "utf8")).toBe("x\n");
    const again = await sh("cat /v/kept", { HostConfig: { Binds: ["kept:/v:ro"] } });
    expect(again.stdout).toBe("y\n");
    const { Mounts } = engine.containers.inspect(ran.id);
    expect(Mounts.map((mount) => [mount.Type, mount.Destination, mount.RW])).toEqual([
      ["volume", "/data/vol", true],
      ["bind", "/data", true],
      ["bind", "/ro", false],
    ]);
  });

  it("anonymous volumes, which go with it on request", async () => {
    const volumes = join(engine.root, "volumes");
    const { id } = await sh("echo z > /anon/file", { Volumes: { "/anon": {} } });
    const [mount] = engine.containers.inspect(id).Mounts;
    expect(mount).toMatchObject({
      Type: "volume",
      Destination: "/anon",
      Name: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(readFileSync(join(volumes, mount?.Name ?? "", "_data", "file"), "utf8")).toBe("z\n");
    await engine.containers.remove(id, { force: false, volumes: true });
    expect(() => readFileSync(join(volumes, mount?.Name ?? "", "_data", "file"))).toThrow("ENOENT");
  });

  it("the namespaces of another, and of the machine", async () => {
    const id = await engine.create({ Cmd: ["sleep", "600"], Hostname: "donor" });
    await expect(sh("true", { HostConfig: { NetworkMode: `container:${id}` } })).rejects.toThrow(
      `cannot join network of a non running container: ${id}`,
    );
    await engine.containers.start(id);
    const { Pid } = engine.containers.inspect(id).State;
    const [net, pid] = ["net", "pid"].map((kind) => readProcLink(Pid, `ns/${kind}`));
    const joined = await sh(
      "readlink /proc/self/ns/net /proc/self/ns/pid; cat /etc/hostname; pgrep -c sleep",
      {
        HostConfig: { NetworkMode: `container:${id}`, PidMode: `container:${id}` },
      },
    );
    expect(joined.stdout).toBe(`${net}\n${pid}\ndonor\n1\n`);
    const host = await sh("readlink /proc/self/ns/net", { HostConfig: { NetworkMode: "host" } });
    expect(host.stdout.trim()).toBe(readProcLink(process.pid, "ns/net"));
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("a read-only root with writable mounts", async () => {
    // The image is made of several overlays.
    const ran = await sh("touch /x; touch /usr/x; touch /tmp/t && echo fine", {
      HostConfig: { ReadonlyRootfs: true, Tmpfs: { "/tmp": "" } },
    });
    expect(ran.stdout).toBe("fine\n");
    expect(ran.stderr.match(/Read-only file system/g)).toHaveLength(2);
  });

  it("an init as process 1 when asked for", async () => {
    const ran = await sh("echo $$", { HostConfig: { Init: true } });
    expect(ran.stdout.trim()).not.toBe("1");
    const id = await engine.create({ Cmd: ["sleep", "600"], HostConfig: { Init: true } });
    await engine.containers.start(id);
    const ended = engine.containers.wait(id, "next-exit", NOW).result;
    await engine.containers.stop(id, { timeout: 20 });
    expect(await ended).toEqual({ StatusCode: 143 });
  });
});
