// Volumes by the docker command line: what is refused, listed and counted is the same on every engine.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { makeArchive } from "../native/archive-trees.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import { run } from "../support/processes.ts";

const hasDocker = (await run("sh", ["-c", "command -v docker"])).code === 0;
if (!hasDocker) console.warn("volumes by the docker command line: skipped, there is none");

describeEachEngine("volumes", (engine) => {
  beforeAll(async () => {
    await engine().start();
    if (!hasDocker) return;
    await engine().docker(["volume", "create", "kept"]);
    await engine().docker(["volume", "create", "--label", "a=b", "--label", "c", "labelled"]);
  });

  it.skipIf(!hasDocker).each([
    ["create x", "create x: volume name is too short, names should be at least two alphanumeric characters"],
    ["create b@d", 'create b@d: "b@d" includes invalid characters for a local volume name'],
    ["create -o foo=bar vol", 'create vol: invalid option: "foo"'],
    ["create -o size=1m vol", "create vol: quota size requested but no quota support"],
    ["create -o type=none vol", 'create vol: missing required option: "device"'],
    ["rm nothing", "get nothing: no such volume"],
    ["inspect nothing", "get nothing: no such volume"],
    ["ls -f foo=bar", "nvalid filter 'foo'"],
    ["ls -f dangling=bogus", "nvalid filter 'dangling=[bogus]'"],
    ["prune -f --filter foo=bar", "nvalid filter 'foo'"],
  ])("%s is refused", async (words, message) => {
    const refused = await engine().docker(["volume", ...words.split(" ")]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });

  it.skipIf(!hasDocker)("of drivers that the engine does not have are refused", async (test) => {
    test.skip(engine().kind === "docker", "a Docker Engine takes fifteen seconds to look for a plugin");
    for (const name of ["vol", "kept"]) {
      const refused = await engine().docker(["volume", "create", "-d", "nodriver", name]);
      const message = `create ${name}: error looking up volume plugin nodriver: plugin "nodriver" not found`;
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    }
  });

  it.skipIf(!hasDocker).each([
    ["name=label", "labelled"],
    ["name=^kept$", "kept"],
    ["label=a", "labelled"],
    ["label=a=b", "labelled"],
    ["label=a=x", ""],
    ["driver=local", "kept labelled"],
    ["driver=foo", ""],
    ["dangling=true", "kept labelled"],
    ["dangling=false", ""],
  ])("are listed by %s", async (filter, expected) => {
    const { stdout } = await engine().docker(["volume", "ls", "-q", "-f", filter]);
    expect(stdout.trim().split("\n").toSorted().join(" ")).toBe(expected);
  });

  it.skipIf(!hasDocker)("and layers that images share are counted once", async () => {
    const archive = join(await engine().folder(), "root.tar");
    await writeFile(archive, await makeArchive([{ name: "f", contents: Buffer.alloc(5_000_000) }]), {
      mode: 0o644,
    });
    const before = await layers();
    await engine().docker(["import", archive, "shared:1"]);
    await engine().docker(["import", "-m", "again", archive, "shared:2"]);
    expect((await layers()) - before).toBe(5_000_000);
    const shown = await engine().docker(["system", "df", "-v", "--format", "{{json .Images}}"]);
    const images = JSON.parse(shown.stdout) as {
      Repository: string;
      SharedSize: string;
      UniqueSize: string;
    }[];
    expect(images.filter(({ Repository }) => Repository === "shared")).toEqual([
      expect.objectContaining({ SharedSize: "5MB", UniqueSize: "0B" }),
      expect.objectContaining({ SharedSize: "5MB", UniqueSize: "0B" }),
    ]);
    await engine().docker(["rmi", "shared:1", "shared:2"]);
  });

  async function layers(): Promise<number> {
    const socket = engine().host.slice("unix://".length);
    const { stdout } = await engine().command("curl", [
      "-s",
      "--unix-socket",
      socket,
      "http://engine/system/df",
    ]);
    return (JSON.parse(stdout) as { LayersSize: number }).LayersSize;
  }
});
