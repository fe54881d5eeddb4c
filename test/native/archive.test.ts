// What `untar`, `tar`, `stat`, `populate` and `rm` do with honest trees.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
} from "node:fs";
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { archiveCallers } from "./archive-callers.ts";
import type { ArchiveCaller } from "./archive-callers.ts";
import { makeArchive, readHeaders, readTree } from "./archive-trees.ts";
import type { ArchiveEntry } from "./archive-trees.ts";

for (const caller of archiveCallers()) {
  if (caller.unavailable !== undefined)
    console.warn(`archives as ${caller.name}: skipped, ${caller.unavailable}`);

  describe.skipIf(caller.unavailable !== undefined)(`as ${caller.name}`, () => {
    const { native } = caller;
    afterEach(() => caller.clean());
    const untar = (root: string, archive: Buffer, ...options: string[]): Promise<Buffer> =>
      native.call(["untar", "--root", root, ...options, "/"], { input: archive });
    const stat = async (root: string, path: string): Promise<Record<string, unknown>> =>
      JSON.parse((await native.call(["stat", "--root", root, path])).toString()) as Record<string, unknown>;

    test("a generated tree is the same after tar, untar, tar", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(entryArbitrary(caller.hasOwners), { maxLength: 20 }), async (generated) => {
          const [first, second] = [caller.folder(), caller.folder()];
          const archive = await makeArchive([
            { name: "./", type: "directory", mode: 0o755 },
            ...withParents(generated),
          ]);
          await untar(first, archive, "--layer");
          const packed = await native.call(["tar", "--root", first, "/."]);
          await untar(second, packed, "--layer");
          expect(readTree(second)).toEqual(readTree(first));
          expect(await native.call(["tar", "--root", second, "/."])).toEqual(packed);
        }),
        { numRuns: 25 },
      );
    });

    test("files, links, modes, times and owners are those of the archive", async () => {
      const root = caller.folder();
      const mtime = new Date(1_600_000_000_123);
      const printed = await untar(
        root,
        await makeArchive([
          { name: "etc", type: "directory", mode: 0o750, mtime, uid: 3, gid: 4 },
          {
            name: "etc/tool",
            contents: "hello",
            mode: 0o4755,
            uid: 1,
            gid: 2,
            pax: { mtime: "1600000000.123456789" },
          },
          { name: "etc/again", type: "link", linkname: "etc/tool" },
          { name: "etc/soft", type: "symlink", linkname: "/etc/tool", mtime },
          { name: "etc/pipe", type: "fifo", mode: 0o620 },
        ]),
      );
      expect(printed.toString()).toBe("5 0\n");
      const tool = lstatSync(join(root, "etc/tool"), { bigint: true });
      expect(readFileSync(join(root, "etc/tool"), "utf8")).toBe("hello");
      expect(Number(tool.mode & 0o7777n).toString(8)).toBe("4755");
      expect(tool.mtimeNs).toBe(1_600_000_000_123_456_789n);
      expect(lstatSync(join(root, "etc/again")).ino).toBe(Number(tool.ino));
      expect((lstatSync(join(root, "etc/pipe")).mode & 0o170777).toString(8)).toBe("10620");
      expect(lstatSync(join(root, "etc")).mtimeMs).toBe(Math.floor(mtime.getTime() / 1000) * 1000);
      const packed = execFileSync("tar", ["--numeric-owner", "-tv"], {
        input: await native.call(["tar", "--root", root, "/etc"]),
        encoding: "utf8",
      });
      const owner = caller.hasOwners ? "1/2" : "0/0";
      expect(packed).toMatch(new RegExp(`^-rwsr-xr-x ${owner} +5 .* etc/again$`, "m"));
      expect(packed).toMatch(/ etc\/soft -> \/etc\/tool$/m);
      expect(packed).toMatch(/ etc\/tool link to etc\/again$/m);
    });

    test("long names, long links and what GNU tar writes are understood", async () => {
      const [source, root] = [caller.folder(), caller.folder()];
      const long = "n".repeat(200);
      mkdirSync(join(source, long, long), { recursive: true });
      writeFileSync(join(source, long, long, "file"), "x");
      symlinkSync(join(long, long), join(source, "link"));
      utimesSync(join(source, long, long, "file"), new Date(0), new Date("1955-11-05T06:00:00Z"));
      for (const format of ["gnu", "pax"]) {
        await untar(
          root,
          execFileSync("tar", [`--format=${format}`, "--owner=0", "--group=0", "-C", source, "-c", "."]),
        );
        expect(readFileSync(join(root, "link", "file"), "utf8")).toBe("x");
        expect(lstatSync(join(root, long, long, "file")).mtime).toEqual(new Date("1955-11-05T06:00:00Z"));
        await native.call(["rm", join(root, long), join(root, "link")]);
        expect(existsSync(join(root, long))).toBe(false);
      }
    });

    test("attributes travel, but overlay's own marks do not", async () => {
      const [first, second] = [caller.folder(), caller.folder()];
      const pax = { "SCHILY.xattr.user.mime": "text/plain", "SCHILY.xattr.user.overlay.redirect": "/etc" };
      await untar(first, await makeArchive([{ name: "f", contents: "x", pax }]), "--layer");
      await untar(second, await native.call(["tar", "--root", first, "/."]));
      const header = (await readHeaders(await native.call(["tar", "--root", second, "/f"]))).get("f");
      expect(header?.pax).toMatchObject({ "SCHILY.xattr.user.mime": "text/plain" });
      // Overlay itself hides such marks; a mount shows that there is none.
      const redirected = await native.call([
        "stat",
        ...overlayMounts(caller, [second, caller.folder()]),
        "/f",
      ]);
      expect(JSON.parse(redirected.toString())).toMatchObject({ name: "f", size: 1 });
    });

    test("marks of a layer become overlay's", async () => {
      const root = caller.folder();
      await untar(
        root,
        await makeArchive([
          { name: "gone/.wh..wh..opq", contents: "" },
          { name: "gone/kept", contents: "" },
          { name: ".wh.hidden", contents: "" },
          { name: ".wh.replaced", contents: "" },
          { name: "replaced", type: "directory" },
          { name: ".wh..wh.plnk", contents: "" },
        ]),
        "--layer",
      );
      const hidden = lstatSync(join(root, "hidden"));
      expect([hidden.isCharacterDevice(), hidden.rdev]).toEqual([true, 0]);
      const below = caller.folder();
      const covered = ["gone/x", "hidden", "replaced/y", "stays"].map((name) => ({ name, contents: "" }));
      await untar(below, await makeArchive(covered), "--layer");
      const seen = await native.call(["tar", ...overlayMounts(caller, [root, below]), "/."]);
      expect([...(await readHeaders(seen)).keys()]).toEqual([
        "./",
        "./gone/",
        "./gone/kept",
        "./replaced/",
        "./stays",
      ]);
      expect(existsSync(join(root, ".wh..wh.plnk"))).toBe(false);
    });

    test("without --layer such names are plain files", async () => {
      const root = caller.folder();
      await untar(root, await makeArchive([{ name: ".wh.x", contents: "1" }]));
      expect(readFileSync(join(root, ".wh.x"), "utf8")).toBe("1");
    });

    test("what is there is replaced, folders are merged, a link to a folder serves as one", async () => {
      const root = caller.folder();
      await untar(
        root,
        await makeArchive([
          { name: "usr/bin/old", contents: "old" },
          { name: "bin", type: "symlink", linkname: "usr/bin" },
          { name: "swap/inner/file", contents: "" },
          { name: "file", contents: "a longer text" },
        ]),
      );
      const next: ArchiveEntry[] = [
        { name: "bin/", type: "directory" },
        { name: "bin/new", contents: "new" },
        { name: "file", contents: "short" },
      ];
      await untar(root, await makeArchive([...next, { name: "swap", contents: "now a file" }]));
      expect(lstatSync(join(root, "bin")).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(root, "usr/bin/new"), "utf8")).toBe("new");
      expect(readFileSync(join(root, "usr/bin/old"), "utf8")).toBe("old");
      expect(readFileSync(join(root, "file"), "utf8")).toBe("short");
      expect(readFileSync(join(root, "swap"), "utf8")).toBe("now a file");
    });

    test("kinds are kept when that is asked for", async () => {
      const root = caller.folder();
      await untar(root, await makeArchive([{ name: "d/f", contents: "" }]));
      const overFolder = await makeArchive([{ name: "d", contents: "" }]);
      await expect(untar(root, overFolder, "--no-overwrite-dir-non-dir")).rejects.toThrow(
        'cannot overwrite directory "/d" with non-directory "d"',
      );
      const overFile = await makeArchive([{ name: "d/f/", type: "directory" }]);
      await expect(untar(root, overFile, "--no-overwrite-dir-non-dir")).rejects.toThrow(
        'cannot overwrite non-directory "/d/f" with directory "d/f/"',
      );
    });

    test("tar names what it writes as Docker does", async () => {
      const root = caller.folder();
      await untar(
        root,
        await makeArchive([
          { name: "a/b/c", contents: "" },
          { name: "l", type: "symlink", linkname: "a" },
        ]),
      );
      const names = async (path: string): Promise<string[]> =>
        execFileSync("tar", ["-t"], {
          input: await native.call(["tar", "--root", root, path]),
          encoding: "utf8",
        })
          .trim()
          .split("\n");
      expect(await names("/a")).toEqual(["a/", "a/b/", "a/b/c"]);
      expect(await names("a/b/")).toEqual(["b/", "b/c"]);
      expect(await names("/a/.")).toEqual(["./", "./b/", "./b/c"]);
      expect(await names("/l")).toEqual(["l"]);
      expect(await names("/l/")).toEqual(["l/", "l/b/", "l/b/c"]);
      expect(await names("/l/b")).toEqual(["b/", "b/c"]);
      await expect(names("/a/b/c/")).rejects.toThrow("/a/b/c: Not a directory");
      await expect(names("/none")).rejects.toThrow("/none: No such file or directory");
    });

    test("stat tells what Docker's clients expect", async () => {
      const root = caller.folder();
      await untar(
        root,
        await makeArchive([
          { name: "bin/", type: "directory", mode: 0o755 },
          { name: "tmp/", type: "directory", mode: 0o1777 },
          { name: "bin/sh", contents: "12345", mode: 0o6755, pax: { mtime: "1600000000.5" } },
          { name: "link", type: "symlink", linkname: "../../bin/sh" },
          { name: "dangling", type: "symlink", linkname: "bin/../none" },
        ]),
      );
      expect(await stat(root, "/bin")).toMatchObject({ name: "bin", mode: 2_147_484_141, linkTarget: "" });
      expect(await stat(root, "/tmp")).toMatchObject({ mode: 2 ** 31 + 2 ** 20 + 0o777 });
      expect(await stat(root, "/bin/sh")).toEqual({
        name: "sh",
        size: 5,
        mode: 2 ** 23 + 2 ** 22 + 0o755,
        mtime: "2020-09-13T12:26:40.500000000Z",
        linkTarget: "",
      });
      expect(await stat(root, "/link")).toMatchObject({
        name: "link",
        mode: 2 ** 27 + 0o777,
        linkTarget: "/bin/sh",
      });
      expect(await stat(root, "/dangling")).toMatchObject({ linkTarget: "/none" });
      expect(await stat(root, "/")).toMatchObject({ name: "/" });
      await expect(stat(root, "/bin/sh/")).rejects.toThrow("Not a directory");
      await expect(stat(root, "/none")).rejects.toThrow("/none: No such file or directory");
    });

    test("a new volume gets contents, owners and modes of the image's folder", async () => {
      const [root, volume, aside] = [caller.folder(), caller.folder(), join(caller.folder(), "aside")];
      await untar(
        root,
        await makeArchive([
          { name: "data/", type: "directory", mode: 0o2770, uid: 7, gid: 8 },
          { name: "data/sub/", type: "directory", mode: 0o700, uid: 9 },
          {
            name: "data/sub/f",
            contents: "x",
            mode: 0o640,
            uid: 9,
            gid: 10,
            pax: { "SCHILY.xattr.user.a": "b" },
          },
          { name: "data/g", type: "link", linkname: "data/sub/f" },
          { name: "data/l", type: "symlink", linkname: "sub/f" },
          { name: "file", contents: "" },
        ]),
      );
      await native.call(["populate", "--root", root, "/data", volume, aside]);
      expect(readTree(volume)).toEqual(readTree(join(root, "data")));
      // Not twice, and nothing for what is not there.
      await native.call(["populate", "--root", root, "/", volume, aside]);
      expect(existsSync(join(volume, "file"))).toBe(false);
      await native.call(["populate", "--root", root, "/none", caller.folder(), aside]);
      await expect(
        native.call(["populate", "--root", root, "/file", caller.folder(), aside]),
      ).rejects.toThrow("cannot mount volume over existing file, file exists /file");
    });

    test("a container at rest is seen through its mounts, volumes included", async () => {
      const [state, lower, volume] = [caller.folder(), caller.folder(), caller.folder()];
      await untar(lower, await makeArchive([{ name: "etc/f", contents: "below" }]), "--layer");
      await untar(volume, await makeArchive([{ name: "v", contents: "volume" }]));
      const mounts = overlayMounts(caller, [lower], state).concat(
        ["--mount", "proc", "proc", "/proc", ""],
        ["--mount", "bind", volume, "/data", "rprivate"],
      );
      const archive = await makeArchive([
        { name: "etc/new", contents: "above" },
        { name: "data/w", contents: "into" },
      ]);
      await native.call(["untar", ...mounts, "/"], { input: archive });
      expect(readFileSync(join(state, "upper/etc/new"), "utf8")).toBe("above");
      expect(readFileSync(join(volume, "w"), "utf8")).toBe("into");
      expect(existsSync(join(lower, "etc/new"))).toBe(false);
      // Volatile mounts leave a mark that the next one has to get past.
      const names = execFileSync("tar", ["-t"], {
        input: await native.call(["tar", ...mounts, "/data"]),
        encoding: "utf8",
      });
      expect(names).toBe("data/\ndata/v\ndata/w\n");
    });

    test.each(["/proc/version", "/sys/devices/system/cpu/online"])(
      "%s, whose size is not what can be read of it, is written whole",
      async (path) => {
        const archive = await native.call(["tar", "--root", "/", path]);
        const contents = execFileSync("tar", ["-x", "-O"], { input: archive, encoding: "utf8" });
        expect(contents).toBe(readFileSync(path, "utf8"));
      },
    );

    test("rm removes trees however deep, and folders without any permission", async () => {
      const folder = caller.folder();
      const top = join(folder, "top");
      const { uid } = caller;
      const maker =
        `process.setgid(${uid}); process.setuid(${uid}); const { mkdirSync } = require("node:fs");` +
        `mkdirSync(${JSON.stringify(top)}); process.chdir(${JSON.stringify(top)});` +
        `for (let i = 0; i < 3000; i++) { mkdirSync("d"); process.chdir("d"); }`;
      execFileSync(process.execPath, ["-e", maker]);
      chmodSync(join(top, "d"), 0);
      await native.call(["rm", top, join(folder, "missing")]);
      expect(existsSync(top)).toBe(false);
    });

    test("several who remove the same tree at once all succeed", async () => {
      const folder = caller.folder();
      const files = Array.from({ length: 300 }, (_, index) => ({
        name: `top/${index % 7}/${index % 5}/${index % 3}/${index}/f`,
        contents: "",
      }));
      await untar(folder, await makeArchive(files));
      const top = join(folder, "top");
      await Promise.all([1, 2, 3, 4].map(() => native.call(["rm", top])));
      expect(existsSync(top)).toBe(false);
    });

    test("rm takes links for what they are", async () => {
      const [folder, other] = [caller.folder(), caller.folder()];
      writeFileSync(join(other, "f"), "");
      mkdirSync(join(folder, "d"));
      symlinkSync(other, join(folder, "d", "link"));
      linkSync(join(other, "f"), join(folder, "d", "hard"));
      chownSync(join(folder, "d"), lstatSync(folder).uid, lstatSync(folder).gid);
      await native.call(["rm", join(folder, "d")]);
      expect(existsSync(join(other, "f"))).toBe(true);
      await expect(native.call(["rm", "relative"])).rejects.toThrow("not the absolute path of a folder");
      await expect(native.call(["rm", "/"])).rejects.toThrow("not the absolute path of a folder");
    });
  });
}

/** Options for a root whose layers are these, topmost first; its upper and work folders are below `state`. */
function overlayMounts(caller: ArchiveCaller, lower: readonly string[], state = caller.folder()): string[] {
  for (const name of ["upper", "work"]) {
    mkdirSync(join(state, name));
    chownSync(join(state, name), caller.uid, caller.uid);
  }
  const options = `lowerdir=${lower.join(":")},upperdir=${state}/upper,workdir=${state}/work,volatile`;
  return ["--mount", "overlay", "overlay", "/", options + (caller.rootless ? ",userxattr" : "")];
}

/** Names from a small alphabet, so that generated entries meet: files become folders, links lead to folders and to nothing. */
function entryArbitrary(hasOwners: boolean): fc.Arbitrary<ArchiveEntry> {
  const name = fc
    .array(fc.constantFrom("a", "b", "ü", "x".repeat(120)), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("/"));
  const id = hasOwners ? fc.constantFrom(0, 1, 1000, 60_000) : fc.constant(0);
  const common = fc.record({
    mode: fc.constantFrom(0o644, 0o4755, 0o1777, 0o700, 0),
    uid: id,
    gid: id,
    seconds: fc.integer({ min: 0, max: 2 ** 33 }),
    nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
  });
  const kind = fc.oneof(
    fc
      .uint8Array({ maxLength: 2000 })
      .map((bytes) => ({ type: "file" as const, contents: Buffer.from(bytes) })),
    fc.constant({ type: "directory" as const }),
    fc
      .constantFrom("a", "/b", "../../c", "z".repeat(150))
      .map((linkname) => ({ type: "symlink" as const, linkname })),
    fc.constant({ type: "fifo" as const }),
  );
  return fc.tuple(name, common, kind).map(([name, { seconds, nanoseconds, ...header }, kind]) => ({
    name,
    ...header,
    pax: { mtime: `${seconds}.${String(nanoseconds).padStart(9, "0")}` },
    ...kind,
  }));
}

/** Later entries win; an entry below one that is no folder is left out, because what it then goes into is not said anywhere. */
function withParents(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  const kinds = new Map<string, string>();
  return entries.filter((entry) => {
    const parts = entry.name.split("/");
    const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
    if (above.some((path) => (kinds.get(path) ?? "directory") !== "directory")) return false;
    kinds.set(entry.name, entry.type ?? "file");
    return true;
  });
}
