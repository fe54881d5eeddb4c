import { describe, expect, it } from "vitest";
import { defaultProfileText } from "../../../src/engine/containers/apparmor-default.ts";
import {
  apparmorProfile,
  lacksDefault,
  profileNames,
  readAppArmor,
} from "../../../src/engine/containers/apparmor.ts";

const profiles = profileNames(
  "docker-default (enforce)\n/usr/bin/man (complain)\nmy profile (unconfined)\n\n",
);
const machine = { enabled: true, profiles };

/** Rules of a profile that let others send signals. */
const senders = (text: string): readonly string[] => text.match(/signal \(receive\) peer="[^"]*"/g) ?? [];

describe("the AppArmor profile of a container", () => {
  it("is Docker's where that is loaded, and none where not", () => {
    expect(apparmorProfile({}, machine)).toBe("docker-default");
    expect(apparmorProfile({ SecurityOpt: ["no-new-privileges"] }, machine)).toBe("docker-default");
    expect(apparmorProfile({}, { enabled: true, profiles: new Set() })).toBeUndefined();
    expect(apparmorProfile({}, { enabled: true, profiles: undefined })).toBeUndefined();
  });

  it("is the one that is asked for", () => {
    const ask = (name: string): string | undefined =>
      apparmorProfile({ SecurityOpt: ["apparmor=unconfined", `apparmor=${name}`] }, machine);
    expect(ask("my profile")).toBe("my profile");
    expect(ask("unconfined")).toBe("unconfined");
    expect(apparmorProfile({ SecurityOpt: ["apparmor:/usr/bin/man"] }, machine)).toBe("/usr/bin/man");
    expect(() => ask("other")).toThrow("apparmor failed to apply profile other: no such file or directory");
    // Where the loaded ones cannot be seen, the kernel is to say.
    const blind = { enabled: true, profiles: undefined };
    expect(apparmorProfile({ SecurityOpt: ["apparmor=other"] }, blind)).toBe("other");
  });

  it("is no limit for a privileged container, unless it asks for one", () => {
    expect(apparmorProfile({ Privileged: true }, machine)).toBe("unconfined");
    const SecurityOpt = ["apparmor=my profile"];
    expect(apparmorProfile({ Privileged: true, SecurityOpt }, machine)).toBe("my profile");
  });

  it("is none where the machine has no AppArmor", () => {
    const without = { enabled: false, profiles: undefined };
    expect(apparmorProfile({ SecurityOpt: ["apparmor=any"] }, without)).toBeUndefined();
    expect(apparmorProfile({ Privileged: true }, without)).toBeUndefined();
  });

  it("is wanting where the default one is meant and known not to be loaded", () => {
    const empty = { enabled: true, profiles: new Set<string>() };
    expect(lacksDefault({}, empty)).toBe(true);
    expect(lacksDefault({ SecurityOpt: ["apparmor=other"] }, empty)).toBe(false);
    expect(lacksDefault({ Privileged: true }, empty)).toBe(false);
    expect(lacksDefault({}, machine)).toBe(false);
    expect(lacksDefault({}, { enabled: true, profiles: undefined })).toBe(false);
  });

  it("by default lets the engine's own processes send signals, whatever those run under", () => {
    expect(senders(defaultProfileText("unconfined"))).toEqual(['signal (receive) peer="unconfined"']);
    expect(senders(defaultProfileText("/usr/bin/an engine"))).toEqual([
      'signal (receive) peer="unconfined"',
      'signal (receive) peer="/usr/bin/an engine"',
    ]);
  });

  it("can be read from this machine", () => {
    const read = readAppArmor();
    expect(typeof read.enabled).toBe("boolean");
    expect(read.enabled || read.profiles === undefined).toBe(true);
  });
});
