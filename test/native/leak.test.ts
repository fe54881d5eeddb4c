// After containers of every ending: what there was before, and nothing else.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { allProcesses, descriptorsOf, readProc, readProcLink } from "../support/proc.ts";
import { describeForEveryUser } from "./every-user.ts";
import { ShimClient } from "./shim-client.ts";
import { containerSpecification } from "./specification.ts";
import type { Stage } from "./stage.ts";

/** Processes that run the binary or work in the stage's folder. */
function processesOf(stage: Stage): number[] {
  const found: number[] = [];
  for (const pid of allProcesses()) {
    try {
      const isThere = readProcLink(pid, "cwd").startsWith(stage.folder);
      const root = statSync(`/proc/${pid}/root/.`);
      const isInside = readProc(pid, "mountinfo").includes(stage.folder) && root.ino !== statSync("/").ino;
      if (isThere || isInside) found.push(pid);
    } catch {
      continue; // ended meanwhile
    }
  }
  return found;
}

function mounts(stage: Stage): string[] {
  const all = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return all.filter((line) => line.includes(stage.folder));
}

describeForEveryUser("leaks", (stage) => {
  it("has none after exits, kills, failed starts and starts given up", async () => {
    for (let round = 0; round < 5; round++) {
      await stage().shell("sleep 60 & exit 1");
      const killed = stage().run({ args: ["sleep", "60"], more: [["init"]] });
      await killed.client.first("S");
      killed.client.kill(9);
      await killed.client.exited();
      await killed.ended;
      const refused = stage().run({ args: ["nosuchcommand"] });
      await refused.ended;
      const place = stage().place();
      const held = stage().start("run", place, containerSpecification(place, { args: ["true"] }));
      await held.client.first("R");
      held.client.close();
      await held.ended;
      expect(readdirSync(place.folder).toSorted()).toEqual(["log", "root", "upper", "work"]);
      expect(readdirSync(join(place.folder, "root"))).toEqual([]);
    }
    await expect.poll(() => processesOf(stage())).toEqual([]);
    expect(mounts(stage())).toEqual([]);
  });

  it("is none in the shim either: descriptors of closed connections are given back", async () => {
    const { client, place, process: shim } = stage().run({ args: ["sleep", "60"] });
    await client.first("S");
    const open = (): number => descriptorsOf(shim.pid ?? 0);
    const before = open();
    for (let round = 0; round < 20; round++) {
      const other = await ShimClient.connect(join(place.folder, "ctl"));
      await other.first("S");
      other.close();
    }
    const last = await ShimClient.connect(join(place.folder, "ctl"));
    await last.first("S");
    await expect.poll(open).toBeLessThanOrEqual(before + 2); // this one, and perhaps the one before
    client.kill(9);
    await client.exited();
  });
});
