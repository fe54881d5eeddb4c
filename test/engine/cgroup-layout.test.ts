import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openCgroups, removeCgroups, rootHash } from "../../src/engine/cgroup-layout.ts";
import type { Probe } from "../../src/engine/native/probe.ts";

let folder: string;
let logged: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-cgroup-layout-"));
  logged = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As an ordinary user, whose groups begin where the probe says. */
function probe(cgroup: Probe["cgroup"]): Probe {
  return { uid: 1000, cgroup } as Probe;
}

test("groups live below a folder named after the state directory, and go with the engine", () => {
  for (const controller of ["memory", "pids"]) mkdirSync(join(folder, controller));
  const found = probe({ version: 1, memory: join(folder, "memory"), pids: join(folder, "pids"), cpu: null });
  const layout = openCgroups(found, "/state", (line) => logged.push(line));
  const own = join("slipway", rootHash("/state"));
  expect(layout).toMatchObject({
    version: 1,
    directories: { memory: join(folder, "memory", own), pids: join(folder, "pids", own) },
    tops: { memory: join(folder, "memory"), pids: join(folder, "pids") },
  });
  expect(existsSync(join(folder, "memory", own))).toBe(true);
  expect(logged).toEqual([]);
  removeCgroups(layout);
  expect(existsSync(join(folder, "memory/slipway"))).toBe(false);
});

test("a controller whose groups cannot be made is logged, and has no files", () => {
  writeFileSync(join(folder, "slipway"), "in the way");
  const layout = openCgroups(probe({ version: 1, memory: folder }), "/state", (line) => logged.push(line));
  expect(layout.files.size).toBe(0);
  expect(logged).toEqual([expect.stringContaining("cgroup ")]);
});

test("a new cpuset is given its parent's processors and memory", () => {
  for (const [name, text] of [
    ["cpuset.cpus", "0-3\n"],
    ["cpuset.mems", "0\n"],
  ] as const) {
    for (const level of ["", "slipway", `slipway/${rootHash("/state")}`]) {
      mkdirSync(join(folder, level), { recursive: true });
      writeFileSync(join(folder, level, name), level === "" ? text : "\n");
    }
  }
  const layout = openCgroups(probe({ version: 1, cpuset: folder }), "/state", (line) => logged.push(line));
  const own = join(folder, "slipway", rootHash("/state"));
  expect(readFileSync(join(own, "cpuset.cpus"), "utf8")).toBe("0-3\n");
  expect(readFileSync(join(own, "cpuset.mems"), "utf8")).toBe("0\n");
  expect([...layout.files].toSorted()).toEqual(["cpuset.cpus", "cpuset.mems"]);
});
