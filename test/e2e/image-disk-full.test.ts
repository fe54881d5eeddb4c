// A state directory that is too small: what does not fit is refused with the reason, nothing of it is left, and the engine goes on.
import { spawn } from "node:child_process";
import { randomBytes, createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeArchive } from "../native/archive-trees.ts";
import { processesOf } from "../support/footprint.ts";
import { findUser, userUnavailable, type OrdinaryUser } from "../support/ordinary-users.ts";
import { copyPackage, packageFolder } from "../support/package-copy.ts";
import { signalIfThere } from "../support/proc.ts";
import { eventually, run, type CommandResult } from "../support/processes.ts";
import { registryUnavailable, startRegistry, uploadImage, type Registry } from "../support/registry.ts";

const MB = 1024 * 1024;
const ROOM = 40 * MB;
const noRoot = process.getuid?.() === 0 ? undefined : "mounting a small file system needs root";
const noRegistry = registryUnavailable();

/** The engine's mounts are its own: who looks at its state directory has to go there. */
interface SmallEngine {
  readonly folder: string;
  /** In the engine's mount namespace, as root. */
  inside(script: string): Promise<CommandResult>;
  docker(...args: string[]): Promise<CommandResult>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const script = `
mount --make-rprivate /
mount -t tmpfs -o "size=$2,mode=0711,uid=$3,gid=$3" tmpfs "$1/state"
exec sleep infinity
`;

async function startSmall(user: OrdinaryUser | undefined): Promise<SmallEngine> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-small-"));
  await chmod(folder, 0o777);
  await mkdir(join(folder, "state"));
  const keeper = spawn(
    "unshare",
    ["-m", "sh", "-ec", script, "sh", folder, String(ROOM), String(user?.uid ?? 0)],
    { stdio: "ignore" },
  );
  const ended = new Promise<void>((resolve) => keeper.once("exit", () => resolve()));
  const enter = ["-t", String(keeper.pid), "-m"];
  await eventually("the small file system is there", async () => {
    const type = await run("nsenter", [...enter, "stat", "-f", "-c", "%T", join(folder, "state")]);
    return type.stdout.trim() === "tmpfs" ? true : undefined;
  });
  const packaged = user === undefined ? packageFolder : await copyPackage(user);
  const socket = join(folder, "engine.sock");
  const env = {
    PATH: process.env["PATH"],
    HOME: user?.home ?? "/root",
    SLIPWAY_ENGINE: "bundled",
    SLIPWAY_ROOT: join(folder, "state"),
    SLIPWAY_SOCKET: socket,
    DOCKER_HOST: `unix://${socket}`,
    DOCKER_CONFIG: join(folder, "docker"),
  };
  const as =
    user === undefined ? [] : ["setpriv", "--reuid", user.name, "--regid", user.name, "--init-groups"];
  const engine = async (verb: string): Promise<void> => {
    const done = await run(
      "nsenter",
      [...enter, ...as, process.execPath, join(packaged, "bin/slipway"), "engine", verb],
      { env },
    );
    if (done.code !== 0) throw new Error(`engine ${verb} failed: ${done.stderr}`);
  };
  await engine("start");
  return {
    folder,
    inside: (text) => run("nsenter", [...enter, "sh", "-ec", text, "sh", join(folder, "state")]),
    docker: (...args) => run("docker", args, { env }),
    restart: async () => {
      await engine("stop");
      await engine("start");
    },
    stop: async () => {
      await engine("stop").catch(() => undefined); // what is left is ended below, and told
      const left = await eventually("the engine's processes have ended", () => {
        const living = processesOf(join(folder, "state"));
        return living.length === 0 ? living : undefined;
      }).catch(() => processesOf(join(folder, "state")));
      for (const pid of left) signalIfThere(pid, "SIGKILL");
      keeper.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`the engine left ${left.length} processes behind`);
    },
  };
}

function sha(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** What `refusal` gives when all is well. */
function because(reason: RegExp): object {
  return { said: expect.stringMatching(reason) as string, changed: false, goesOn: "goes on\n" };
}

const users = [
  ["root", undefined, noRoot],
  ["slipway-test", "slipway-test", userUnavailable("slipway-test")],
  ["slipway-plain", "slipway-plain", userUnavailable("slipway-plain")],
] as const;

for (const [who, name, unavailable] of users) {
  if (unavailable !== undefined) console.warn(`a full disk as ${who}: skipped, ${unavailable}`);

  describe.skipIf(unavailable !== undefined)(`a full disk as ${who}`, () => {
    let engine: SmallEngine;
    let registry: Registry | undefined;
    beforeAll(async () => {
      engine = await startSmall(name === undefined ? undefined : findUser(name));
      if (noRegistry === undefined) registry = await startRegistry();
      const small =
        "mkdir -p r/bin; cp $(command -v busybox) r/bin/busybox; ln -sf busybox r/bin/sh; tar -C r -cf small.tar .";
      await run("sh", ["-ec", small], { cwd: engine.folder });
      await writeFile(
        join(engine.folder, "large.tar"),
        await makeArchive([{ name: "large", contents: randomBytes(30 * MB) }]),
      );
      const imported = await engine.docker("import", join(engine.folder, "small.tar"), "small:1");
      if (imported.code !== 0) throw new Error(imported.stderr);
    });
    afterAll(async () => {
      await registry?.stop();
      await engine?.stop();
    });

    /** What there is of images, without the contents. */
    const state = async (): Promise<string> =>
      (await engine.inside(`cd "$1"; find images layers blobs -mindepth 1 -maxdepth 1 | sort`)).stdout;
    /** What a command says that does not fit; it has changed nothing, and the engine goes on. */
    const refusal = async (
      ...args: string[]
    ): Promise<{ said: string; changed: boolean; goesOn: string }> => {
      const before = await state();
      const refused = await engine.docker(...args);
      if (refused.code !== 1) throw new Error(`docker ${args.join(" ")} exited with ${refused.code}`);
      // What was unpacked so far is taken away again beside everything else.
      const isAsBefore = async (): Promise<false | undefined> =>
        (await state()) === before ? false : undefined;
      const changed = await eventually("all is as before", isAsBefore).catch(() => true);
      const used = await engine.docker("run", "--rm", "small:1", "/bin/busybox", "echo", "goes on");
      return { said: refused.stderr.trim(), changed, goesOn: used.stdout };
    };
    it("import", async () => {
      expect(await refusal("import", join(engine.folder, "large.tar"), "large:1")).toEqual(
        because(/the archive cannot be unpacked: (large: )?no space left on device/),
      );
    });

    it("import of what expands a thousandfold", async () => {
      const file = join(engine.folder, "bomb.tar.gz");
      await writeFile(
        file,
        gzipSync(await makeArchive([{ name: "bomb", contents: Buffer.alloc(200 * MB) }])),
      );
      expect(await refusal("import", file, "bomb:1")).toEqual(
        because(/the archive cannot be unpacked: (bomb: )?no space left on device/),
      );
    });

    it("load", async () => {
      const layer = await makeArchive([{ name: "large", contents: randomBytes(15 * MB) }]);
      const diffId = sha(layer);
      const config = JSON.stringify({
        architecture: "amd64",
        os: "linux",
        rootfs: { type: "layers", diff_ids: [diffId] },
      });
      const manifest = JSON.stringify([{ Config: "c.json", RepoTags: ["large:1"], Layers: ["l.tar"] }]);
      const archive = await makeArchive([
        { name: "l.tar", contents: layer },
        { name: "c.json", contents: config },
        { name: "manifest.json", contents: manifest },
      ]);
      const file = join(engine.folder, "images.tar");
      await writeFile(file, archive);
      expect(await refusal("load", "-i", file)).toEqual(
        because(/failed to register layer l\.tar: .*no space left on device/),
      );
    });

    it.skipIf(noRegistry !== undefined)("pull: the layer is named", async () => {
      const layer = await makeArchive([{ name: "large", contents: randomBytes(25 * MB) }]);
      const blob = gzipSync(layer, { level: 1 });
      const config = Buffer.from(
        JSON.stringify({
          architecture: "amd64",
          os: "linux",
          rootfs: { type: "layers", diff_ids: [sha(layer)] },
        }),
      );
      await uploadImage(registry?.host ?? "", "large", {
        blobs: [blob, config],
        reference: "1",
        manifest: {
          schemaVersion: 2,
          mediaType: "application/vnd.docker.distribution.manifest.v2+json",
          config: {
            mediaType: "application/vnd.docker.container.image.v1+json",
            size: config.length,
            digest: sha(config),
          },
          layers: [
            {
              mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip",
              size: blob.length,
              digest: sha(blob),
            },
          ],
        },
      });
      const reason = new RegExp(
        `failed to register layer ${sha(blob).slice(7, 19)}: .*no space left on device`,
      );
      expect(await refusal("pull", `${registry?.host}/large:1`)).toEqual(because(reason));
    });

    it("commit: the container keeps what it has written", async () => {
      const write = "/bin/busybox dd if=/dev/urandom of=/large bs=1M count=18 2>/dev/null";
      const written = await engine.docker("run", "--name", "writer", "small:1", "/bin/sh", "-c", write);
      expect(written.code).toBe(0);
      expect(await refusal("commit", "writer", "large:1")).toEqual(because(/no space left on device/));
      const kept = await engine.docker("diff", "writer");
      expect(kept.stdout).toContain("A /large");
      await engine.docker("rm", "writer");
    });

    it("a name that cannot be written is not given, and the others stay", async () => {
      await engine.docker("tag", "small:1", "small:2");
      await engine.inside(
        `dd if=/dev/zero of="$1/filler" bs=64k 2>/dev/null || true; dd if=/dev/zero of="$1/filler2" bs=1 2>/dev/null || true`,
      );
      const refused = await engine.docker("tag", "small:1", "small:3");
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("no space left on device")]);
      const names = async (): Promise<string[]> =>
        (await engine.docker("images", "--format", "{{.Tag}}", "small")).stdout.trim().split("\n").toSorted();
      expect(await names()).toEqual(["1", "2"]);
      await engine.inside(`rm "$1/filler" "$1/filler2"`);
      await engine.docker("tag", "small:1", "small:3");
      await engine.restart();
      expect(await names()).toEqual(["1", "2", "3"]);
    });
  });
}
