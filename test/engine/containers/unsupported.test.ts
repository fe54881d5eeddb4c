import { describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import { unsupportedWarnings, userWarnings } from "../../../src/engine/containers/unsupported.ts";

describe("what has no effect", () => {
  it.each<[HostConfig, string[]]>([
    [{}, []],
    [{ LogConfig: { Type: "json-file", Config: { mode: "non-blocking", "max-buffer-size": "4m" } } }, []],
    [{ SecurityOpt: ["seccomp=unconfined", "label=disable", "no-new-privileges"] }, []],
    [{ SecurityOpt: ["apparmor=own"] }, ["apparmor=own"]],
  ])("of %j", (host, expected) => {
    expect(unsupportedWarnings(host, false)).toEqual(
      expected.map((what) => `${what} is not supported by this engine and has no effect.`),
    );
  });

  it("are ports on the machine's own network", () => {
    const PortBindings = { "80/tcp": [{ HostPort: "8080" }] };
    expect(unsupportedWarnings({ PortBindings, NetworkMode: "host" }, false)).toEqual([
      "Published ports are discarded when using host network mode",
    ]);
    expect(unsupportedWarnings({ PortBindings, NetworkMode: "bridge" }, false)).toEqual([]);
    expect(unsupportedWarnings({ PortBindings: {}, NetworkMode: "host" }, false)).toEqual([]);
  });

  it.each([
    ["nobody", true],
    ["1000:1000", true],
    ["", false],
    ["root", false],
    ["0:0", false],
  ])("is the user %j where there is one id: %j", (user, isWarned) => {
    const warning = `user ${user.split(":", 1)[0]} is not available without subordinate ids: the process runs as root of its user namespace`;
    expect(userWarnings(user, true)).toEqual(isWarned ? [warning] : []);
    expect(userWarnings(user, false)).toEqual([]);
  });

  it("leaves out AppArmor where there is AppArmor", () => {
    expect(unsupportedWarnings({ SecurityOpt: ["apparmor=own"] }, true)).toEqual([]);
    expect(unsupportedWarnings({ SecurityOpt: ["label=type:x"] }, true)).toHaveLength(1);
  });
});
