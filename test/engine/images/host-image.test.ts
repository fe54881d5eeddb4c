// slipway/host: that the machine's programs run in it, and that nothing of the machine's or anybody's data is in it.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Directive } from "../../../src/engine/collaborators.ts";
import { hostImageConfig } from "../../../src/engine/images/host-image.ts";
import { ensureHostSkeleton, type HostMachine } from "../../../src/engine/images/host-skeleton.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { readHeaders } from "../../native/archive-trees.ts";
import { makeContext } from "./engine-context.ts";

const bootId = "a boot";
const options = (mounts: readonly Directive[]): string[] =>
  mounts.flatMap(([kind, ...fields]) => [`--${kind}`, ...fields]);

test("its id says nothing of the machine and does not change by itself", () => {
  expect(hostImageConfig()).toEqual(hostImageConfig());
  expect(hostImageConfig().id).toMatch(/^sha256:[0-9a-f]{64}$/);
});

for (const caller of archiveCallers()) {
  if (caller.unavailable !== undefined)
    console.warn(`slipway/host as ${caller.name}: skipped, ${caller.unavailable}`);

  describe.skipIf(caller.unavailable !== undefined)(`as ${caller.name}`, () => {
    const { native } = caller;
    afterEach(() => caller.clean());

    /** The engine itself runs as the caller; here it is the test, so its files are handed over. */
    const handOver = (folder: string): void => {
      execFileSync("chown", ["-Rh", `${caller.uid}:${caller.uid}`, folder]);
    };
    const mountRoot = async (root: string, machine?: HostMachine): Promise<Directive[]> => {
      const images = await openImages(makeContext(root, native).context, machine);
      const { id } = images.resolve("slipway/host");
      const mounts = await images.mountRoot(id, join(root, "container"));
      handOver(root);
      return mounts;
    };
    const archive = async (mounts: readonly Directive[], path: string): Promise<Buffer> =>
      native.call(["tar", ...options(mounts), path]);

    test("programs, libraries and settings are there", async () => {
      const mounts = await mountRoot(caller.folder());
      const shell = await native.call(["stat", ...options(mounts), "/bin/sh/../sh"]).catch(() => undefined);
      expect(shell).toBeUndefined(); // a shell is no folder
      expect(
        JSON.parse((await native.call(["stat", ...options(mounts), "/bin/sh"])).toString()),
      ).toMatchObject({
        name: "sh",
      });
      const root = JSON.parse((await native.call(["stat", ...options(mounts), "/root"])).toString()) as {
        mode: number;
      };
      expect(root.mode).toBe(2 ** 31 + 0o700);
      const tmp = JSON.parse((await native.call(["stat", ...options(mounts), "/tmp"])).toString()) as {
        mode: number;
      };
      expect(tmp.mode).toBe(2 ** 31 + 2 ** 20 + 0o777);
      const settings = [...(await readHeaders(await archive(mounts, "/etc"))).keys()];
      expect(settings).toEqual(
        expect.arrayContaining(["etc/passwd", "etc/group", "etc/nsswitch.conf", "etc/mtab"]),
      );
    });

    test("the node that runs the engine is in it, wherever it is installed", async () => {
      const folder = caller.folder();
      const nodePath = join(folder, "versions", "node");
      mkdirSync(join(folder, "versions"));
      writeFileSync(nodePath, "this is node", { mode: 0o755 });
      chmodSync(folder, 0o755);
      const mounts = await mountRoot(join(folder, "state"), { rootPath: "/", nodePath, bootId });
      expect(mounts.at(-1)).toEqual(["mount", "bind", nodePath, "/opt/slipway/node/bin/node", "ro"]);
      const packed = await archive(mounts, "/opt/slipway/node/bin/node");
      expect(packed.includes("this is node")).toBe(true);
      // In one of the machine's own folders it needs no mount.
      const other = await mountRoot(caller.folder(), { rootPath: "/", nodePath: "/usr/bin/env", bootId });
      expect(other.filter(([, type]) => type === "bind")).toEqual([]);
      const link = await native.call(["stat", ...options(other), "/opt/slipway/node/bin/node"]);
      expect(JSON.parse(link.toString())).toMatchObject({ linkTarget: "/usr/bin/env" });
    });

    test("nothing of the machine's or anybody's data is in it", async () => {
      const mounts = await mountRoot(caller.folder());
      for (const path of [
        "/home",
        "/root",
        "/srv",
        "/mnt",
        "/media",
        "/tmp",
        "/var/lib",
        "/var/log",
        "/run",
      ]) {
        const name = path.slice(path.lastIndexOf("/") + 1);
        const below = [...(await readHeaders(await archive(mounts, path))).keys()];
        expect(below.filter((entry) => entry !== `${name}/` && entry !== "run/lock/")).toEqual([]);
      }
      for (const path of [
        "/etc/shadow",
        "/etc/gshadow",
        "/etc/ssh",
        "/etc/machine-id",
        "/etc/ssl/private",
        "/etc/sudoers",
      ]) {
        await expect(native.call(["stat", ...options(mounts), path])).rejects.toThrow(
          "No such file or directory",
        );
      }
      const people = readFileSync("/etc/passwd", "utf8")
        .split("\n")
        .filter((line) => Number(line.split(":")[2]) >= 1000 && !line.startsWith("nobody:"));
      const settings = await archive(mounts, "/etc/.");
      for (const person of people) expect(settings.includes(`\n${person.split(":")[0]}:`)).toBe(false);
      expect(settings.includes("PRIVATE KEY-----")).toBe(false);
    });

    test("what is written goes above, also into /usr/local, and the machine's is left as it is", async () => {
      const root = caller.folder();
      const mounts = await mountRoot(root);
      const input = execFileSync("tar", ["-c", "--owner=0", "--group=0", "-C", "/etc", "hostname"]);
      for (const path of ["/usr/local/bin", "/etc", "/var/lib", "/opt"]) {
        await native.call(["untar", ...options(mounts), path], { input });
      }
      expect(readdirSync(join(root, "container/usr-upper/local/bin"))).toEqual(["hostname"]);
      expect(readdirSync("/usr/local/bin")).not.toContain("hostname");
      await expect(
        native.call(["stat", ...options(mounts), "/usr/local/bin/hostname"]),
      ).resolves.toBeDefined();
    });
  });
}

describe("the skeleton", () => {
  const caller = archiveCallers()[0];
  if (caller === undefined) throw new Error("root is always among the callers");
  afterEach(() => caller.clean());

  const open = async (root: string, rootPath: string): Promise<{ mounts: () => Promise<Directive[]> }> => {
    const images = await openImages(makeContext(root, caller.native).context, {
      rootPath,
      nodePath: "/usr/bin/node",
      bootId,
    });
    return { mounts: () => images.mountRoot(images.resolve("slipway/host").id, join(root, "c")) };
  };

  test("has system accounts without people, passwords and comments, and public settings only", async () => {
    const [root, rootPath] = [caller.folder(), caller.folder()];
    makeMachine(rootPath);
    const mounts = await (await open(root, rootPath)).mounts();
    expect(mounts.map(([, type, , target]) => `${type} ${target}`)).toEqual([
      "overlay /",
      "overlay /usr",
      "overlay /bin",
    ]);
    const lower = /lowerdir=([^,:]+)/.exec(mounts[0]?.[4] ?? "")?.[1] ?? "";
    const read = (name: string): string => readFileSync(join(lower, "etc", name), "utf8");
    expect(read("passwd")).toBe("root:x:0:0:root:/root:/bin/sh\ndb:x:105:110::/var/lib/db:/bin/false\n");
    expect(read("group")).toBe("root:x:0:\nadm:x:4:db\ndb:x:110:\n");
    expect(read("services")).toBe("http 80/tcp\n");
    const names = [
      "alternatives",
      "group",
      "hostname",
      "hosts",
      "mtab",
      "nsswitch.conf",
      "passwd",
      "resolv.conf",
    ];
    expect(readdirSync(join(lower, "etc")).toSorted()).toEqual([...names, "services", "ssl"]);
    expect(readdirSync(join(lower, "etc/ssl"))).toEqual(["certs"]);
    expect(readdirSync(join(lower, "etc/ssl/certs"))).toEqual(["ca.pem"]);
    expect(readdirSync(join(lower, "home"))).toEqual([]);
  });

  test("is made anew when the machine changes, and only then; the old one goes when nothing runs on it", async () => {
    const [root, rootPath] = [caller.folder(), caller.folder()];
    makeMachine(rootPath);
    const images = await openImages(makeContext(root, caller.native).context, {
      rootPath,
      nodePath: "/usr/bin/node",
      bootId,
    });
    const { id } = images.resolve("slipway/host");
    const skeletons = (): string[] => readdirSync(join(root, "host-image"));
    await images.mountRoot(id, join(root, "c"));
    const [first] = skeletons();
    await images.mountRoot(id, join(root, "c"));
    expect(skeletons()).toEqual([first]);
    let running = true;
    images.setUsers(() => [{ id: "c", running }]);
    writeFileSync(join(rootPath, "etc/services"), "http 80/tcp\nhttps 443/tcp\n");
    await images.mountRoot(id, join(root, "c"));
    expect(skeletons()).toHaveLength(2);
    running = false;
    await images.mountRoot(id, join(root, "c"));
    expect(skeletons()).toHaveLength(1);
    expect(skeletons()).not.toEqual([first]);
  });
});

test("a skeleton of before the machine's last start is not trusted: a power failure may have torn it", async () => {
  const caller = archiveCallers()[0];
  const [parent, rootPath] = [caller?.folder() ?? "", caller?.folder() ?? ""];
  try {
    makeMachine(rootPath);
    const machine = { rootPath, nodePath: "/usr/bin/node", bootId: "before" };
    const torn = join(ensureHostSkeleton(parent, machine).root, "etc/passwd");
    writeFileSync(torn, "");
    expect(join(ensureHostSkeleton(parent, machine).root, "etc/passwd")).toBe(torn);
    const whole = join(ensureHostSkeleton(parent, { ...machine, bootId: "after" }).root, "etc/passwd");
    expect(readFileSync(whole, "utf8")).toContain("root:x:0:0");
  } finally {
    await caller?.clean();
  }
});

/** A machine whose /bin is a folder of its own, with things in its /etc that are nobody else's business. */
function makeMachine(rootPath: string): void {
  for (const name of [
    "usr/bin",
    "usr/lib64",
    "bin",
    "etc/ssl/certs",
    "etc/ssl/private",
    "etc/alternatives",
    "home/ann",
  ]) {
    mkdirSync(join(rootPath, name), { recursive: true });
  }
  symlinkSync("usr/lib64", join(rootPath, "lib64"));
  const accounts =
    "root:$6$hash:0:0:Ann, +49 123:/root:/home/ann/fish\nann:x:1000:1000:Ann:/home/ann:/bin/sh\n";
  writeFileSync(join(rootPath, "etc/passwd"), `${accounts}db:x:105:110:Store:/var/lib/db:/bin/false\n`);
  writeFileSync(join(rootPath, "etc/group"), "root:x:0:\nadm:secret:4:ann,db\ndb:x:110:ann\nann:x:1000:\n");
  writeFileSync(join(rootPath, "etc/services"), "http 80/tcp\n");
  writeFileSync(join(rootPath, "etc/protocols"), "not for all\n", { mode: 0o600 });
  writeFileSync(join(rootPath, "etc/ssl/certs/ca.pem"), "-----BEGIN CERTIFICATE-----\n");
  writeFileSync(join(rootPath, "etc/ssl/certs/mine.pem"), "-----BEGIN PRIVATE KEY-----\n");
  symlinkSync("/usr/bin/vi", join(rootPath, "etc/alternatives/editor"));
}
