// The package as npm gives it: packed, installed in an empty folder, used through npx; also without the binary it was packed with.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageFolder } from "../support/package-copy.ts";
import { run, succeed } from "../support/processes.ts";

describe.skipIf(process.platform !== "linux")("the packed package", () => {
  let folder = "";
  let env: NodeJS.ProcessEnv = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-pack-"));
    env = {
      ...process.env,
      SLIPWAY_ENGINE: "bundled",
      SLIPWAY_ROOT: join(folder, "state"),
      SLIPWAY_SOCKET: join(folder, "engine.sock"),
    };
    await succeed("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: packageFolder });
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    await succeed("npm", ["init", "-y"], { cwd: folder });
    await succeed("npm", ["install", "--ignore-scripts", join(folder, tarball ?? "")], {
      cwd: folder,
      timeout: 240_000,
    });
  });

  afterAll(async () => {
    await run("npx", ["slipway", "engine", "stop"], { cwd: folder, env });
    await rm(folder, { recursive: true, force: true });
  });

  it("gives a working npx slipway", async () => {
    expect(await succeed("npx", ["slipway", "version", "--short"], { cwd: folder, env })).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    );
    const file = join(folder, "node_modules/slipway/examples/guestbook/compose.yaml");
    await succeed("npx", ["slipway", "-f", file, "up", "-d", "store"], { cwd: folder, env });
    expect(await succeed("npx", ["slipway", "-f", file, "ps", "--services"], { cwd: folder, env })).toBe(
      "store\n",
    );
    await succeed("npx", ["slipway", "-f", file, "down", "-v"], { cwd: folder, env });
  });

  it("compiles the binary itself where there is none for this platform", async () => {
    await succeed("npx", ["slipway", "engine", "stop"], { cwd: folder, env });
    await rm(join(folder, "node_modules/slipway/dist/native"), { recursive: true });
    await succeed("npx", ["slipway", "engine", "start"], { cwd: folder, env });
    const status = await succeed("npx", ["slipway", "engine", "status", "--format", "json"], {
      cwd: folder,
      env,
    });
    expect(JSON.parse(status)).toMatchObject({ mode: process.getuid?.() === 0 ? "root" : "rootless" });
  });
});
