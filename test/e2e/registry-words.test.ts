// Pulling and pushing by the docker command line says the same of the same things on every engine.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeArchive } from "../native/archive-trees.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import { run } from "../support/processes.ts";
import { registryUnavailable, startRegistry, type Registry } from "../support/registry.ts";

const hasDocker = (await run("sh", ["-c", "command -v docker"])).code === 0;
const unavailable = registryUnavailable() ?? (hasDocker ? undefined : "there is no docker command line");
if (unavailable !== undefined) console.warn(`words of pulls and pushes: skipped, ${unavailable}`);

describeEachEngine("what is said of pulls and pushes", (engine) => {
  let registry: Registry | undefined;
  let name: string;
  const lines = async (...args: readonly string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await engine().docker(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout
      .trim()
      .replaceAll(/\b[0-9a-f]{12}\b/g, "LAYER")
      .replaceAll(/sha256:[0-9a-f]{64}/g, "DIGEST")
      .split("\n");
  };

  beforeAll(async () => {
    await engine().start();
    if (unavailable !== undefined) return;
    registry = await startRegistry(undefined, { networkOf: engine().networkPid });
    name = `${registry.host}/words/base`;
    const archive = join(await engine().folder(), "root.tar");
    await writeFile(archive, await makeArchive([{ name: "f", contents: "x" }]), { mode: 0o644 });
    await lines("import", archive, "words:1");
    await lines("tag", "words:1", `${name}:1`);
    await lines("push", `${name}:1`);
    await lines("rmi", `${name}:1`);
  });
  afterAll(() => registry?.stop());

  it.skipIf(unavailable !== undefined)(
    "an image that is here under another name is new by this one",
    async () => {
      const first = ["1: Pulling from words/base", "Digest: DIGEST"];
      expect(await lines("pull", `${name}:1`)).toEqual([
        ...first,
        `Status: Downloaded newer image for ${name}:1`,
        `${name}:1`,
      ]);
      expect(await lines("pull", `${name}:1`)).toEqual([
        ...first,
        `Status: Image is up to date for ${name}:1`,
        `${name}:1`,
      ]);
      await lines("rmi", `${name}:1`);
    },
  );

  it.skipIf(unavailable !== undefined)(
    "an image by its digest is pulled from the whole of its name",
    async () => {
      await lines("pull", `${name}:1`);
      const { stdout } = await engine().docker([
        "image",
        "inspect",
        "-f",
        "{{index .RepoDigests 0}}",
        `${name}:1`,
      ]);
      const reference = stdout.trim();
      await lines("rmi", `${name}:1`);
      expect((await lines("pull", reference)).slice(0, 3)).toEqual([
        `${name}@DIGEST: Pulling from words/base`,
        "Digest: DIGEST",
        `Status: Downloaded newer image for ${name}@DIGEST`,
      ]);
      await lines("rmi", reference);
    },
  );

  it.skipIf(unavailable !== undefined)("a platform that is none is refused", async () => {
    const refused = await engine().docker(["pull", "--platform", "a/b/c/d", `${name}:1`]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"a/b/c/d": cannot parse platform specifier: invalid argument'),
    });
  });
});
