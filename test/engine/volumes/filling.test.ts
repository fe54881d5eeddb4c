// A volume's filling that is cut short by a kill at any of its steps: the next engine has it whole, or empty and fills it again.
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Native } from "../../../src/engine/collaborators.ts";
import { findBinary } from "../../../src/engine/native/binary.ts";
import { openVolumes } from "../../../src/engine/volumes/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import type { ArchiveCaller } from "../../native/archive-callers.ts";
import { readTree } from "../../native/archive-trees.ts";
import { run } from "../../support/processes.ts";
import { makeContext } from "../images/engine-context.ts";

const caller = archiveCallers().find(({ name }) => name === "root") as ArchiveCaller;
const strace = await run("strace", ["-e", "trace=none", "true"]).catch((error: unknown) => String(error));
const unavailable =
  caller.unavailable ??
  (typeof strace === "string" || strace.code !== 0 ? "strace is not installed or may not trace" : undefined);
if (unavailable !== undefined) console.warn(`a filling that is killed: skipped, ${unavailable}`);

/** What makes a filling last, in order: its call of the kernel, and which one of that name it is. */
const steps = [
  ["syncfs", 1],
  ["renameat", 1],
  ["fsync", 1],
  ["renameat2", 1],
  ["renameat2", 2],
  ["fsync", 2],
  ["fsync", 3],
  ["unlinkat", 1],
] as const;

/** A folder's contents without the time of itself, which an interruption changes. */
function contents(folder: string): object[] {
  return readTree(folder).map((entry) => ({ ...entry, mtime: entry.path === "." ? 0 : entry.mtime }));
}

describe.skipIf(unavailable !== undefined)("filling a volume", () => {
  let root: string;
  let image: string;
  const data = (): string => join(root, "volumes/vol/_data");
  const beside = (): string[] => readdirSync(join(root, "volumes/vol")).toSorted();

  /** Has the native side fill the volume under strace, as an engine would. */
  const fillTraced = async (...options: string[]): Promise<string> => {
    const log = join(root, "trace");
    const traced: Native = {
      ...caller.native,
      rootless: false,
      call: async (args) => {
        if (args[0] !== "populate") throw new Error("the engine is dead");
        const { code } = await run("strace", ["-o", log, ...options, await findBinary(root), ...args]);
        if (code !== 0) throw new Error("killed");
        return Buffer.alloc(0);
      },
    };
    const volumes = await openVolumes(makeContext(root, traced).context);
    await volumes.create({ Name: "vol" });
    await volumes.populate("vol", "/data", [["root", image]]).catch(() => undefined);
    return readFileSync(log, "utf8");
  };

  beforeEach(() => {
    root = caller.folder();
    image = caller.folder();
    mkdirSync(join(image, "data/folder"), { recursive: true });
    writeFileSync(join(image, "data/folder/file"), "x".repeat(10_000));
    writeFileSync(join(image, "data/other"), "y");
    chmodSync(join(image, "data"), 0o2750);
  });
  afterEach(() => caller.clean());

  test("does what is to last in this order", async () => {
    const trace = await fillTraced("-e", `trace=${[...new Set(steps.map(([call]) => call))].join(",")}`);
    const calls = [...trace.matchAll(/^(\w+)\(/gm)].map(([, call]) => call);
    expect(calls).toEqual(steps.map(([call]) => call));
    expect(readTree(data())).toEqual(readTree(join(image, "data")));
    expect(beside()).toEqual(["_data", "volume.json"]);
  });

  test.each(steps)("is done in the end when killed at %s %i", async (call, when) => {
    const trace = await fillTraced("-e", `trace=${call}`, "-e", `inject=${call}:signal=SIGKILL:when=${when}`);
    expect(trace).toContain("killed by SIGKILL");
    expect(beside()).not.toEqual(["_data", "volume.json"]);
    const { context, logged } = makeContext(root, caller.native);
    const next = await openVolumes(context);
    expect([[], ["folder", "other"]]).toContainEqual(readdirSync(data()).toSorted());
    await next.populate("vol", "/data", [["root", image]]);
    expect(contents(data())).toEqual(contents(join(image, "data")));
    expect(beside()).toEqual(["_data", "volume.json"]);
    expect(logged).toEqual([]);
  });
});
