import { describe, expect, it } from "vitest";
import type { ContainerConfig } from "../../../src/engine/api-types/container-config.ts";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import type { Directive } from "../../../src/engine/collaborators.ts";
import { execSpecification } from "../../../src/engine/containers/exec-specification.ts";
import { completeHostConfig } from "../../../src/engine/containers/host-config.ts";
import { initialState } from "../../../src/engine/containers/record.ts";
import type { SavedContainer } from "../../../src/engine/containers/record.ts";
import { runSpecification } from "../../../src/engine/containers/specification.ts";
import type { StartParts } from "../../../src/engine/containers/specification.ts";

const NO_CGROUPS = { directories: [], directives: [], devicesGuarded: true };

function saved(hostConfig: HostConfig, config: ContainerConfig = {}): SavedContainer {
  return {
    version: 1,
    id: "0123456789abcdef",
    name: "web",
    created: "",
    imageId: "sha256:1",
    imageRef: "x",
    config: { Cmd: ["serve", "-v"], Hostname: "web-host", ...config },
    hostConfig: completeHostConfig(hostConfig, 2),
    mounts: [],
    state: { ...initialState(), pid: 42 },
    endpoints: {},
    ports: {},
    restartCount: 0,
    manuallyStopped: false,
  };
}

function specification(
  hostConfig: HostConfig,
  config: ContainerConfig = {},
  parts: Partial<StartParts> = {},
): Directive[] {
  return runSpecification(saved(hostConfig, config), {
    folder: "/c",
    anchor: 9,
    rootless: false,
    root: [["mount", "overlay", "overlay", "/", "lowerdir=/l"]],
    mounts: [],
    devices: [],
    cgroups: NO_CGROUPS,
    seccomp: undefined,
    apparmor: undefined,
    namespaces: { pid: "private", net: "private", ipc: "private" },
    network: [],
    linkedEnvironment: [],
    hostname: "web-host",
    ...parts,
  });
}

function named(directives: readonly Directive[], name: string): string[] {
  return directives.filter(([kind]) => kind === name).map(([, ...fields]) => fields.join(" "));
}

function targets(directives: readonly Directive[]): (string | undefined)[] {
  return directives.filter(([kind]) => kind === "mount").map(([, , , target]) => target);
}

function at(target: string): StartParts["mounts"][number] {
  return {
    target,
    directives: [["mount", "bind", "/src", target, ""]],
  };
}

describe("the specification of a container", () => {
  it("begins with the root and the usual file systems", () => {
    expect(targets(specification({}))).toEqual([
      "/",
      "/dev",
      "/proc",
      "/dev/pts",
      "/sys",
      "/sys/fs/cgroup",
      "/dev/mqueue",
      "/dev/shm",
    ]);
    expect(named(specification({}), "mount")).toContain(
      "tmpfs shm /dev/shm nosuid,noexec,nodev,mode=1777,size=67108864",
    );
    expect(named(specification({}), "device")[0]).toBe("/dev/null c 1 3 666");
    expect(named(specification({}), "symlink")).toContain("pts/ptmx /dev/ptmx");
  });

  it("mounts its own afterwards by depth, in the place of the usual", () => {
    const order = targets(specification({}, {}, { mounts: ["/a/b", "/dev/shm", "/a"].map(at) }));
    expect(order.slice(-3)).toEqual(["/a", "/a/b", "/dev/shm"]);
    expect(order.filter((target) => target === "/dev/shm")).toHaveLength(1);
  });

  it("hides and locks paths, unless told otherwise", () => {
    expect(named(specification({}), "mask")).toContain("/proc/kcore");
    expect(named(specification({}), "readonly")).toContain("/proc/sys");
    expect(named(specification({ MaskedPaths: [], ReadonlyPaths: [] }), "mask")).toEqual([]);
    expect(specification({ ReadonlyRootfs: true })).toContainEqual(["readonly-rootfs"]);
  });

  it("runs the command as asked", () => {
    const directives = specification(
      { Init: true, GroupAdd: ["audio"], SecurityOpt: ["no-new-privileges:true"], OomScoreAdj: -5 },
      {
        User: "www:www",
        WorkingDir: "/srv",
        Tty: true,
        OpenStdin: true,
        StdinOnce: true,
        Env: ["TERM", "A=1", "HOSTNAME=x"],
      },
    );
    expect(named(directives, "arg")).toEqual(["serve", "-v"]);
    expect(named(directives, "env")).toEqual([
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "HOSTNAME=x",
      "A=1",
    ]);
    expect(named(directives, "user")).toEqual(["www:www"]);
    expect(named(directives, "group")).toEqual(["audio"]);
    expect(named(directives, "cwd")).toEqual(["/srv"]);
    expect(named(directives, "tty")).toEqual(["24 80"]);
    expect(named(directives, "stdin")).toEqual(["once"]);
    expect(named(directives, "oom-score-adj")).toEqual(["-5"]);
    expect(directives).toContainEqual(["init"]);
    expect(directives).toContainEqual(["no-new-privileges"]);
  });

  it("makes no device nodes where nothing keeps it from the machine's", () => {
    const mknod = "27";
    const unguarded = { ...NO_CGROUPS, devicesGuarded: false };
    expect(named(specification({}), "cap")).toContain(mknod);
    expect(named(specification({}), "cap")).toHaveLength(14);
    expect(named(specification({}, {}, { cgroups: unguarded }), "cap")).not.toContain(mknod);
    expect(named(specification({ CapAdd: ["MKNOD"] }, {}, { cgroups: unguarded }), "cap")).toContain(mknod);
    expect(named(specification({}, {}, { cgroups: unguarded, rootless: true }), "cap")).toContain(mknod);
    expect(named(specification({ Privileged: true }), "cap")).toHaveLength(41);
  });

  it("takes the namespaces it is given", () => {
    const own = specification({ Sysctls: { "net.core.somaxconn": "9" } });
    expect(named(own, "ns")).toEqual([
      "pid private",
      "net private",
      "ipc private",
      "uts private",
      "cgroup private",
    ]);
    expect(named(own, "sysctl")).toEqual([
      "net.ipv4.ping_group_range 0 2147483647",
      "net.ipv4.ip_unprivileged_port_start 0",
      "net.core.somaxconn 9",
    ]);
    const shared = specification(
      { UTSMode: "host", IpcMode: "container:d" },
      {},
      { namespaces: { pid: "host", net: { pid: 7 }, ipc: { pid: 7 } } },
    );
    expect(named(shared, "ns").slice(0, 4)).toEqual([
      "pid host",
      "net /proc/7/ns/net",
      "ipc /proc/7/ns/ipc",
      "uts host",
    ]);
    expect(named(shared, "mount")).toContain("tmpfs shm /dev/shm nosuid,noexec,nodev,shared-with=7:/dev/shm");
    expect(named(shared, "sysctl")).toEqual([]);
    expect(named(shared, "hostname")).toEqual([]);
    expect(targets(specification({ IpcMode: "none" }))).not.toContain("/dev/shm");
  });

  it("binds what a user namespace may not mount anew", () => {
    const rootless = specification({ PidMode: "host", NetworkMode: "host" }, {}, { rootless: true });
    expect(named(rootless, "mount")).toContain("rbind /proc /proc rslave,nosuid,noexec,nodev");
    expect(named(rootless, "mount")).toContain("rbind /sys /sys rslave,nosuid,noexec,nodev,ro");
  });

  it("keeps no log when there is to be none", () => {
    expect(named(specification({ LogConfig: { Type: "none" } }), "log")).toEqual([]);
    expect(named(specification({}), "log")).toEqual(["log"]);
  });
});

describe("the specification of an exec", () => {
  it("joins the container's process and is like it, but for what it asks", () => {
    const container = saved(
      { Ulimits: [{ Name: "nofile", Soft: 1, Hard: -1 }] },
      { User: "www", Env: ["A=1", "B=1"] },
    );
    const directives = execSpecification(container, {
      linkedEnvironment: [],
      body: {
        Cmd: ["ls"],
        Env: ["B=2"],
        Tty: true,
        AttachStdin: true,
        ConsoleSize: [30, 90],
        WorkingDir: "/w",
      },
      folder: "/c",
      anchor: 9,
      rootless: false,
      cgroups: NO_CGROUPS,
      seccomp: undefined,
      apparmor: undefined,
    });
    expect(named(directives, "target")).toEqual(["42"]);
    expect(named(directives, "env").slice(1)).toEqual(["HOSTNAME=web-host", "TERM=xterm", "A=1", "B=2"]);
    expect(named(directives, "tty")).toEqual(["30 90"]);
    expect(named(directives, "stdin")).toEqual(["once"]);
    expect(named(directives, "user")).toEqual(["www"]);
    expect(named(directives, "cwd")).toEqual(["/w"]);
    expect(named(directives, "rlimit")).toEqual(["7 1 -1"]);
    expect(named(directives, "cap")).toHaveLength(14);
  });
});
