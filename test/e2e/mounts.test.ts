// Volumes, binds, tmpfs and images as containers see them, the same on every engine that knows them.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, expect, it } from "vitest";
import { busyboxImage as image, busyboxUnavailable, importBusybox } from "../support/busybox-image.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import type { EngineUnderTest } from "../support/engines.ts";
import { run, succeed, type CommandResult } from "../support/processes.ts";

if (busyboxUnavailable !== undefined) console.warn(`mounts: skipped, ${busyboxUnavailable}`);

function imageMount(more = ""): string {
  return `type=image,src=${image},dst=/i${more}`;
}

function partOfVolume(path: string): string {
  return `type=volume,src=whole,dst=/p,volume-subpath=${path}`;
}

function verbs(engine: () => EngineUnderTest): {
  attempt: (...args: string[]) => Promise<CommandResult>;
  docker: (...args: string[]) => Promise<string>;
  sh: (script: string, ...options: string[]) => Promise<string>;
} {
  const attempt = (...args: string[]): Promise<CommandResult> => engine().docker(args);
  const docker = (...args: string[]): Promise<string> => engine().succeed(...args);
  const sh = (script: string, ...options: string[]): Promise<string> =>
    docker("run", "--rm", ...options, image, "sh", "-c", script);
  return { attempt, docker, sh };
}

describeEachEngine("mounts", (engine) => {
  const { attempt, docker, sh } = verbs(engine);
  /** Where there is one id, everything belongs to it. */
  const owner = (): string => (engine().user?.name === "slipway-plain" ? "0:0" : "1000:1001");

  beforeAll(async () => {
    if (busyboxUnavailable !== undefined) return;
    await engine().start();
    await importBusybox(engine());
  });
  afterEach(async () => {
    if (busyboxUnavailable !== undefined) return;
    await engine().clear();
    await docker("volume", "prune", "-f", "-a").catch(() => docker("volume", "prune", "-f"));
  });

  const tmpfsRefusal = async (option: string): Promise<string> =>
    (await attempt("run", "--rm", "--tmpfs", `/t:ro,${option}`, image, "true")).stderr;

  const look = "stat -c '%u:%g %a' /data; cat /data/file /data/inner/file 2>/dev/null || ls -A /data";

  it.skipIf(busyboxUnavailable !== undefined)(
    "a new volume is filled from the image, owners and modes included",
    async () => {
      const filled = `${owner()} 750\nfrom the image\ninner\n`;
      expect(await sh(look, "-v", "named:/data")).toBe(filled);
      expect(await sh(look, "-v", "/data")).toBe(filled);
      expect(await sh(look, "-v", "read-only:/data:ro")).toBe(filled);
      expect(await sh(look, "--mount", "type=volume,src=long,dst=/data")).toBe(filled);
      // What is there already stays as it is.
      await sh("rm -r /data/inner; echo changed > /data/file", "-v", "named:/data");
      expect(await sh("cat /data/file; ls /data", "-v", "named:/data")).toBe("changed\nfile\n");
    },
  );

  it.skipIf(busyboxUnavailable !== undefined)(
    "read only on a folder that the engine's own files are mounted in",
    async () => {
      const files = "hostname\nhosts\nmtab\npasswd\nresolv.conf\n127.0.0.1";
      expect(await sh("ls /etc | grep -v group; cat /etc/hosts", "-v", "accounts:/etc:ro")).toContain(files);
      const inMemory = await sh("ls /etc; touch /etc/x 2>&1 || true", "--tmpfs", "/etc:ro");
      expect(inMemory).toMatch(/^hostname\nhosts\n(mtab\n)?resolv.conf\n.*Read-only/);
      const bound = `${await engine().folder()}:/etc:ro`;
      const refused = await attempt("run", "--rm", "-v", bound, image, "true");
      expect(refused.stderr).toMatch(/mount.*\/etc\/(hosts|resolv.conf).*read-only file system/);
    },
  );

  it.skipIf(busyboxUnavailable !== undefined)("what cannot be mounted is named, and why", async () => {
    const onFolder = await attempt("run", "--rm", "-v", "/etc/hostname:/tmp", image, "true");
    expect(onFolder.stderr).toMatch(
      /\/etc\/hostname.*\/tmp.*(a file cannot be mounted on a folder|vice-versa)/s,
    );
    const onFile = await attempt("run", "--rm", "-v", "/usr:/bin/busybox", image, "true");
    expect(onFile.stderr).toMatch(
      /\/usr.*\/bin\/busybox.*(a folder cannot be mounted on a file|vice-versa)/s,
    );
    const belowFile = await attempt("run", "--rm", "-v", "/dev/null/x:/x", image, "true");
    expect(belowFile.stderr).toMatch(/\/dev\/null\/x.*not a directory/s);
  });

  it.skipIf(busyboxUnavailable !== undefined)("nocopy leaves it empty", async () => {
    expect(await sh(look, "-v", "bare:/data:nocopy")).toBe("0:0 755\n");
    expect(await sh(look, "--mount", "type=volume,src=bare-too,dst=/data,volume-nocopy")).toBe("0:0 755\n");
    expect(await sh("ls -A /nowhere", "-v", "new:/nowhere")).toBe("");
  });

  it.skipIf(busyboxUnavailable !== undefined)("a volume on a file of the image is refused", async () => {
    const refused = await attempt("create", "-v", "wrong:/etc/passwd", image);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/file exists|is not directory/);
  });

  it.skipIf(busyboxUnavailable !== undefined)(
    "driver options: a folder of the machine, and a file system that all who use it share",
    async () => {
      const folder = await engine().folder();
      await docker("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", `device=${folder}`, "folder");
      await sh("echo here > /v/file", "-v", "folder:/v");
      expect(await succeed("cat", [join(folder, "file")])).toBe("here\n");
      await docker(
        "volume",
        "create",
        "-o",
        "type=tmpfs",
        "-o",
        "device=tmpfs",
        "-o",
        "o=size=1m,mode=711",
        "ram",
      );
      expect(await sh("df -k /v | awk 'NR==2 {print $1, $2}'; stat -c %a /v", "-v", "ram:/v")).toBe(
        "tmpfs 1024\n711\n",
      );
      const [first, second] = await Promise.all(
        ["/v", "/w"].map((at) => docker("run", "-d", "-v", `ram:${at}`, image, "sleep", "1000")),
      );
      await docker("exec", (first ?? "").trim(), "sh", "-c", "echo both > /v/file");
      expect(await docker("exec", (second ?? "").trim(), "cat", "/w/file")).toBe("both\n");
      expect(
        await sh("cat /x/file; echo > /x/file", "-v", "ram:/x:ro").catch((error: Error) => error.message),
      ).toContain("Read-only file system");
      await docker("rm", "-f", (first ?? "").trim(), (second ?? "").trim());
      expect(await sh("ls -A /v", "-v", "ram:/v")).toBe("");
      await docker("volume", "rm", "ram", "folder");
      expect(await succeed("cat", [join(folder, "file")])).toBe("here\n");
      await docker("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=/no/such", "lost");
      const lost = await attempt("run", "--rm", "-v", "lost:/v", image, "true");
      expect(lost.code).toBe(127); // as the command line reads "no such file or directory"
      expect(lost.stderr).toMatch(
        /failed to mount local volume: mount \/no\/such:.*no such file or directory/,
      );
    },
  );

  it.skipIf(busyboxUnavailable !== undefined)("tmpfs options", async () => {
    const show = `awk '$5=="/t" {print $6, $NF}' /proc/self/mountinfo; stat -c %a /t`;
    const options = (...flags: string[]): Promise<string> => sh(show, ...flags);
    expect(await options("--tmpfs", "/t")).toMatch(/^rw,nosuid,nodev,noexec/);
    const own = await options("--tmpfs", "/t:exec,size=64m,mode=700");
    expect(own).toMatch(/^rw,nosuid,nodev,relatime.*size=65536k.*\n700\n$/);
    expect(await options("--tmpfs", "/t:ro,noatime")).toMatch(/^ro,nosuid,nodev,noexec,noatime/);
    expect(await options("--mount", "type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1770")).toMatch(
      /^rw,nosuid,nodev,noexec,relatime.*size=1024k.*\n1770\n$/,
    );
    expect(await tmpfsRefusal("nonsense=1")).toContain('invalid tmpfs option ["nonsense" "1"]');
    expect(await tmpfsRefusal("nonsense")).toContain('invalid tmpfs option ["nonsense"]');
    expect(await tmpfsRefusal("size=much")).toMatch(/mount.*\/t.*size=much: invalid argument/);
  });

  it.skipIf(busyboxUnavailable !== undefined)(
    "a bind makes its folder in the short form, and wants it there in the long one",
    async () => {
      const folder = await engine().folder();
      await sh("echo x > /b/file", "-v", `${folder}/made/here:/b`);
      expect(await succeed("cat", [`${folder}/made/here/file`])).toBe("x\n");
      const refused = await attempt("create", "--mount", `type=bind,src=${folder}/missing,dst=/b`, image);
      expect(refused.stderr).toContain(
        `invalid mount config for type "bind": bind source path does not exist: ${folder}/missing`,
      );
      await writeFile(join(folder, "one"), "a file\n");
      await run("chmod", ["a+r", join(folder, "one")]);
      expect(await sh("cat /etc/one", "-v", `${folder}/one:/etc/one:ro`)).toBe("a file\n");
      expect((await attempt("run", "--rm", "-v", `${folder}:/b:sideways`, image, "true")).stderr).toContain(
        "invalid mode: sideways",
      );
    },
  );

  it.skipIf(busyboxUnavailable !== undefined)(
    "volumes of another container, read only when asked for",
    async () => {
      await docker("create", "--name", "donor", "-v", "theirs:/data", "-v", "/anonymous", image);
      const script = "cat /data/file; ls -d /anonymous; echo x > /data/new && echo written";
      expect(await sh(script, "--volumes-from", "donor")).toBe("from the image\n/anonymous\nwritten\n");
      const refused = await attempt("run", "--rm", "--volumes-from", "donor:ro", image, "sh", "-c", script);
      expect(refused.stderr).toContain("Read-only file system");
      expect((await attempt("volume", "rm", "theirs")).stderr).toContain("volume is in use");
    },
  );
});

describeEachEngine(
  "mounts that an older Docker does not know",
  (engine) => {
    const { attempt, docker, sh } = verbs(engine);
    beforeAll(async () => {
      if (busyboxUnavailable !== undefined) return;
      await engine().start();
      await importBusybox(engine());
    });

    it.skipIf(busyboxUnavailable !== undefined)(
      "a part of a volume, which links cannot lead out of",
      async () => {
        await sh(
          "mkdir -p /v/a/b; echo part > /v/a/b/file; ln -s a/b /v/in; ln -s /etc /v/out",
          "-v",
          "whole:/v",
        );
        expect(await sh("cat /p/file", "--mount", partOfVolume("a/b"))).toBe("part\n");
        expect(await sh("cat /p/file", "--mount", partOfVolume("in"))).toBe("part\n");
        expect(await sh("cat /p", "--mount", partOfVolume("a/b/file"))).toBe("part\n");
        const refused = async (path: string): Promise<string> =>
          (await attempt("run", "--rm", "--mount", partOfVolume(path), image, "true")).stderr;
        expect(await refused("out")).toContain("cannot access path out: it leads out of");
        expect(await refused("none")).toMatch(/cannot access path none of .*: no such file or directory/);
        expect(await refused("../x")).toContain("subpath must be a relative path within the volume");
        await docker("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "memory");
        const id = (
          await docker("run", "-d", "-v", "memory:/m", image, "sh", "-c", "mkdir /m/a; sleep 1000")
        ).trim();
        expect(await refused("none")).not.toBe("");
        await docker("rm", "-f", id);
        await docker("volume", "rm", "whole", "memory");
      },
    );

    it.skipIf(busyboxUnavailable !== undefined)("an image, read only, and a part of it", async () => {
      expect(await sh("cat /i/data/file; readlink /i/bin/sh", "--mount", imageMount())).toBe(
        "from the image\nbusybox\n",
      );
      expect(await sh("cat /i/file; ls /i", "--mount", imageMount(",image-subpath=data"))).toBe(
        "from the image\nfile\ninner\n",
      );
      expect(await sh("cat /i", "--mount", imageMount(",image-subpath=data/file"))).toBe("from the image\n");
      const written = await attempt("run", "--rm", "--mount", imageMount(), image, "touch", "/i/x");
      expect(written.stderr).toContain("Read-only file system");
      const missing = await attempt(
        "run",
        "--rm",
        "--mount",
        imageMount(",image-subpath=none"),
        image,
        "true",
      );
      expect(missing.stderr).toContain("cannot access path none");
      const unknown = await attempt("create", "--mount", "type=image,src=no-such:1,dst=/i", image);
      expect(unknown.stderr).toContain('invalid mount config for type "image": No such image: no-such:1');
      await docker("tag", image, "mounted:1");
      await docker(
        "create",
        "--name",
        "holder",
        "--mount",
        "type=image,src=mounted:1,dst=/i",
        "slipway/host",
      );
      expect((await docker("inspect", "-f", "{{json .Mounts}}", "holder")).trim()).toMatch(
        /"Type":"image","Name":"mounted:1".*"Destination":"\/i".*"RW":false/,
      );
      // The data of an image that is mounted stays, whatever becomes of its names.
      await docker("rmi", "-f", "mounted:1", image);
      await docker("image", "prune", "-af");
      expect(await docker("cp", "holder:/i/data/file", "-")).toContain("from the image");
      await docker("rm", "holder");
      await importBusybox(engine());
    });

    it.skipIf(busyboxUnavailable !== undefined)("the folder of a bind is made when asked for", async () => {
      const folder = await engine().folder();
      const made = `${folder}/made`;
      const id = await engine().command("curl", [
        "-s",
        "--unix-socket",
        engine().socket,
        "-H",
        "Content-Type: application/json",
        "-d",
        JSON.stringify({
          Image: image,
          Cmd: ["touch", "/b/file"],
          HostConfig: {
            Mounts: [{ Type: "bind", Source: made, Target: "/b", BindOptions: { CreateMountpoint: true } }],
          },
        }),
        "http://engine/containers/create?name=maker",
      ]);
      expect(id.stdout).toContain('"Id"');
      await docker("start", "-a", "maker");
      expect(await succeed("ls", [made])).toBe("file\n");
      await docker("rm", "maker");
    });

    it.skipIf(busyboxUnavailable !== undefined)(
      "shared memory of another container, if that lets it be shared",
      async () => {
        await docker("run", "-d", "--name", "shares", "--ipc", "shareable", image, "sleep", "1000");
        await docker("exec", "shares", "sh", "-c", "echo memory > /dev/shm/file");
        expect(await sh("cat /dev/shm/file", "--ipc", "container:shares")).toBe("memory\n");
        await docker("run", "-d", "--name", "keeps", image, "sleep", "1000");
        expect((await attempt("run", "--rm", "--ipc", "container:keeps", image, "true")).stderr).toContain(
          "non-shareable IPC (hint: use IpcMode:shareable for the donor container)",
        );
        expect(await sh("ls -d /dev/shm || echo none", "--ipc", "none")).toContain("none");
        await sh("test -d /dev/shm", "--ipc", "host");
        await docker("rm", "-f", "shares", "keeps");
      },
    );
  },
  { only: "bundled" },
);

describeEachEngine(
  "mounts on the machine",
  (engine) => {
    const { docker } = verbs(engine);
    const isRoot = (): boolean => engine().user === undefined && process.getuid?.() === 0;

    it.skipIf(busyboxUnavailable !== undefined)(
      "pass to and from a container as the bind says",
      async (context) => {
        if (!isRoot())
          return context.skip("mounts of the machine reach a user namespace, but never the other way");
        await engine().start();
        await importBusybox(engine());
        const folder = await engine().folder();
        await succeed("mount", ["-t", "tmpfs", "tmpfs", folder]);
        try {
          await succeed("mount", ["--make-shared", folder]);
          for (const name of ["before", "after", "inside"]) await mkdir(join(folder, name));
          await succeed("mount", ["-t", "tmpfs", "before", join(folder, "before")]);
          const modes = ["rprivate", "rslave", "rshared"];
          const start = async (mode: string): Promise<void> => {
            const bind = `${folder}:/b:${mode}`;
            await docker(
              "run",
              "-d",
              "--name",
              mode,
              "--cap-add",
              "SYS_ADMIN",
              "-v",
              bind,
              image,
              "sleep",
              "1000",
            );
          };
          for (const mode of modes) await start(mode);
          await docker("run", "-d", "--name", "locked", "-v", `${folder}:/b:ro`, image, "sleep", "1000");
          await succeed("mount", ["-t", "tmpfs", "after", join(folder, "after")]);
          const seen = (mode: string): Promise<string> =>
            docker(
              "exec",
              mode,
              "sh",
              "-c",
              "awk '{print $(NF-1)}' /proc/self/mountinfo | grep -E 'before|after'",
            );
          expect(await Promise.all(modes.map(seen))).toEqual([
            "before\n",
            "before\nafter\n",
            "before\nafter\n",
          ]);
          const write = "echo > /b/before/file";
          expect((await engine().docker(["exec", "locked", "sh", "-c", write])).stderr).toContain(
            "Read-only",
          );
          for (const mode of modes) {
            await docker("exec", mode, "mount", "-t", "tmpfs", `by-${mode}`, "/b/inside");
          }
          const { stdout } = await run("sh", ["-c", `grep -o 'by-[a-z]*' /proc/self/mountinfo`]);
          expect(stdout).toBe("by-rshared\n");
          const plain = await engine().folder();
          await succeed("mount", ["-t", "tmpfs", "tmpfs", plain]);
          await succeed("mount", ["--make-private", plain]);
          const refused = await engine().docker(["run", "--rm", "-v", `${plain}:/b:rshared`, image, "true"]);
          await succeed("umount", [plain]);
          expect(refused.stderr).toContain(
            `path ${plain} is mounted on ${plain} but it is not a shared mount`,
          );
          await docker("rm", "-f", ...modes, "locked");
        } finally {
          await succeed("umount", ["-R", folder]);
        }
      },
    );
  },
  { only: "bundled" },
);
