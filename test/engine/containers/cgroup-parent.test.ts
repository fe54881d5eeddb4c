import { expect, it } from "vitest";
import type { CgroupLayout } from "../../../src/engine/collaborators.ts";
import { cgroupParentWarnings, layoutBelow } from "../../../src/engine/containers/cgroup-parent.ts";

const LAYOUT: CgroupLayout = {
  version: 1,
  directories: { memory: "/cg/memory/slipway/1", pids: "/cg/pids/slipway/1" },
  tops: { memory: "/cg/memory", pids: "/cg/pids" },
  files: new Set(),
};

it.each([
  ["", { memory: "/cg/memory/slipway/1", pids: "/cg/pids/slipway/1" }],
  ["jobs", { memory: "/cg/memory/jobs", pids: "/cg/pids/jobs" }],
  ["/jobs/night/", { memory: "/cg/memory/jobs/night", pids: "/cg/pids/jobs/night" }],
  ["../../etc", { memory: "/cg/memory/etc", pids: "/cg/pids/etc" }],
])("below the parent %j", (parent, directories) => {
  expect(layoutBelow(LAYOUT, parent).directories).toEqual(directories);
});

it("has no effect where no groups can be made, which is said", () => {
  const none: CgroupLayout = { ...LAYOUT, directories: {}, tops: {} };
  expect(cgroupParentWarnings(none, "jobs")).toEqual([
    "Your user may not make control groups, or they are not mounted. Parent group jobs discarded.",
  ]);
  expect(cgroupParentWarnings(none, "")).toEqual([]);
  expect(cgroupParentWarnings(LAYOUT, "jobs")).toEqual([]);
});
