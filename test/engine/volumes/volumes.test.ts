// Volumes: named and anonymous, kept, mounted, filled and removed, by root and by root of a user namespace.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { VolumesBackend } from "../../../src/engine/backend.ts";
import type { ContainerVolumes, Directive, Native } from "../../../src/engine/collaborators.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { openVolumes } from "../../../src/engine/volumes/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { makeArchive, readTree } from "../../native/archive-trees.ts";
import { makeContext } from "../images/engine-context.ts";

const noSpace = (): Promise<never> => Promise.reject(new EngineError("failed", "no space left on device"));

for (const caller of archiveCallers()) {
  if (caller.unavailable !== undefined)
    console.warn(`volumes as ${caller.name}: skipped, ${caller.unavailable}`);

  describe.skipIf(caller.unavailable !== undefined)(`as ${caller.name}`, () => {
    const { native } = caller;
    let root: string;
    let volumes: VolumesBackend & ContainerVolumes;
    let events: string[];
    let logged: string[];
    const open = async (): Promise<void> => {
      const made = makeContext(root, native);
      ({ events, logged } = made);
      volumes = await openVolumes(made.context);
    };
    /** The engine itself runs as the caller; here it is the test, so its files are handed over. */
    const handOver = (): void => {
      execFileSync("chown", ["-Rh", `${caller.uid}:${caller.uid}`, root]);
    };
    const names = (...filters: [string, string[]][]): string[] =>
      volumes.list(new Map(filters)).Volumes.map(({ Name }) => Name);
    const data = (name: string): string => join(root, "volumes", name, "_data");

    beforeEach(async () => {
      root = caller.folder();
      await open();
    });
    afterEach(() => caller.clean());

    test("a volume is made once, told of, and found again by the next engine", async () => {
      const made = await volumes.create({ Name: "db", Labels: { a: "b" } });
      expect(made).toEqual({
        Name: "db",
        Driver: "local",
        Mountpoint: data("db"),
        CreatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        Labels: { a: "b" },
        Options: {},
        Scope: "local",
      });
      writeFileSync(join(data("db"), "row"), "1");
      expect(await volumes.create({ Name: "db", Labels: { other: "x" }, Driver: "local" })).toEqual(made);
      expect(events).toEqual(["volume create db"]);
      await open();
      expect(volumes.inspect("db")).toEqual(made);
      expect(readFileSync(join(data("db"), "row"), "utf8")).toBe("1");
    });

    test("two who need the same volume at once get one", async () => {
      const both = await Promise.all([volumes.ensure("xx"), volumes.ensure("xx"), volumes.ensure("xx")]);
      expect(both.map(({ created }) => created)).toEqual([true, false, false]);
      expect(events).toEqual(["volume create xx"]);
    });

    test("one without a name is anonymous", async () => {
      const { Name: name } = await volumes.create({});
      expect(name).toMatch(/^[0-9a-f]{64}$/);
      expect(volumes.isAnonymous(name)).toBe(true);
      expect(volumes.inspect(name).Labels).toEqual({ "com.docker.volume.anonymous": "" });
      await volumes.create({ Name: "named" });
      expect(volumes.isAnonymous("named")).toBe(false);
      await open();
      expect(volumes.isAnonymous(name)).toBe(true);
    });

    test.each([
      [{ Name: "x" }, "invalid", "volume name is too short"],
      [{ Name: "../up" }, "invalid", "includes invalid characters for a local volume name"],
      [{ Name: ".hidden" }, "invalid", "includes invalid characters"],
      [{ Name: "a/b" }, "invalid", "If you intended to pass a host directory, use absolute path"],
      [{ Name: "ok", Driver: "nfs4" }, "not-found", 'plugin "nfs4" not found'],
      [
        { Name: "ok", DriverOpts: { size: "1g" } },
        "invalid",
        "create ok: quota size requested but no quota support",
      ],
      [
        { Name: "ok", DriverOpts: { type: "tmpfs" } },
        "invalid",
        'create ok: missing required option: "device"',
      ],
      [{ Name: "ok", DriverOpts: { o: "bind" } }, "invalid", "missing required option"],
    ])("%j is refused", async (body, kind, message) => {
      await expect(volumes.create(body)).rejects.toMatchObject({ kind });
      await expect(volumes.create(body)).rejects.toThrow(message);
      expect(readdirSync(join(root, "volumes"))).toEqual([]);
    });

    test("another driver is missed for the name of a volume that is there too", async () => {
      await volumes.create({ Name: "db" });
      await expect(volumes.create({ Name: "db", Driver: "other" })).rejects.toMatchObject({
        kind: "not-found",
        message: 'create db: error looking up volume plugin other: plugin "other" not found',
      });
    });

    test("removal takes that volume and nothing else", async () => {
      for (const name of ["one", "two"]) await volumes.create({ Name: name });
      writeFileSync(join(data("one"), "f"), "");
      writeFileSync(join(data("two"), "f"), "");
      symlinkSync(data("two"), join(data("one"), "link"));
      handOver();
      volumes.setUsers((name) => (name === "one" ? ["c1", "c2"] : []));
      await expect(volumes.remove("one", true)).rejects.toMatchObject({
        kind: "conflict",
        message: "remove one: volume is in use - [c1, c2]",
      });
      volumes.setUsers(() => []);
      await volumes.remove("one", false);
      expect(readdirSync(join(root, "volumes"))).toEqual(["two"]);
      expect(existsSync(join(data("two"), "f"))).toBe(true);
      expect(() => volumes.inspect("one")).toThrow("get one: no such volume");
      await expect(volumes.remove("one", false)).rejects.toMatchObject({ kind: "not-found" });
      await expect(volumes.remove("one", true)).resolves.toBeUndefined();
      expect(events.at(-1)).toBe("volume destroy one");
    });

    test("a removal that a killed engine had begun is finished, data without its record is left alone", async () => {
      await volumes.create({ Name: "kept" });
      mkdirSync(join(root, "volumes", ".removed-01", "_data"), { recursive: true });
      mkdirSync(join(root, "volumes", "stray", "_data"), { recursive: true });
      handOver();
      await open();
      await expect.poll(() => readdirSync(join(root, "volumes")).toSorted()).toEqual(["kept", "stray"]);
      expect(names()).toEqual(["kept"]);
      expect(logged).toEqual(["volume stray: no readable volume.json; its data is left as it is"]);
    });

    test("prune takes what is anonymous and unused; with `all` also what has a name", async () => {
      const { name } = await volumes.ensure("one", { anonymous: true });
      const used = await volumes.ensure("other", { anonymous: true });
      await volumes.create({ Name: "named", Labels: { keep: "yes" } });
      writeFileSync(join(data(name), "f"), "12345");
      handOver();
      volumes.setUsers((volume) => (volume === used.name ? ["c"] : []));
      expect(await volumes.prune(new Map())).toEqual({ VolumesDeleted: [name], SpaceReclaimed: 5 });
      const all: [string, string[]] = ["all", ["true"]];
      expect((await volumes.prune(new Map([all, ["label!", ["keep"]]]))).VolumesDeleted).toEqual([]);
      expect((await volumes.prune(new Map([all]))).VolumesDeleted).toEqual(["named"]);
      expect(names()).toEqual([used.name]);
      await expect(volumes.prune(new Map([["bogus", []]]))).rejects.toThrow("invalid filter 'bogus'");
    });

    test("lists can be filtered", async () => {
      await volumes.create({ Name: "app_db", Labels: { project: "app", tier: "data" } });
      await volumes.create({ Name: "web", Labels: { project: "web" } });
      volumes.setUsers((name) => (name === "web" ? ["c"] : []));
      expect(names()).toEqual(["app_db", "web"]);
      expect(names(["name", ["db"]])).toEqual(["app_db"]);
      expect(names(["name", ["^we"]])).toEqual(["web"]);
      expect(names(["name", ["("]])).toEqual([]);
      expect(names(["label", ["project=app", "tier"]])).toEqual(["app_db"]);
      expect(names(["dangling", ["1"]])).toEqual(["app_db"]);
      expect(names(["dangling", ["false"]])).toEqual(["web"]);
      expect(names(["driver", ["local"]])).toHaveLength(2);
      expect(names(["driver", ["other"]])).toEqual([]);
      expect(() => names(["dangling", ["perhaps"]])).toThrow("invalid filter 'dangling=[perhaps]'");
    });

    test("mounts are what the options ask for", async () => {
      const folder = caller.folder();
      await volumes.create({ Name: "plain" });
      await volumes.create({
        Name: "memory",
        DriverOpts: { type: "tmpfs", device: "tmpfs", o: "size=1m,uid=5" },
      });
      await volumes.create({ Name: "bound", DriverOpts: { type: "none", device: folder, o: "bind,noexec" } });
      await volumes.create({ Name: "lost", DriverOpts: { type: "none", device: "/no/such", o: "rbind" } });
      const mount = (name: string, readOnly = false): Promise<Directive[]> =>
        volumes.mount(name, "/t", { readOnly });
      expect(await mount("plain")).toEqual([["mount", "bind", data("plain"), "/t", "rprivate"]]);
      expect(await mount("plain", true)).toEqual([["mount", "bind", data("plain"), "/t", "rprivate,ro"]]);
      expect(await mount("memory", true)).toEqual([["mount", "tmpfs", "tmpfs", "/t", "size=1m,uid=5,ro"]]);
      expect(await mount("bound")).toEqual([["mount", "bind", folder, "/t", "rprivate,noexec"]]);
      await expect(mount("lost")).rejects.toThrow(
        "failed to mount local volume: mount /no/such:/t: no such file or directory",
      );
      await expect(mount("none")).rejects.toThrow("get none: no such volume");
      const part = { readOnly: false, subpath: "a,b\\c" };
      expect((await volumes.mount("plain", "/t", part))[0]?.[4]).toBe("rprivate,subpath=a\\,b\\\\c");
      const shared = await volumes.mount("memory", "/t", { readOnly: false, sharedWith: "7:/there" });
      expect(shared[0]?.[4]).toBe("size=1m,uid=5,shared-with=7:/there");
      expect(["plain", "memory", "bound"].map((name) => volumes.hasOwnFileSystem(name))).toEqual([
        false,
        true,
        false,
      ]);
    });

    test("a server is named by its address, as the kernel wants it", async () => {
      const DriverOpts = { type: "nfs", device: ":/exported", o: "addr=localhost,ro" };
      await volumes.create({ Name: "served", DriverOpts });
      const [directive] = await volumes.mount("served", "/t", { readOnly: false });
      expect(directive?.slice(0, 4)).toEqual(["mount", "nfs", ":/exported", "/t"]);
      expect(directive?.[4]).toMatch(/^addr=(127\.0\.0\.1|::1),ro$/);
      await volumes.create({ Name: "far", DriverOpts: { ...DriverOpts, o: "addr=no-such-host.invalid" } });
      await expect(volumes.mount("far", "/t", { readOnly: false })).rejects.toThrow(
        "failed to mount local volume: error resolving passed in network volume address",
      );
    });

    test("a new volume is filled from the image once, and only while it is empty", async () => {
      const layer = caller.folder();
      const entries = [
        { name: "data/", type: "directory" as const, mode: 0o700, uid: 3 },
        { name: "data/f", contents: "x" },
      ];
      await native.call(["untar", "--root", layer, "--layer", "/"], { input: await makeArchive(entries) });
      for (const name of ["up", "work"]) mkdirSync(join(root, name));
      await volumes.create({ Name: "vol" });
      handOver();
      const options = `lowerdir=${layer},upperdir=${root}/up,workdir=${root}/work,volatile`;
      const mounts: Directive[] = [
        ["mount", "overlay", "overlay", "/", options + (caller.rootless ? ",userxattr" : "")],
      ];
      await volumes.populate("vol", "/data", mounts);
      expect(readTree(data("vol"))).toEqual(readTree(join(layer, "data")));
      writeFileSync(join(data("vol"), "f"), "changed");
      await volumes.populate("vol", "/data", mounts);
      expect(readFileSync(join(data("vol"), "f"), "utf8")).toBe("changed");
    });

    test("a volume that two would fill at once is filled by one of them", async () => {
      const layer = caller.folder();
      const entries = Array.from({ length: 50 }, (_, index) => ({ name: `data/${index}`, contents: "x" }));
      await native.call(["untar", "--root", layer, "--layer", "/"], {
        input: await makeArchive([{ name: "data/", type: "directory" as const }, ...entries]),
      });
      await volumes.create({ Name: "vol" });
      handOver();
      const fill = (name: string): Promise<void> => {
        for (const kind of ["up", "work"]) mkdirSync(join(root, kind + name));
        handOver();
        const options = `lowerdir=${layer},upperdir=${root}/up${name},workdir=${root}/work${name},volatile`;
        return volumes.populate("vol", "/data", [
          ["mount", "overlay", "overlay", "/", options + (caller.rootless ? ",userxattr" : "")],
        ]);
      };
      await Promise.all(["a", "b", "c"].map(fill));
      expect(readdirSync(data("vol"))).toHaveLength(50);
    });

    /** What a native side does that is stopped when it has copied a part, by its own failure or with the engine. */
    const stopped = (folder: string, goOn: () => Promise<never>): Native => ({
      ...native,
      rootless: native.rootless,
      call: async (args) => {
        if (args[0] !== "populate") return native.call(args);
        mkdirSync(join(folder, "half"), { recursive: true });
        handOver();
        return goOn();
      },
    });

    test("a volume that could not be filled to the end is empty again", async () => {
      const device = join(root, "device");
      mkdirSync(device);
      await volumes.create({ Name: "vol" });
      await volumes.create({ Name: "bound", DriverOpts: { type: "none", device, o: "bind" } });
      handOver();
      const part = join(root, "volumes/vol/filled.part");
      for (const [name, folder] of [
        ["vol", part],
        ["bound", join(device, ".slipway-filled.part")],
      ] as const) {
        const again = await openVolumes(makeContext(root, stopped(folder, noSpace)).context);
        await expect(again.populate(name, "/data", [])).rejects.toThrow("no space left on device");
      }
      expect(readdirSync(data("vol"))).toEqual([]);
      expect(existsSync(part)).toBe(false);
      expect(readdirSync(device)).toEqual([]);
    });

    /** An image's `/data` with 20 files, as the mounts of a root. */
    const imageWithData = async (): Promise<Directive[]> => {
      const layer = caller.folder();
      const entries = Array.from({ length: 20 }, (_, index) => ({
        name: `data/${index}`,
        contents: "image",
      }));
      await native.call(["untar", "--root", layer, "--layer", "/"], {
        input: await makeArchive([{ name: "data/", type: "directory" as const, mode: 0o750 }, ...entries]),
      });
      for (const kind of ["up", "work"]) mkdirSync(join(root, kind));
      handOver();
      const options = `lowerdir=${layer},upperdir=${root}/up,workdir=${root}/work,volatile`;
      return [["mount", "overlay", "overlay", "/", options + (caller.rootless ? ",userxattr" : "")]];
    };

    test("a folder that is not to be written to is not filled", async () => {
      const mounts = await imageWithData();
      const device = caller.folder();
      await volumes.create({ Name: "bound", DriverOpts: { type: "none", device, o: "bind,ro" } });
      await volumes.populate("bound", "/data", mounts);
      expect(readdirSync(device)).toEqual([]);
    });

    test("a folder that two volumes stand for is filled once", async () => {
      const device = caller.folder();
      const names = ["one", "two"];
      for (const Name of names)
        await volumes.create({ Name, DriverOpts: { type: "none", device, o: "bind" } });
      const mounts = await imageWithData();
      await Promise.all(names.map((name) => volumes.populate(name, "/data", mounts)));
      expect(readdirSync(device)).toHaveLength(20);
    });

    test("a volume whose engine was killed while it was copied is empty, and filled by the next", async () => {
      const mounts = await imageWithData();
      await volumes.create({ Name: "vol" });
      handOver();
      const killed = await new Promise<string>((resolve) => {
        const dying = (): Promise<never> => {
          resolve("killed");
          return new Promise<never>(() => {});
        };
        const folder = join(root, "volumes/vol/filled.part");
        void openVolumes(makeContext(root, stopped(folder, dying)).context).then((engine) =>
          engine.populate("vol", "/data", mounts),
        );
      });
      expect(killed).toBe("killed");
      await open();
      expect(readdirSync(data("vol"))).toEqual([]);
      await volumes.populate("vol", "/data", mounts);
      expect(readdirSync(data("vol"))).toHaveLength(20);
      expect(readdirSync(join(root, "volumes/vol")).toSorted()).toEqual(["_data", "volume.json"]);
    });

    test("a volume whose engine was killed while it was moved into place is whole for the next, what users wrote included", async () => {
      const mounts = await imageWithData();
      await volumes.create({ Name: "model" });
      await volumes.create({ Name: "vol" });
      handOver();
      await volumes.populate("model", "/data", mounts);
      const whole = readTree(data("model"));
      const copy = join(root, "volumes/vol/filled/contents");
      mkdirSync(dirname(copy));
      renameSync(data("model"), copy);
      for (const name of ["0", "1", "2"]) {
        renameSync(join(copy, name), join(data("vol"), name));
      }
      writeFileSync(join(data("vol"), "0"), "a user's");
      writeFileSync(join(data("vol"), "7"), "a user's");
      handOver();
      await open();
      expect(Object.keys(readTree(data("vol")))).toEqual(Object.keys(whole));
      expect(statSync(data("vol")).mode & 0o777).toBe(0o750);
      const contents = ["0", "1", "7", "19"].map((name) => readFileSync(join(data("vol"), name), "utf8"));
      expect(contents).toEqual(["a user's", "image", "a user's", "image"]);
      expect(readdirSync(join(root, "volumes/vol")).toSorted()).toEqual(["_data", "volume.json"]);
      expect(logged).toEqual([]);
    });
  });
}
