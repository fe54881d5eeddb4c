import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CgroupLayout } from "../../../src/engine/collaborators.ts";
import { freeze } from "../../../src/engine/containers/freezer.ts";

function layout(freezer: string | undefined): CgroupLayout {
  return { version: 2, directories: freezer === undefined ? {} : { freezer } } as unknown as CgroupLayout;
}

const notRunning = { kind: "conflict", message: "container abc is not running" };

describe("pausing a container", () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "slipway-freezer-"));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it("that has ended before is a conflict", async () => {
    await expect(freeze(layout(parent), "abc")).rejects.toMatchObject(notRunning);
  });

  it("that ends before it has come to rest is a conflict", async () => {
    const group = join(parent, "abc");
    mkdirSync(group);
    writeFileSync(join(group, "cgroup.freeze"), "0");
    writeFileSync(join(group, "cgroup.events"), "populated 1\nfrozen 0\n");
    const pausing = freeze(layout(parent), "abc");
    rmSync(group, { recursive: true });
    await expect(pausing).rejects.toMatchObject(notRunning);
  });

  it("needs a freezer", async () => {
    await expect(freeze(layout(undefined), "abc")).rejects.toMatchObject({ kind: "not-implemented" });
  });
});
