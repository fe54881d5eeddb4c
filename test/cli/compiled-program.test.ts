// The program's code from one run is there for the next one, and never gets into its way.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSlipway } from "../support/cli.ts";
import { codeFolder, loadCompiled } from "../../src/cli/compiled-program.ts";

interface Adder {
  add(a: number, b: number): number;
  multiply(a: number, b: number): number;
}

const SOURCE = `(function (exports, require, module, __filename, __dirname) {
  exports.add = (a, b) => a + b;
  exports.place = __filename;
  exports.multiply = (a, b) => {
    let product = 0;
    for (let count = 0; count < b; count += 1) product = exports.add(product, a);
    return product;
  };
})`;

let folder = "";
let file = "";
let kept = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-code-"));
  file = join(folder, "program.js");
  kept = join(folder, "code", "program-1");
  await writeFile(file, SOURCE);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function run(where?: { readonly kept: string | undefined }): number {
  const { exports, keepCode } = loadCompiled<Adder>(file, where === undefined ? kept : where.kept);
  const sum = exports.add(1, 2);
  keepCode();
  return sum;
}

describe("compiled code", () => {
  it("is kept after the first run, alone in its folder, and only written once", async () => {
    expect(run()).toBe(3);
    const { mtimeMs, mode } = await stat(kept);
    expect(mode & 0o777).toBe(0o600);
    expect(run()).toBe(3);
    expect((await stat(kept)).mtimeMs).toBe(mtimeMs);
    expect(await readdir(join(folder, "code"))).toEqual(["program-1"]);
  });

  it("is completed now and then by what a run has needed besides", async () => {
    const multiply = (random: number): void => {
      const { exports, keepCode } = loadCompiled<Adder>(file, kept, () => random);
      expect(exports.multiply(2, 3)).toBe(6);
      keepCode();
    };
    run();
    const { size } = await stat(kept);
    multiply(0.07);
    expect((await stat(kept)).size).toBe(size);
    multiply(0.06);
    const { size: more, ino } = await stat(kept);
    expect(more).toBeGreaterThan(size);
    multiply(0);
    expect((await stat(kept)).ino).toBe(ino);
  });

  it("of versions that nobody uses any more goes when new code comes", async () => {
    await mkdir(join(folder, "code"));
    const [old, recent] = ["old", "recent"].map((name) => join(folder, "code", name)) as [string, string];
    await writeFile(old, "");
    await writeFile(recent, "");
    const monthAgo = Date.now() / 1000 - 30 * 24 * 60 * 60;
    await utimes(old, monthAgo, monthAgo);
    run();
    expect((await readdir(join(folder, "code"))).toSorted()).toEqual(["program-1", "recent"]);
  });

  it("need not be kept", async () => {
    expect(run({ kept: undefined })).toBe(3);
    // A file where the folder would have to be.
    expect(run({ kept: join(file, "program-1") })).toBe(3);
    expect(await readdir(folder)).toEqual(["program.js"]);
  });
});

async function version(): Promise<void> {
  const options = { cwd: folder, env: { XDG_CACHE_HOME: folder } };
  expect((await runSlipway(["version", "--short"], options)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
}

async function onlyCode(): Promise<string> {
  const names = await readdir(join(folder, "slipway"));
  expect(names).toHaveLength(1);
  return join(folder, "slipway", names[0] ?? "");
}

describe("the command line", () => {
  it.each([
    ["empty", () => Buffer.alloc(0)],
    ["something else", (good: Buffer) => Buffer.alloc(good.length, "x")],
    ["cut short", (good: Buffer) => good.subarray(0, good.length / 2)],
  ])("makes code again that is %s", async (_title, damage) => {
    await version();
    const path = await onlyCode();
    const good = await readFile(path);
    await writeFile(path, damage(good));
    await version();
    // Nearly: how much is compiled depends on when the collector runs.
    expect((await readFile(await onlyCode())).length).toBeGreaterThan(good.length * 0.9);
    const { mtimeMs } = await stat(path);
    await version();
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  });

  it("keeps nothing of a command that failed", async () => {
    const options = { cwd: folder, env: { XDG_CACHE_HOME: folder } };
    expect((await runSlipway(["no-such-command"], options)).code).toBe(1);
    expect(await readdir(folder)).toEqual(["program.js"]);
  });
});

describe("the folder for it", () => {
  const uid = process.getuid?.();

  it("is the user's cache", () => {
    expect(codeFolder({ env: {}, home: folder, uid })).toBe(join(folder, ".cache", "slipway"));
    expect(codeFolder({ env: { XDG_CACHE_HOME: folder }, home: "/absent", uid })).toBe(
      join(folder, "slipway"),
    );
  });

  it("is none where that is somebody else's, or not there", () => {
    expect(codeFolder({ env: {}, home: folder, uid: (uid ?? 0) + 1 })).toBeUndefined();
    expect(codeFolder({ env: {}, home: join(folder, "absent"), uid })).toBeUndefined();
  });
});
