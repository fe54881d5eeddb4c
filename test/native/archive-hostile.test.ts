// Archives made to leave their folder, and archives that are damaged: refused with the reason, or harmless; never outside.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { archiveCallers } from "./archive-callers.ts";
import { makeArchive, readTree } from "./archive-trees.ts";
import type { ArchiveEntry } from "./archive-trees.ts";

for (const caller of archiveCallers()) {
  if (caller.unavailable !== undefined)
    console.warn(`hostile archives as ${caller.name}: skipped, ${caller.unavailable}`);

  describe.skipIf(caller.unavailable !== undefined)(`as ${caller.name}`, () => {
    const { native } = caller;
    /** What no archive may touch; everyone may write there, so that only the unpacker stands in the way. */
    let outside: string;
    let root: string;
    beforeEach(() => {
      outside = caller.folder();
      root = caller.folder();
      writeFileSync(join(outside, "victim"), "untouched", { mode: 0o666 });
    });
    afterEach(async () => {
      assert.deepEqual(
        readTree(outside).map(({ path }) => path),
        [".", "victim"],
      );
      assert.equal(readFileSync(join(outside, "victim"), "utf8"), "untouched");
      assert.equal(lstatSync(join(outside, "victim")).nlink, 1);
      await caller.clean();
    });
    const untar = (input: Buffer): Promise<Buffer> => native.call(["untar", "--root", root, "/"], { input });
    const unpack = async (entries: readonly ArchiveEntry[], ...options: string[]): Promise<string> => {
      const input = await makeArchive(entries);
      return (await native.call(["untar", "--root", root, ...options, "/"], { input })).toString();
    };

    test.each(["../x", "a/../../x", "/../x", "..", "a/b/../../../x"])(
      "the name %s is refused",
      async (name) => {
        await expect(unpack([{ name, contents: "x" }])).rejects.toThrow(
          `${name}: leads out of the folder it is to be unpacked in`,
        );
        expect(existsSync(join(root, "..", "x"))).toBe(false);
      },
    );

    test("a name that leaves the folder of the call is refused, though it stays in the root", async () => {
      mkdirSync(join(root, "app"));
      const input = await makeArchive([{ name: "../x", contents: "x" }]);
      await expect(native.call(["untar", "--root", root, "/app"], { input })).rejects.toThrow(
        "leads out of the folder",
      );
      expect(existsSync(join(root, "x"))).toBe(false);
    });

    test("an absolute name is one of the root", async () => {
      await unpack([{ name: `${outside}/planted`, contents: "x" }]);
      expect(existsSync(join(root, outside, "planted"))).toBe(true);
    });

    test("nothing is written through a symbolic link out of the root", async () => {
      await unpack([
        { name: "absolute", type: "symlink", linkname: outside },
        { name: "absolute/planted", contents: "x" },
        { name: "relative", type: "symlink", linkname: `../${basename(outside)}` },
        { name: "relative/planted", contents: "x" },
        { name: "top", type: "symlink", linkname: "/" },
        { name: "top/planted", contents: "x" },
      ]);
      expect(readFileSync(join(root, "planted"), "utf8")).toBe("x");
      expect(existsSync(join(root, outside, "planted"))).toBe(true);
    });

    test("a file replaces a link of its name, and does not go through it", async () => {
      await unpack([
        { name: "victim", type: "symlink", linkname: `${outside}/victim` },
        { name: "victim", contents: "x" },
        { name: "folder", type: "symlink", linkname: outside },
        { name: "folder", contents: "x" },
      ]);
      expect(lstatSync(join(root, "victim")).isFile()).toBe(true);
      expect(lstatSync(join(root, "folder")).isFile()).toBe(true);
    });

    test("in a layer a folder replaces a link, modes and times included", async () => {
      const before = lstatSync(outside);
      await unpack(
        [
          { name: "d", type: "symlink", linkname: outside },
          { name: "d/", type: "directory", mode: 0o777, mtime: new Date(0) },
          { name: "d/planted", contents: "x" },
        ],
        "--layer",
      );
      expect(lstatSync(join(root, "d")).isDirectory()).toBe(true);
      expect(lstatSync(outside)).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs });
    });

    test("a hard link to a file outside is refused or finds nothing", async () => {
      const up = "../".repeat(20);
      await expect(
        unpack([{ name: "l", type: "link", linkname: `${up}${outside.slice(1)}/victim` }]),
      ).rejects.toThrow("outside of the folder");
      await expect(unpack([{ name: "l", type: "link", linkname: `${outside}/victim` }])).rejects.toThrow(
        `a hard link to ${outside}/victim: No such file or directory`,
      );
      await expect(
        unpack([
          { name: "s", type: "symlink", linkname: outside },
          { name: "l", type: "link", linkname: "s/victim" },
        ]),
      ).rejects.toThrow("No such file or directory");
    });

    test("a hard link to a symbolic link is one more name of the link", async () => {
      await unpack([
        { name: "s", type: "symlink", linkname: `${outside}/victim` },
        { name: "l", type: "link", linkname: "s" },
        { name: "l", contents: "x" },
      ]);
      expect(lstatSync(join(root, "l")).isFile()).toBe(true);
    });

    test("whiteouts hide names of their own folder only", async () => {
      for (const name of [".wh.", ".wh..", ".wh..."]) {
        await expect(unpack([{ name, contents: "" }], "--layer")).rejects.toThrow("a whiteout of nothing");
      }
      await unpack(
        [
          { name: "s", type: "symlink", linkname: outside },
          { name: "s/.wh.victim", contents: "" },
          { name: "s/.wh..wh..opq", contents: "" },
        ],
        "--layer",
      );
    });

    test("tar, stat and populate do not look outside either", async () => {
      symlinkSync(outside, join(root, "link"));
      symlinkSync(`../../../..${outside}`, join(root, "relative"));
      for (const path of ["/link/victim", "/relative/victim", `/..${outside}/victim`, "/link/."]) {
        await expect(native.call(["stat", "--root", root, path])).rejects.toThrow(
          "No such file or directory",
        );
        await expect(native.call(["tar", "--root", root, path])).rejects.toThrow("No such file or directory");
      }
      const volume = caller.folder();
      await native.call(["populate", "--root", root, "/link", volume, join(volume, "aside")]);
      expect(readTree(volume)).toHaveLength(1);
    });

    const device: ArchiveEntry = {
      name: "dev/mem",
      type: "character-device",
      devmajor: 1,
      devminor: 1,
      mode: 0o600,
    };

    test.runIf(!caller.rootless)("root makes devices", async () => {
      await unpack([device]);
      expect(lstatSync(join(root, "dev/mem"))).toMatchObject({ rdev: 0x101, mode: 0o20600 });
    });

    test.runIf(caller.rootless)("nobody else makes devices", async () => {
      await expect(unpack([device])).rejects.toThrow(
        "dev/mem: a device, which no user namespace may make: Operation not permitted",
      );
      // Images carry devices that containers never see: the engine mounts its own /dev over them.
      await unpack([device], "--layer");
      expect(existsSync(join(root, "dev/mem"))).toBe(false);
    });

    const stranger = { name: "f", contents: "", uid: 200_000, gid: 5 };

    test.runIf(caller.rootless && caller.hasOwners)("an owner that cannot be is an error", async () => {
      await expect(unpack([stranger])).rejects.toThrow(
        "f: owner 200000:5 is not among the ids of this user namespace",
      );
    });

    test.runIf(!caller.rootless || !caller.hasOwners)(
      "any owner is taken where all or only one can be",
      async () => {
        await unpack([stranger]);
        expect(lstatSync(join(root, "f")).uid).toBe(caller.rootless ? caller.uid : 200_000);
      },
    );

    test("with --no-owner everything is root's", async () => {
      await unpack([stranger], "--no-owner");
      expect(lstatSync(join(root, "f")).uid).toBe(caller.uid);
    });

    test("damage is told with its place", async () => {
      const good = await makeArchive([{ name: "f", contents: "x".repeat(1000), pax: { comment: "c" } }]);
      const changed = (at: number, bytes: Buffer | string): Buffer => {
        const copy = Buffer.from(good);
        copy.set(Buffer.from(bytes), at);
        return copy;
      };
      await untar(Buffer.alloc(0)); // holds nothing, and that in full
      await expect(untar(Buffer.from("no archive at all"))).rejects.toThrow(
        "ends in the middle of an entry at byte 17",
      );
      await expect(untar(Buffer.alloc(2048, "text"))).rejects.toThrow("a header that is not one at byte 512");
      await expect(untar(good.subarray(0, 1200))).rejects.toThrow(
        "ends in the middle of an entry at byte 1200",
      );
      await expect(untar(good.subarray(0, 2000))).rejects.toThrow(
        "ends in the middle of an entry at byte 2000",
      );
      await expect(untar(changed(1024, "g"))).rejects.toThrow("a header with a wrong checksum at byte 1536");
      await expect(untar(changed(512, "99"))).rejects.toThrow("a damaged pax header");
      await expect(untar(changed(512, "-5"))).rejects.toThrow("a damaged pax header");
    });

    // Rootless mounts are made for one call alone: there is none to meet.
    test.runIf(!caller.rootless)("rm stops at a mount", async () => {
      const place = join(root, "d", "mnt");
      mkdirSync(place, { recursive: true });
      execFileSync("/bin/mount", ["--bind", outside, place]);
      try {
        await expect(native.call(["rm", join(root, "d")])).rejects.toThrow("mnt: something is mounted there");
        await expect(native.call(["rm", place])).rejects.toThrow("something is mounted there");
      } finally {
        execFileSync("/bin/umount", [place]);
      }
    });
  });
}
