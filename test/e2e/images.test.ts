// Images on whole engines, as root and as ordinary users, with a real registry: by the docker command line and by `slipway image`.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { pastEvents } from "../support/past-events.ts";
import { eventually, run, succeed } from "../support/processes.ts";
import { registryUnavailable, startRegistry, type Registry } from "../support/registry.ts";

const hasDocker = (await run("sh", ["-c", "command -v docker"])).code === 0;
const noRegistry = registryUnavailable();
if (noRegistry !== undefined) console.warn(`images and registries: skipped, ${noRegistry}`);
const login = { username: "ann", password: "s3cret" };

const busyboxRoot = `
cd "$1"; mkdir -p bin etc data/old tmp; cp "$(command -v busybox)" bin/busybox
for name in sh cat ls rm mkdir echo sleep id chown; do ln -s busybox bin/$name; done
echo kept > etc/kept; echo old > data/old/file; chmod 1777 tmp
tar -c . > ../root.tar; chmod 644 ../root.tar`;

function serviceOf(image: string): string {
  return `{ image: "${image}", command: [sleep, "1000"], init: true }`;
}

describeEachEngine(
  "images",
  (engine) => {
    let folder: string;
    let registry: Registry | undefined;
    let locked: Registry | undefined;
    beforeAll(async () => {
      folder = await engine().folder();
      await chmod(folder, 0o777);
      await mkdir(join(folder, "root"));
      await succeed("sh", ["-ec", busyboxRoot, "sh", join(folder, "root")]);
      await engine().start();
      if (noRegistry === undefined) {
        registry = await startRegistry();
        locked = await startRegistry({ kind: "basic", ...login });
      }
    });
    afterAll(async () => {
      await registry?.stop();
      await locked?.stop();
    });

    const docker = (...args: string[]): Promise<string> => engine().succeed(...args);
    const slipway = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await engine().slipway(args);
      if (code === 0) return stdout;
      throw new Error(`slipway ${args.join(" ")} exited with ${code}\n${stderr}`);
    };
    const importAs = (name: string): Promise<string> =>
      slipway(
        "image",
        "import",
        join(folder, "root.tar"),
        name,
        "--change",
        'CMD ["/bin/sh"]',
        "--change",
        'ENV A="b c"',
      );

    it.skipIf(!hasDocker)(
      "down takes a project's images along, but not one that another container uses",
      async () => {
        await importAs("kept:1");
        await importAs("taken:1");
        const file = join(folder, "compose.yaml");
        await writeFile(
          file,
          `name: rmi\nservices:\n  a: ${serviceOf("kept:1")}\n  b: ${serviceOf("taken:1")}\n`,
        );
        await slipway("-f", file, "up", "-d");
        const other = await docker("create", "kept:1");
        const down = await engine().slipway(["-f", file, "down", "-t", "0", "--rmi", "all"]);
        expect(down).toMatchObject({ code: 0, stderr: expect.stringContaining(" Image taken:1 Removed") });
        expect(down.stderr).toContain("Image kept:1 Resource is still in use");
        const names = (await slipway("image", "ls")).split("\n").map((line) => line.split(/ +/)[0]);
        expect(names).toContain("kept");
        expect(names).not.toContain("taken");
        await docker("rm", other.trim());
        await slipway("-f", file, "down", "--rmi", "all");
        expect((await slipway("image", "ls")).split("\n").some((line) => line.startsWith("kept"))).toBe(
          false,
        );
      },
    );

    it.skipIf(!hasDocker)("commit, diff, export, history: what a container has become", async () => {
      await importAs("committed:1");
      const script = "echo new > /new; rm -r /data/old; echo more >> /etc/kept; mkdir /made; chown 7:7 /made";
      await docker(
        "run",
        "--name",
        "changed",
        "committed:1",
        "sh",
        "-c",
        script.replace("; chown 7:7 /made", ""),
      );
      expect((await docker("diff", "changed")).split("\n").filter(Boolean).toSorted()).toEqual([
        "A /made",
        "A /new",
        "C /data",
        "C /etc",
        "C /etc/kept",
        "D /data/old",
      ]);
      await docker("commit", "-m", "why", "-c", 'CMD ["cat","/new"]', "changed", "committed:2");
      const id = (await docker("image", "inspect", "-f", "{{.Id}}", "committed:2")).trim();
      const base = await docker("image", "inspect", "-f", "{{.Id}}", "committed:1");
      expect(await docker("image", "inspect", "-f", "{{.Parent}}", "committed:2")).toBe(base);
      const nameless = (await docker("commit", "changed")).trim();
      const commits = await pastEvents(engine().client(), 2, { event: ["commit"], container: ["changed"] });
      const common = { image: "committed:1", name: "changed" };
      expect(commits.map(({ Actor }) => Actor.Attributes)).toEqual([
        { ...common, comment: "why", imageID: id, imageRef: "committed:2" },
        { ...common, comment: "", imageID: nameless, imageRef: "" },
      ]);
      await docker("rmi", nameless);
      expect(await docker("run", "--rm", "committed:2")).toBe("new\n");
      expect(await docker("run", "--rm", "committed:2", "sh", "-c", "cat /etc/kept; ls /data; echo $A")).toBe(
        "kept\nmore\nb c\n",
      );
      expect(await docker("history", "--format", "{{.Comment}}", "committed:2")).toContain("why");
      await docker("export", "-o", join(folder, "exported.tar"), "changed");
      const names = await succeed("tar", ["-tf", join(folder, "exported.tar")]);
      expect(names.split("\n")).toEqual(expect.arrayContaining(["new", "etc/kept", "made/", "bin/busybox"]));
      expect(names).not.toContain("data/old");
      await docker("rm", "changed");
      await docker("rmi", "committed:1", "committed:2");
    });

    it.skipIf(!hasDocker)("a running container is read as it is, and goes on", async () => {
      await importAs("running:1");
      const loop = "n=0; while :; do n=$((n+1)); echo $n > /count; sleep 0.01; done";
      await docker("run", "-d", "--init", "--name", "counting", "running:1", "sh", "-c", loop);
      await eventually("it counts", async () =>
        (await engine().docker(["exec", "counting", "cat", "/count"])).stdout.trim() === ""
          ? undefined
          : true,
      );
      expect(await docker("diff", "counting")).toContain("A /count");
      await docker("commit", "counting", "running:2");
      await docker("export", "-o", join(folder, "running.tar"), "counting");
      const before = Number(await docker("run", "--rm", "running:2", "cat", "/count"));
      await eventually("it counts on", async () =>
        Number(await docker("exec", "counting", "cat", "/count")) > before ? true : undefined,
      );
      // What it is made of stays, whatever is forced.
      await docker("rmi", "-f", "running:1");
      await docker("exec", "counting", "cat", "/etc/kept");
      await docker("rm", "-f", "counting");
      await docker("rmi", "running:2");
      await docker("image", "prune", "-f");
    });

    it.skipIf(!hasDocker)("save and load, in one archive, whoever made it", async () => {
      await importAs("saved:1");
      await docker("tag", "saved:1", "saved:2");
      const before = await docker("inspect", "-f", "{{.Id}}", "saved:1");
      await docker("save", "-o", join(folder, "docker.tar"), "saved:1", "saved:2");
      await slipway("image", "save", "-o", join(folder, "slipway.tar"), "saved:1");
      await slipway("image", "rm", "saved:1", "saved:2");
      expect(await slipway("image", "load", "-i", join(folder, "docker.tar"))).toBe(
        "Loaded image: saved:1\nLoaded image: saved:2\n",
      );
      expect(await docker("inspect", "-f", "{{.Id}}", "saved:2")).toBe(before);
      await docker("rmi", "saved:1", "saved:2");
      expect(await docker("load", "-i", join(folder, "slipway.tar"))).toContain("Loaded image: saved:1");
      expect(await docker("run", "--rm", "saved:1", "cat", "/etc/kept")).toBe("kept\n");
      await docker("rmi", "saved:1");
    });

    it.skipIf(!hasDocker || noRegistry !== undefined)("pull and push, by both command lines", async () => {
      const name = `${registry?.host}/team/app`;
      await importAs(`${name}:1`);
      expect(await docker("push", `${name}:1`)).toContain("1: digest: sha256:");
      await docker("tag", `${name}:1`, `${name}:2`);
      expect(await slipway("image", "push", `${name}:2`)).toBe(`${name}:2\n`);
      await docker("rmi", "-f", `${name}:1`, `${name}:2`);
      expect(await docker("pull", `${name}:1`)).toContain(`Status: Downloaded newer image for ${name}:1`);
      expect(await docker("run", "--rm", `${name}:1`, "cat", "/etc/kept")).toBe("kept\n");
      await docker("rmi", `${name}:1`);
      // `run` pulls what is missing.
      expect(await docker("run", "--rm", `${name}:2`, "cat", "/etc/kept")).toBe("kept\n");
      expect(await slipway("image", "pull", `${name}:1`)).toBe(`${name}:1\n`);
      const listed = await slipway("image", "ls", "--format", "json");
      expect(listed.split("\n").filter((line) => line.includes(name))).toHaveLength(2);
      const missing = await engine().docker(["pull", `${name}:none`]);
      expect(missing.code).toBe(1);
      expect(missing.stderr).toContain("manifest unknown");
      await slipway("image", "rm", `${name}:1`, `${name}:2`);
    });

    it.skipIf(noRegistry !== undefined)(
      "a registry with passwords, kept by a credential helper",
      async () => {
        const name = `${locked?.host}/private/app`;
        await importAs(`${name}:1`);
        const refused = await engine().slipway(["image", "push", `${name}:1`]);
        expect(refused.code).not.toBe(0);
        const bin = join(folder, "bin");
        const config = join(folder, "config");
        await mkdir(bin, { recursive: true });
        await mkdir(config, { recursive: true });
        const answer = JSON.stringify({ Username: login.username, Secret: login.password });
        const helper = `#!/bin/sh\nread key\n[ "$key" = "${locked?.host}" ] && echo '${answer}'\n`;
        await writeFile(join(bin, "docker-credential-tests"), helper, { mode: 0o755 });
        await writeFile(join(config, "config.json"), JSON.stringify({ credsStore: "tests" }));
        await chmod(config, 0o755);
        const env = { DOCKER_CONFIG: config, PATH: `${bin}:${process.env["PATH"]}` };
        const pushed = await engine().slipway(["image", "push", `${name}:1`], { env });
        expect([pushed.code, pushed.stderr]).toEqual([0, expect.stringContaining("digest: sha256:")]);
        await slipway("image", "rm", `${name}:1`);
        expect((await engine().slipway(["image", "pull", `${name}:1`], { env })).code).toBe(0);
        await slipway("image", "rm", `${name}:1`);
      },
    );

    it.skipIf(noRegistry !== undefined)("up brings what a project's services need", async () => {
      const name = `${registry?.host}/team/service`;
      await importAs(`${name}:1`);
      await slipway("image", "push", `${name}:1`);
      await slipway("image", "rm", `${name}:1`);
      const project = join(folder, "project");
      await mkdir(project, { recursive: true });
      await chmod(project, 0o755);
      const file = `name: pulls\nservices:\n  app:\n    image: ${name}:1\n    command: [sleep, "1000"]\n    init: true\n`;
      await writeFile(join(project, "compose.yaml"), file);
      const args = ["-f", join(project, "compose.yaml")];
      await slipway(...args, "up", "-d");
      expect(await slipway(...args, "ps", "-q")).not.toBe("");
      const used = await engine().slipway(["image", "rm", `${name}:1`]);
      expect(used.stderr).toContain("is using its referenced image");
      await slipway("image", "prune", "-a", "-f");
      expect(await slipway("image", "ls")).toContain(name);
      await slipway(...args, "down", "-t", "0");
      expect(await slipway("image", "prune", "-a", "-f")).toContain(`Untagged: ${name}:1`);
    });
  },
  { only: "bundled" },
);
