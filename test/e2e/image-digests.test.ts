// `config --resolve-image-digests` and `--lock-image-digests` with a real registry that wants a password, on the bundled engine and on Docker.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { succeed } from "../support/processes.ts";
import { registryUnavailable, startRegistry, type Registry } from "../support/registry.ts";

const unavailable = registryUnavailable();
if (unavailable !== undefined) console.warn(`exact images: skipped, ${unavailable}`);
const login = { username: "ann", password: "s3cret" };

describeEachEngine("exact images", (engine) => {
  let registry: Registry;
  let project: TestProject;
  let env: Readonly<Record<string, string>>;
  let digest: string;
  let image: string;

  beforeAll(async () => {
    if (unavailable !== undefined) return;
    const networkOf = engine().networkPid;
    registry = await startRegistry({ kind: "basic", ...login }, { networkOf });
    image = `${registry.host}/team/app:1`;
    project = await makeProject(engine(), "exact", {
      "compose.yaml": `services:
  app: { image: "${image}" }
  tools: { image: "${image}", profiles: [tools] }
`,
      "content/file": "content\n",
    });
    const config = join(project.folder, "config");
    await mkdir(config);
    const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
    await writeFile(join(config, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    await chmod(config, 0o755);
    env = { DOCKER_CONFIG: config };
    const archive = join(project.folder, "content.tar");
    await succeed("tar", ["-cf", archive, "-C", join(project.folder, "content"), "."]);
    await chmod(archive, 0o644);
    for (const args of [
      ["image", "import", archive, image],
      ["image", "push", image],
      // The answer comes from the registry, not from what the engine has.
      ["image", "rm", image],
    ]) {
      const { code, stderr } = await engine().slipway(args, { env });
      if (code !== 0) throw new Error(stderr);
      digest = /digest: (sha256:[0-9a-f]{64})/.exec(stderr)?.[1] ?? digest;
    }
  });
  afterAll(() => registry?.stop());

  it.skipIf(unavailable !== undefined)("are what the registry has", async () => {
    expect(digest).toMatch(/^sha256:/);
    const resolved = await project.slipway(["config", "--resolve-image-digests"], { env });
    expect(resolved).toMatchObject({ code: 0, stderr: "" });
    expect(resolved.stdout).toContain(`    image: ${image}@${digest}\n`);
    const locked = await project.slipway(["config", "--lock-image-digests"], { env });
    expect(locked.stdout).toBe(`services:\n  app:\n    image: ${image}@${digest}\n`);
  });

  it.skipIf(unavailable !== undefined)("cannot be told without the password", async () => {
    const refused = await project.slipway(["config", "--resolve-image-digests"]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(new RegExp(`^error: image ${image}: .*(?:unauthorized|no basic auth)`));
  });
});
