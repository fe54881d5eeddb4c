// The built program, as a shell runs it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSlipway, slipwayProgram, type CliResult } from "../support/cli.ts";
import { run as runCommand } from "../support/processes.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-cli-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function run(yaml: string | undefined, ...args: string[]): Promise<CliResult> {
  if (yaml !== undefined) await writeFile(join(folder, "compose.yaml"), yaml);
  // No engine answers here: what needs one fails.
  return runSlipway(args, { cwd: folder, env: { DOCKER_HOST: `unix://${folder}/absent.sock` } });
}

const PROJECT =
  "name: demo\nservices:\n  web:\n    image: a\n    depends_on: [db]\n  db:\n    image: b\n    profiles: []\n";

describe("the version", () => {
  it.each(["--version", "-v", "version"])("%s", async (flag) => {
    const { code, stdout, stderr } = await run(undefined, flag);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Slipway version v\d+\.\d+\.\d+\n$/);
  });

  it("as JSON, and short", async () => {
    expect(JSON.parse((await run(undefined, "version", "-f", "json")).stdout)).toEqual({
      version: expect.stringMatching(/^v\d/),
    });
    expect((await run(undefined, "version", "--short")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("help", () => {
  it.each([[], ["--help"], ["-h"]])("%j lists the commands", async (...args) => {
    const { code, stdout, stderr } = await run(undefined, ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of ["up", "down", "ps", "logs", "exec", "config", "plan", "engine"]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}[ |]`, "m"));
    }
  });

  it("of a command lists its flags", async () => {
    expect((await run(undefined, "up", "--help")).stdout).toContain("--abort-on-container-exit");
  });
});

describe("config", () => {
  it("prints the project", async () => {
    const { code, stdout, stderr } = await run(PROJECT, "config");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^name: demo\n/);
  });

  it("prints JSON", async () => {
    const { stdout } = await run(PROJECT, "config", "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({ name: "demo", services: { web: { image: "a" } } });
  });

  it.each([
    ["--services", "db\nweb\n"],
    ["--images", "a\nb\n"],
    ["--networks", "default\n"],
    ["--volumes", ""],
    ["--quiet", ""],
  ])("%s", async (flag, expected) => {
    expect((await run(PROJECT, "config", flag)).stdout).toBe(expected);
  });

  it("--hash prints a hash for each service, the same each time", async () => {
    const first = await run(PROJECT, "config", "--hash", "*");
    expect(first.stdout).toMatch(/^db [0-9a-f]{64}\nweb [0-9a-f]{64}\n$/);
    expect((await run(PROJECT, "config", "--hash", "db")).stdout).toBe(`${first.stdout.split("\n")[0]}\n`);
  });
});

describe("what is wrong", () => {
  it("in a file is shown with its place, its line and exit code 1, on standard error", async () => {
    const { code, stdout, stderr } = await run(
      "services:\n  web:\n    image: a\n    depend_on: [db]\n",
      "config",
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("compose.yaml:4:5: error:");
    expect(stderr).toContain("  4 |     depend_on: [db]\n    |     ^^^^^^^^^");
  });

  it.each(["up", "down", "ps", "config", "plan"])("without a file: %s", async (command) => {
    const { code, stderr } = await run(undefined, command);
    expect(code).toBe(1);
    expect(stderr).toContain("no configuration file");
  });

  it("on the command line says where help is", async () => {
    const { code, stderr } = await run(undefined, "up", "--nope");
    expect(code).toBe(1);
    expect(stderr).toBe("error: unknown flag: --nope\nhint: see `slipway up --help`\n");
  });

  it("with the engine names the address that was asked for", async () => {
    const { code, stderr } = await run(PROJECT, "up", "-d");
    expect(code).toBe(1);
    expect(stderr).toContain(`no engine answers at DOCKER_HOST=unix://${folder}/absent.sock`);
  });

  it("is JSON with --progress json", async () => {
    const { code, stderr } = await run(PROJECT, "--progress", "json", "ps");
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toEqual({
      error: true,
      message: expect.stringContaining("no engine answers"),
    });
  });
});

/** The program in a folder that has been removed. */
function runNowhere(...args: string[]): Promise<CliResult> {
  const script = 'mkdir "$0/gone" && cd "$0/gone" && rmdir "$0/gone" && exec "$@"';
  return runCommand("sh", ["-c", script, folder, process.execPath, slipwayProgram, ...args]);
}

it("says that the folder it is called in is gone, where that matters", async () => {
  expect(await runNowhere("config")).toMatchObject({
    code: 1,
    stderr: "error: the current folder is not there any more\nhint: change to another\n",
  });
  expect(await runNowhere("version", "--short")).toMatchObject({ code: 0, stderr: "" });
});

it("ends quietly when nobody reads its output", async () => {
  const services = Array.from({ length: 3000 }, (_, index) => `  s${index}:\n    image: a\n`).join("");
  await writeFile(join(folder, "compose.yaml"), `services:\n${services}`);
  const child = spawn(process.execPath, [slipwayProgram, "config"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
  child.stdout.once("data", () => child.stdout.destroy());
  await once(child, "close");
  expect(stderr).toBe("");
});
