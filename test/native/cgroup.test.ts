// Limits, on whatever layout of control groups this machine has.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Directive } from "../../src/engine/collaborators.ts";
import type { Probe } from "../../src/engine/native/probe.ts";
import { describeForEveryUser } from "./every-user.ts";
import type { Stage } from "./stage.ts";

let count = 0;

/** A group for a new container: its directory below what `probe` says is writable. */
function group(stage: Stage, controller: string): string {
  const printed = spawnSync(stage.binary, ["probe", "--dir", stage.folder], { encoding: "utf8" }).stdout;
  const parent = (JSON.parse(printed) as Probe).cgroup[controller];
  if (typeof parent !== "string") throw new Error(`no group can be made for ${controller}: ${printed}`);
  return join(parent, `slipway-test-${process.pid}-${(count += 1)}`);
}

function limit(folder: string, files: readonly [first: string, second: string], value: string): Directive[] {
  // Version 1 has the first file, version 2 the second.
  const file = files[existsSync(join(folder, "..", "cgroup.controllers")) ? 1 : 0];
  return [
    ["cgroup", folder],
    ["cgroup-set", join(folder, file), value],
  ];
}

/** Where version 2 is mounted from its root on; undefined when it is not. */
function secondVersion(): string | undefined {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const [, , , root, place] = lines.find((line) => line.includes(" - cgroup2 "))?.split(" ") ?? [];
  return root === "/" ? place : undefined;
}

const MEMORY = ["memory.limit_in_bytes", "memory.max"] as const;
const PIDS = ["pids.max", "pids.max"] as const;

describeForEveryUser(
  "control groups",
  (stage) => {
    it("limit memory, and tell when it has run out", async () => {
      const folder = group(stage(), "memory");
      const { client } = stage().run({
        args: ["sh", "-c", "head -c 100000000 /dev/zero | tail -c 90000000 > /dev/null; exit 3"],
        more: [...limit(folder, MEMORY, "16777216"), ["init"]],
      });
      const { oom } = await client.exited();
      expect(oom).toBe(true);
      expect(existsSync(folder)).toBe(false);
    });

    it("limit the number of processes", async () => {
      const folder = group(stage(), "pids");
      const script = "for i in 1 2 3 4 5 6 7 8 9; do sleep 60 & done; echo unreached";
      const { client } = stage().run({ args: ["sh", "-c", script], more: limit(folder, PIDS, "5") });
      await client.exited();
      expect(client.text("E")).toContain("can't fork");
      expect(client.text()).toBe("");
      expect(existsSync(folder)).toBe(false);
    });

    it("hold what is executed later, too", async () => {
      const folder = group(stage(), "pids");
      const running = stage().run({ args: ["sleep", "60"], more: limit(folder, PIDS, "20") });
      await running.client.first("S");
      const added = await stage().exec(running, {
        args: ["sh", "-c", "cat /proc/self/cgroup; ls -d /sys/fs/cgroup"],
      });
      const pid = await added.client.first("R");
      await added.client.exited();
      expect(pid).not.toBe("");
      const target = await running.client.first("R");
      const groups = readFileSync(`/proc/${target}/cgroup`, "utf8");
      const line = groups.split("\n").find((text) => text.includes(folder.split("/").at(-1) ?? "?")) ?? "";
      expect(line).not.toBe("");
      // Seen from its own namespace the group of both is the root.
      const controllers = line.split(":").slice(0, 2).join(":");
      expect(added.client.text()).toContain(`${controllers}:/\n`);
      running.client.kill(9);
      await running.client.exited();
      expect(existsSync(folder)).toBe(false);
    });

    it("are shown to the container, read-only", async () => {
      const folder = group(stage(), "pids");
      const { out } = await stage().shell(
        "cat $(find /sys/fs/cgroup -name pids.max); echo 9 > $(find /sys/fs/cgroup -name pids.max) || echo refused; mkdir /sys/fs/cgroup/x || echo refused",
        limit(folder, PIDS, "33"),
      );
      expect(out).toBe("33\nrefused\nrefused\n");
    });

    it("warn of a value that cannot be set, and go on", async () => {
      const folder = group(stage(), "pids");
      const { client } = stage().run({
        args: ["true"],
        more: [
          ["cgroup", folder],
          ["cgroup-set", join(folder, "no.such.file"), "1"],
        ],
      });
      expect((await client.exited()).status).toBe(0);
      expect(await client.first("N")).toContain("no.such.file cannot be set to 1");
    });

    it("are removed with what a container leaves in them", async () => {
      const folder = group(stage(), "pids");
      const { client } = stage().run({
        args: ["sh", "-c", "sleep 60 & sleep 60 & exit 0"],
        more: [...limit(folder, PIDS, "50"), ["ns", "pid", "host"]],
      });
      expect((await client.exited()).status).toBe(0);
      expect(existsSync(folder)).toBe(false);
    });

    const second = secondVersion();
    it.skipIf(second === undefined)(
      "of version 2 have what runs in them, and what is executed later",
      async () => {
        const folder = join(second ?? "", `slipway-test-${process.pid}-${(count += 1)}`);
        const path = folder.slice(second?.length);
        const running = stage().run({ args: ["sleep", "60"], more: [["cgroup", folder]] });
        await running.client.first("S");
        const target = await running.client.first("R");
        expect(readFileSync(`/proc/${target}/cgroup`, "utf8")).toContain(`0::${path}\n`);
        const added = await stage().exec(running, { args: ["sleep", "60"], more: [["cgroup", folder]] });
        await added.client.first("S");
        const pid = await added.client.first("R");
        expect(readFileSync(`/proc/${pid}/cgroup`, "utf8")).toContain(`0::${path}\n`);
        // Both have the group as the root of the namespace.
        expect(readlinkSync(`/proc/${pid}/ns/cgroup`)).toBe(readlinkSync(`/proc/${target}/ns/cgroup`));
        running.client.kill(9);
        await running.client.exited();
        expect(existsSync(folder)).toBe(false);
      },
    );

    it("are removed when the start fails", async () => {
      const folder = group(stage(), "pids");
      const { client, ended } = stage().run({ args: ["nosuchcommand"], more: limit(folder, PIDS, "50") });
      await client.first("F");
      await ended;
      expect(existsSync(folder)).toBe(false);
    });
  },
  (user) => !user.rootless,
);
