// docker-compose 1.29 and the Python library it is made of, unmodified, as clients of the bundled engine; and Slipway beside it on the same project.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { freePort } from "../support/ports.ts";
import { eventually, run, type CommandOptions, type CommandResult } from "../support/processes.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const version = await run("sh", ["-c", "docker-compose version --short"]);
const isThere = version.code === 0 && version.stdout.startsWith("1.");
if (!isThere) console.warn("tests of docker-compose 1.29 are skipped: it is not installed");

const SERVER = `require("http").createServer((ask, answer) => { console.log("asked", ask.url); answer.end("hi\\n"); }).listen(8000);
process.on("SIGTERM", () => process.exit(0)); console.log("listening");`;

function composeFile(port: number): string {
  return JSON.stringify({
    version: "3.8",
    services: {
      store: {
        image: "slipway/host",
        command: ["sh", "-c", "echo store is up; trap 'exit 0' TERM; while :; do sleep 0.2; done"],
        volumes: ["data:/data"],
        healthcheck: { test: ["CMD", "true"], interval: "1s" },
      },
      web: {
        image: "slipway/host",
        command: ["node", "-e", SERVER],
        ports: [`${port}:8000`],
        depends_on: ["store"],
        environment: { COLOUR: "blue" },
        networks: ["default", "back"],
      },
    },
    volumes: { data: {} },
    networks: { back: {} },
  });
}

const DOCKER_PY = `
import docker, io, tarfile
client = docker.from_env()
assert client.ping()
print(client.version()["Os"], client.info()["OSType"])
print(client.containers.run("slipway/host", ["echo", "from python"], remove=True).decode().strip())
box = client.containers.run("slipway/host", ["sh", "-c", "echo begun; exec sleep 1000"], detach=True, labels={"by": "python"}, mem_limit="64m")
box.reload()
print(box.status, box.attrs["HostConfig"]["Memory"])
print(next(box.logs(stream=True, follow=True)).decode().strip())
code, output = box.exec_run(["sh", "-c", "echo to out; echo to err >&2; exit 3"], demux=True)
print(code, output)
data = io.BytesIO()
with tarfile.open(fileobj=data, mode="w") as archive:
    entry = tarfile.TarInfo("note"); entry.size = 4
    archive.addfile(entry, io.BytesIO(b"text"))
print(box.put_archive("/tmp", data.getvalue()))
stream, stat = box.get_archive("/tmp/note")
print(stat["name"], tarfile.open(fileobj=io.BytesIO(b"".join(stream))).extractfile("note").read())
print([c.id == box.id for c in client.containers.list(filters={"label": "by=python"})])
network = client.networks.create("py-net"); network.connect(box, aliases=["boxy"]); network.reload()
print([c.id == box.id for c in network.containers]); network.disconnect(box, force=True); network.remove()
volume = client.volumes.create("py-volume"); print([v.name for v in client.volumes.list(filters={"name": "py-volume"})]); volume.remove()
try:
    client.containers.get("there-is-none")
except docker.errors.NotFound as error:
    print(error.response.status_code, error.explanation)
box.kill(); print(box.wait()["StatusCode"]); box.remove()
try:
    client.images.get("there-is-none")
except docker.errors.ImageNotFound as error:
    print(error.response.status_code)
`;

/** Execs whose output comes as soon as there is a process; it prints those that came without theirs. */
const MANY_EXECS = `
import docker
from concurrent.futures import ThreadPoolExecutor
client = docker.from_env(max_pool_size=8)
box = client.containers.run("slipway/host", ["sleep", "1000"], detach=True)
def echo(number):
    said = box.exec_run(["sh", "-c", f"echo {number}"])
    return None if said == (0, f"{number}\\n".encode()) else (number, said)
with ThreadPoolExecutor(8) as threads:
    print([odd for odd in threads.map(echo, range(100)) if odd])
box.remove(force=True)
`;

describe.skipIf(!isThere)("clients in Python", () => {
  describeEachEngine(
    "docker-compose",
    (engine) => {
      let project: TestProject;
      let port: number;

      beforeAll(async () => {
        await engine().start();
        port = await freePort();
        project = await makeProject(engine(), "classic", { "compose.yaml": composeFile(port) });
      });

      const compose = async (args: readonly string[], options?: CommandOptions): Promise<string> => {
        const where = ["-p", "classic", "-f", join(project.folder, "compose.yaml"), "--no-ansi"];
        const result = await engine().command("docker-compose", [...where, ...args], options);
        if (result.code !== 0) {
          throw new Error(`docker-compose ${args.join(" ")} exited with ${result.code}\n${result.stderr}`);
        }
        return result.stdout;
      };
      const running = async (): Promise<string[]> =>
        (await compose(["ps", "--services", "--filter", "status=running"]))
          .split("\n")
          .filter(Boolean)
          .toSorted();

      it("runs a project through its whole life", async () => {
        await compose(["up", "-d"]);
        expect(await running()).toEqual(["store", "web"]);
        expect(await compose(["port", "web", "8000"])).toBe(`0.0.0.0:${port}\n`);
        const answered = async (): Promise<true | undefined> =>
          (await engine().curl([`localhost:${port}/page`])).stdout === "hi\n" ? true : undefined;
        await eventually("the page is served", answered);
        // What is written reaches the log in its own time.
        const logs = (text: string, ...args: string[]): Promise<true> =>
          eventually(`the log has "${text}"`, async () =>
            (await compose(["logs", ...args])).includes(text) ? true : undefined,
          );
        expect(await logs("asked /page", "web")).toBe(true);
        expect(await logs("store is up", "--tail=1", "store")).toBe(true);
        expect(await compose(["exec", "-T", "web", "sh", "-c", "echo $COLOUR"])).toBe("blue\n");
        expect(await compose(["top", "store"])).toContain("while :; do sleep");
        const script = ["run", "-T", "--rm", "--no-deps", "store", "sh", "-c", "read word; echo got $word"];
        expect(await compose(script, { input: "a word\n" })).toBe("got a word\n");
        await compose(["up", "-d", "--scale", "store=2"]);
        expect((await compose(["ps", "-q", "store"])).split("\n").filter(Boolean)).toHaveLength(2);
        expect(await compose(["ps", "store"])).not.toContain("unhealthy");
        // Where an ordinary user has no control groups, nothing can hold processes still.
        const driver = (await engine().docker(["info", "-f", "{{.CgroupDriver}}"])).stdout.trim();
        await compose(["pause", "store"]);
        expect((await compose(["ps", "store"])).includes("Paused")).toBe(driver !== "none");
        await (driver === "none" ? undefined : compose(["unpause", "store"]));
        await compose(["stop"]);
        expect(await running()).toEqual([]);
        await compose(["start"]);
        await compose(["restart", "web"]);
        await compose(["kill", "web"]);
        expect(await running()).toEqual(["store"]);
        await compose(["rm", "-f", "web"]);
        expect(await compose(["images"])).toContain("slipway/host");
        await compose(["down", "-v", "--remove-orphans"]);
        expect((await engine().docker(["ps", "-aq"])).stdout).toBe("");
        expect((await engine().docker(["volume", "ls", "-q"])).stdout).toBe("");
      });

      it("and Slipway know each other's containers", async () => {
        await compose(["up", "-d"]);
        const seen = (await project.succeed("ps", "--format", "json"))
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as { Service: string; State: string })
          .map(({ Service, State }) => `${Service} ${State}`);
        expect(seen.toSorted()).toEqual(["store running", "web running"]);
        await project.succeed("down", "-v");
        expect((await engine().docker(["ps", "-aq"])).stdout).toBe("");
        await project.succeed("up", "-d");
        expect(await running()).toEqual(["store", "web"]);
        await compose(["down", "-v"]);
        expect((await engine().docker(["ps", "-aq"])).stdout).toBe("");
      });

      const python = async (text: string): Promise<CommandResult> => {
        const script = join(await engine().folder(), "script.py");
        await writeFile(script, text);
        return engine().command("/usr/bin/python3", [script]);
      };

      it("and scripts on its library get what they ask for", async () => {
        const result = await python(DOCKER_PY);
        expect(result.stderr).toBe("");
        expect(result.stdout.split("\n")).toEqual([
          "linux linux",
          "from python",
          "running 67108864",
          "begun",
          "3 (b'to out\\n', b'to err\\n')",
          "True",
          "note b'text'",
          "[True]",
          "[True]",
          "['py-volume']",
          "404 No such container: there-is-none",
          "137",
          "404",
          "",
        ]);
      });

      it("and scripts get all output of many fast execs at once", async () => {
        const result = await python(MANY_EXECS);
        expect(result.stderr).toBe("");
        expect(result.stdout).toBe("[]\n");
      });
    },
    { only: "bundled" },
  );
});
