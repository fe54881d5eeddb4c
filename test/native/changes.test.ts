// What a writable layer changes of those below it, by folders that stand for layers.
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveCallers } from "./archive-callers.ts";

const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
if (caller.unavailable !== undefined) console.warn(`changes: skipped, ${caller.unavailable}`);
const { native } = caller;
/** Of every folder that a layer has copied up and nobody has touched since. */
const early = new Date("2020-01-01T00:00:00Z");
const late = new Date("2021-01-01T00:00:00Z");

/** Gives a layer folders with their times, and files in them. */
function make(layer: string, folders: Readonly<Record<string, Date>>, files: readonly string[]): void {
  for (const path of Object.keys(folders)) mkdirSync(join(layer, path), { recursive: true });
  for (const path of files) {
    mkdirSync(dirname(join(layer, path)), { recursive: true });
    writeFileSync(join(layer, path), layer);
  }
  for (const [path, time] of Object.entries(folders)) utimesSync(join(layer, path), time, time);
}

describe.skipIf(caller.unavailable !== undefined)("what a writable layer changes", () => {
  let upper: string;
  let lower: string;
  const changes = async (...without: readonly string[]): Promise<string[]> => {
    const leftOut = without.flatMap((path) => ["--without", path]);
    const printed = await native.call(["changes", ...leftOut, upper, lower]);
    return printed
      .toString()
      .split("\0")
      .filter((line) => line !== "")
      .toSorted();
  };
  beforeEach(() => {
    const folder = caller.folder();
    [upper, lower] = [join(folder, "upper"), join(folder, "lower")];
    make(lower, { "etc/inner": early, etc: early }, ["etc/passwd"]);
    utimesSync(join(lower, "etc"), early, early);
    mkdirSync(upper);
  });
  afterEach(() => caller.clean());

  it("are folders together with what is in them, however deep", async () => {
    make(upper, { "etc/inner": late, etc: early }, ["etc/inner/new"]);
    expect(await changes()).toEqual(["A/etc/inner/new", "C/etc", "C/etc/inner"]);
  });

  it("are not folders that only hold what is left out", async () => {
    make(upper, { etc: late }, ["etc/hosts"]);
    expect(await changes("/etc/hosts")).toEqual([]);
    expect(await changes()).toEqual(["A/etc/hosts", "C/etc"]);
    writeFileSync(join(upper, "etc/passwd"), "");
    expect(await changes("/etc/hosts")).toEqual(["C/etc", "C/etc/passwd"]);
  });

  it("are folders of another mode, or from which something that was made has gone again", async () => {
    make(upper, { etc: late }, []);
    expect(await changes()).toEqual(["C/etc"]);
    make(upper, { etc: early }, []);
    expect(await changes()).toEqual([]);
    chmodSync(join(upper, "etc"), 0o700);
    expect(await changes()).toEqual(["C/etc"]);
  });
});
