// A volume's filling that fails, or is cut short by a kill at any of its steps: the next engine has it whole, or empty and fills it again.
// What somebody else wrote there meanwhile stays.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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
  ["unlinkat", 2],
] as const;

/** A folder's contents without the time of itself, which changes with the place of the copy. */
function contents(folder: string): object[] {
  return readTree(folder).map((entry) => ({ ...entry, mtime: entry.path === "." ? 0 : entry.mtime }));
}

/** What becomes of the engine while its native side works. */
interface Interruption {
  /** What strace does to the native side. */
  readonly options: readonly string[];
  /** Somebody else's doing, before the engine hears of the end. */
  readonly meanwhile?: () => void;
  /** The engine dies with its native side. */
  readonly dies?: boolean;
}

describe.skipIf(unavailable !== undefined).each([
  { title: "a volume of the engine's own", folder: "volumes/vol/_data", isBound: false },
  { title: "a folder that a volume stands for", folder: "device", isBound: true },
])("filling $title", ({ folder, isBound }) => {
  let root: string;
  let image: string;
  const data = (): string => join(root, folder);
  /** What an interrupted filling leaves, besides what is in the volume. */
  const traces = (): string[] => {
    const kept = ["_data", "volume.json", "file", "folder", "other"];
    const there = [...readdirSync(join(root, "volumes/vol")), ...readdirSync(data())];
    return there.filter((name) => !kept.includes(name));
  };

  /** Has the native side fill the volume under strace, as an engine would. */
  const fillTraced = async ({ options, meanwhile, dies = false }: Interruption): Promise<string> => {
    const log = join(root, "trace");
    const traced: Native = {
      ...caller.native,
      rootless: false,
      call: async (args) => {
        if (args[0] !== "populate") {
          if (dies) throw new Error("the engine is dead");
          return caller.native.call(args);
        }
        const { code } = await run("strace", ["-o", log, ...options, await findBinary(root), ...args]);
        meanwhile?.();
        if (code !== 0) throw new Error("killed");
        return Buffer.alloc(0);
      },
    };
    const volumes = await openVolumes(makeContext(root, traced).context);
    const DriverOpts = isBound ? { type: "none", o: "bind", device: data() } : {};
    await volumes.create({ Name: "vol", DriverOpts });
    await volumes.populate("vol", "/data", [["root", image]]).catch(() => undefined);
    return readFileSync(log, "utf8");
  };

  beforeEach(() => {
    root = caller.folder();
    image = caller.folder();
    mkdirSync(join(root, "device"));
    mkdirSync(join(image, "data/folder"), { recursive: true });
    writeFileSync(join(image, "data/folder/file"), "x".repeat(10_000));
    writeFileSync(join(image, "data/other"), "y");
    chmodSync(join(image, "data"), 0o2750);
  });
  afterEach(() => caller.clean());

  test("does what is to last in this order", async () => {
    const calls = [...new Set(steps.map(([call]) => call))].join(",");
    const trace = await fillTraced({ options: ["-e", `trace=${calls}`] });
    expect([...trace.matchAll(/^(\w+)\(/gm)].map(([, call]) => call)).toEqual(steps.map(([call]) => call));
    expect(contents(data())).toEqual(contents(join(image, "data")));
    expect(traces()).toEqual([]);
  });

  test.each(steps)("is done in the end when killed at %s %i", async (call, when) => {
    const options = ["-e", `trace=${call}`, "-e", `inject=${call}:signal=SIGKILL:when=${when}`];
    expect(await fillTraced({ options, dies: true })).toContain("killed by SIGKILL");
    expect(traces()).toHaveLength(1);
    const { context, logged } = makeContext(root, caller.native);
    const next = await openVolumes(context);
    await next.populate("vol", "/data", [["root", image]]);
    expect(contents(data())).toEqual(contents(join(image, "data")));
    expect(traces()).toEqual([]);
    expect(logged).toEqual([]);
  });

  test("leaves nothing when it fails, and what others wrote meanwhile", async () => {
    const options = ["-e", "trace=syncfs", "-e", "inject=syncfs:error=ENOSPC"];
    const meanwhile = (): void => writeFileSync(join(data(), "other"), "a user's");
    expect(await fillTraced({ options, meanwhile })).toContain("INJECTED");
    expect(readdirSync(data())).toEqual(["other"]);
    expect(readFileSync(join(data(), "other"), "utf8")).toBe("a user's");
    expect(traces()).toEqual([]);
  });

  test("moves what it copied on file systems that cannot rename without replacing", async () => {
    const options = ["-e", "trace=renameat2", "-e", "inject=renameat2:error=EINVAL"];
    expect(await fillTraced({ options })).toContain("INJECTED");
    expect(contents(data())).toEqual(contents(join(image, "data")));
    expect(traces()).toEqual([]);
  });

  test.runIf(isBound).each([".slipway-filled", ".slipway-filled.part"])(
    "takes no folder %s of somebody else's for a copy",
    async (name) => {
      const somebody = 12_345;
      const planted = join(data(), name);
      mkdirSync(join(planted, "contents"), { recursive: true });
      writeFileSync(join(planted, "contents/program"), "x");
      for (const path of [planted, join(planted, "contents")]) chownSync(path, somebody, somebody);
      const volumes = await openVolumes(makeContext(root, caller.native).context);
      await volumes.create({ Name: "vol", DriverOpts: { type: "none", o: "bind", device: data() } });
      await volumes.populate("vol", "/data", [["root", image]]);
      expect(readdirSync(data())).toEqual([name]);
      expect(readdirSync(join(planted, "contents"))).toEqual(["program"]);
      expect(statSync(data()).uid).toBe(0);
      await expect(caller.native.call(["settle", planted, data()])).rejects.toThrow("somebody else's");
    },
  );

  test.runIf(isBound)("takes no link that a container has put in the place of a copy for one", async () => {
    const elsewhere = join(root, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "secret"), "x");
    symlinkSync(elsewhere, join(data(), ".slipway-filled"));
    const volumes = await openVolumes(makeContext(root, caller.native).context);
    await volumes.create({ Name: "vol", DriverOpts: { type: "none", o: "bind", device: data() } });
    await volumes.populate("vol", "/data", [["root", image]]);
    expect(readdirSync(elsewhere)).toEqual(["secret"]);
    expect(readdirSync(data())).toEqual([".slipway-filled"]);
    const settling = caller.native.call(["settle", join(data(), ".slipway-filled"), data()]);
    await expect(settling).rejects.toThrow(".slipway-filled");
    expect(readdirSync(elsewhere)).toEqual(["secret"]);
  });
});
