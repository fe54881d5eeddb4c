import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { expect, it } from "vitest";
import type { Probe } from "../../src/engine/native/probe.ts";
import { kilobytesOf, readProc, readProcLink, statFields } from "../support/proc.ts";
import { describeForEveryUser } from "./every-user.ts";

describeForEveryUser("anchor", (stage, user) => {
  it("keeps a network namespace, and a user namespace where it is needed", () => {
    const { anchor } = stage();
    expect(readProcLink(anchor, "ns/net")).not.toBe(readlinkSync("/proc/self/ns/net"));
    const map = readProc(anchor, "uid_map")
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/ +/));
    expect(map[0]).toEqual(user.rootless ? ["0", String(user.uid), "1"] : ["0", "0", "4294967295"]);
    expect(map.length).toBe(user.rootless && user.hasIds ? 2 : 1);
  });

  it("is a process of its own that holds nothing else", () => {
    const { anchor } = stage();
    const [, parent, , session] = statFields(anchor);
    expect(parent).toBe("1");
    expect(session).toBe(String(anchor));
    expect(kilobytesOf(anchor, "status", "VmRSS")).toBeLessThan(1200);
    expect(readProcLink(anchor, "cwd")).toBe("/");
  });

  it("runs from a copy that nobody can change", () => {
    expect(readProcLink(stage().anchor, "exe")).toBe("/memfd:slipway-native (deleted)");
  });
});

describeForEveryUser("probe", (stage, user) => {
  it("tells what has been tried, quickly", () => {
    const begin = performance.now();
    const printed = spawnSync(stage().binary, ["probe", "--dir", stage().folder], {
      encoding: "utf8",
      uid: user.uid,
      gid: user.uid,
    });
    expect(performance.now() - begin).toBeLessThan(5000);
    const probe = JSON.parse(printed.stdout) as Probe;
    // Containers run here (the other tests of this folder show it), so what they need cannot be refused.
    expect(probe).toMatchObject({
      uid: user.uid,
      userNamespaces: true,
      overlay: true,
      bridge: true,
      veth: true,
      resolverRules: true,
      egress: true,
    });
    expect(probe.cgroup.version).toSatisfy((version: number) => version === 1 || version === 2);
    expect(user.rootless && user.hasIds ? probe.subuids : 1).toBeGreaterThan(0);
  });

  it("tells a folder that it cannot try in from what the kernel refuses", () => {
    const printed = spawnSync(stage().binary, ["probe", "--dir", "/no/such/folder"], {
      encoding: "utf8",
      uid: user.uid,
      gid: user.uid,
    });
    expect(printed).toMatchObject({
      status: 1,
      stdout: "",
      stderr: "slipway-native: /no/such/folder: No such file or directory\n",
    });
  });
});
