// What the built program takes from the machine: how often it opens a file, and what a hostile file costs.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slipwayProgram } from "../support/cli.ts";
import { run } from "../support/processes.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-files-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function writeFiles(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const strace = await run("strace", ["-e", "trace=none", "true"]).catch((error: unknown) => String(error));
const noStrace =
  typeof strace === "string" || strace.code !== 0 ? "strace is not installed or may not trace" : undefined;
if (noStrace !== undefined) console.warn(`files are opened once: skipped, ${noStrace}`);

/** How often each file of the folder was opened by a command, by its name there. */
async function opened(...args: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const log = join(folder, "strace.log");
  const words = ["-f", "-qq", "-e", "trace=open,openat,openat2", "-o", log, process.execPath, slipwayProgram];
  const { code, stderr } = await run("strace", [...words, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder },
  });
  if (code !== 0) throw new Error(stderr);
  const counts: Record<string, number> = {};
  for (const line of (await readFile(log, "utf8")).split("\n")) {
    const path = /"([^"]+)".*= \d+$/.exec(line)?.[1];
    if (path?.startsWith(`${folder}/`) !== true) continue;
    const name = path.slice(folder.length + 1);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe("files of a project", () => {
  it
    .skipIf(noStrace !== undefined)
    .each(["config", "config --services", "config --hash *", "config --explain services"])(
    "are each opened once by %s",
    async (command) => {
      const files = {
        "compose.yaml": `include:
  - part/compose.yaml
  - path: [part/other.yaml, part/compose.yaml]
    env_file: .env
services:
  a: {image: "x:$TAG", env_file: [a.env, a.env], label_file: a.labels, extends: {service: b, file: base.yaml}}
  b: {extends: {service: b, file: base.yaml}, env_file: a.env, secrets: [s], configs: [c]}
secrets: {s: {file: secret.txt}}
configs: {c: {file: config.txt}}
`,
        "compose.override.yaml": "services: {a: {env_file: b.env}}\n",
        ".env": "TAG=1\n",
        "a.env": "A=$TAG\n",
        "b.env": "B=1\n",
        "a.labels": "l=1\n",
        "base.yaml": "services: {b: {image: x, env_file: a.env}}\n",
        "part/compose.yaml": "services: {c: {image: x, env_file: ../a.env}}\n",
        "part/other.yaml": "services: {d: {image: x, extends: {service: b, file: ../base.yaml}}}\n",
        "part/.env": "TAG=2\n",
      };
      await writeFiles({ ...files, "secret.txt": "s", "config.txt": "c" });
      const counts = await opened(...command.split(" "));
      expect(counts).toMatchObject(Object.fromEntries(Object.keys(files).map((name) => [name, 1])));
      expect(Math.max(...Object.values(counts))).toBe(1);
    },
  );
});

/** Has the program say at its end what it has used: CPU microseconds, and the most memory at any moment in kilobytes. */
const tellUsage =
  "data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>writeSync(2,'\\n'+JSON.stringify(process.resourceUsage())))";

async function usageOf(
  file: string,
): Promise<{ code: number; milliseconds: number; megabytes: number; stderr: string }> {
  const args = ["--import", tellUsage, slipwayProgram, "-f", file, "config", "-q"];
  const env = { PATH: process.env["PATH"], HOME: folder };
  const { code, stderr } = await run(process.execPath, args, { cwd: folder, env });
  const usage = JSON.parse(stderr.slice(stderr.lastIndexOf("\n"))) as NodeJS.ResourceUsage;
  const milliseconds = (usage.userCPUTime + usage.systemCPUTime) / 1000;
  return { code, milliseconds, megabytes: usage.maxRSS / 1024, stderr };
}

describe("an alias bomb", () => {
  it.each([
    ["flow", (items: readonly string[]) => `[${items.join(", ")}]`],
    ["block", (items: readonly string[]) => items.map((item) => `\n  - ${item}`).join("")],
  ])(
    "in %s form is refused with less than 200 ms and 100 MB more than a plain file takes",
    async (_, list) => {
      // Eight levels of ten aliases each stand for a hundred million values.
      const levels = Array.from({ length: 8 }, (_, level) => {
        const items = Array.from({ length: 10 }, () => (level === 0 ? "x" : `*l${level - 1}`));
        return `x-${level}: &l${level} ${list(items)}\n`;
      });
      const services = "services: {a: {image: x}}\n";
      await writeFiles({ "plain.yaml": services, "bomb.yaml": levels.join("") + services });
      const plain = await usageOf("plain.yaml");
      const bomb = await usageOf("bomb.yaml");
      expect(plain.code).toBe(0);
      expect(bomb).toMatchObject({ code: 1, stderr: expect.stringContaining("[alias-limit]") as unknown });
      expect(bomb.milliseconds - plain.milliseconds).toBeLessThan(200);
      expect(bomb.megabytes - plain.megabytes).toBeLessThan(100);
    },
  );
});
