// What the many formats of tar say of one entry: sparse files in every way that GNU tar writes them, pax records, links that come early.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { archiveCallers } from "./archive-callers.ts";
import { makeArchive, readTree } from "./archive-trees.ts";
import { makeHeader, makePax, makeSparse } from "./tar-blocks.ts";

const hasBsdtar = ((): boolean => {
  try {
    execFileSync("bsdtar", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    console.warn("bsdtar's archives: skipped, bsdtar is not installed (Debian: libarchive-tools)");
    return false;
  }
})();

const MB = 1024 * 1024;

/** A file of 64 MB with a few bytes in so many places. */
function writeSparse(path: string, places: readonly number[]): void {
  const fd = openSync(path, "w");
  for (const [index, place] of places.entries()) writeSync(fd, `piece ${index}`, place);
  ftruncateSync(fd, 64 * MB);
  closeSync(fd);
}

/** GNU tar's archive of a folder. */
function tar(source: string, ...options: string[]): Buffer {
  const args = ["--owner=0", "--group=0", ...options, "-C", source, "-c", "."];
  return execFileSync("tar", args, { maxBuffer: 256 * MB });
}

function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "nothing",
    (error: Error) => error.message,
  );
}

for (const caller of archiveCallers()) {
  if (caller.unavailable !== undefined)
    console.warn(`formats of archives as ${caller.name}: skipped, ${caller.unavailable}`);

  describe.skipIf(caller.unavailable !== undefined)(`as ${caller.name}`, () => {
    const { native } = caller;
    afterEach(() => caller.clean());
    const untar = (root: string, archive: Buffer, ...options: string[]): Promise<Buffer> =>
      native.call(["untar", "--root", root, ...options, "/"], { input: archive });

    const refused = async (pax: Record<string, string>, contents = ""): Promise<string> =>
      refusal(untar(caller.folder(), await makeArchive([{ name: "f", contents, pax }])));

    test.each([
      ["GNU's own", ["--format=gnu"]],
      ["GNU's oldest", ["--format=oldgnu"]],
      ["pax 0.0", ["--format=pax", "--sparse-version=0.0"]],
      ["pax 0.1", ["--format=pax", "--sparse-version=0.1"]],
      ["pax 1.0", ["--format=pax", "--sparse-version=1.0"]],
    ])("sparse files of %s format come back with their holes", async (_name, format) => {
      const [source, root] = [caller.folder(), caller.folder()];
      const long = "n".repeat(150);
      writeSparse(join(source, "few"), [0, 5 * MB, 20 * MB]);
      // More pieces than a header and several of its extensions hold.
      writeSparse(
        join(source, long),
        Array.from({ length: 90 }, (_, index) => index * 512 * 1024 + 4096),
      );
      writeSparse(join(source, "empty"), []);
      writeFileSync(join(source, "plain"), "after them");
      const archive = tar(source, "--sparse", ...format);
      expect(archive.length).toBeLessThan(4 * MB);
      const printed = await untar(root, archive);
      for (const name of ["few", long, "empty", "plain"]) {
        expect(
          readFileSync(join(root, name)).equals(readFileSync(join(source, name))),
          `${name.slice(0, 5)} is the same`,
        ).toBe(true);
        expect(lstatSync(join(root, name)).blocks * 512).toBeLessThan(2 * MB);
      }
      // Counted is what came, not what a file says that it is.
      expect(Number.parseInt(printed.toString(), 10)).toBeLessThan(2 * MB);
    });

    test.each<[string, Parameters<typeof makeSparse>[0], RegExp]>([
      [
        "overlap",
        {
          size: 100,
          extents: [
            [0, 10],
            [5, 10],
          ],
        },
        /pieces overlap or leave it/,
      ],
      [
        "run backwards",
        {
          size: 100,
          extents: [
            [50, 10],
            [0, 10],
          ],
        },
        /pieces overlap or leave it/,
      ],
      ["leave the file", { size: 100, extents: [[95, 10]] }, /pieces overlap or leave it/],
      ["are past every number", { size: 100, extents: [[2 ** 62, 10]] }, /pieces overlap or leave it/],
      ["are more than came", { size: 1000, extents: [[0, 900]], contents: 10 }, /are not its contents/],
      ["are less than came", { size: 1000, extents: [[0, 1]], contents: 10 }, /are not its contents/],
    ])("sparse files whose pieces %s are refused", async (_what, sparse, reason) => {
      for (const format of ["old", "0.1", "1.0"] as const) {
        await expect(untar(caller.folder(), makeSparse(sparse, format))).rejects.toThrow(reason);
      }
    });

    test("sparse maps that are none are refused", async () => {
      expect(await refused({ "GNU.sparse.numbytes": "5" })).toContain("a damaged map");
      expect(await refused({ "GNU.sparse.map": "1" })).toContain("a damaged map");
      expect(await refused({ "GNU.sparse.map": "1,-1" })).toContain("a number that is none");
      expect(await refused({ "GNU.sparse.map": `1,${"9".repeat(40)}` })).toContain("a damaged map");
      expect(await refused({ "GNU.sparse.realsize": "1e9" })).toContain("a number that is none");
      const inContents = { "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "10" };
      expect(await refused(inContents, "")).toContain("does not end");
      expect(await refused(inContents, "2\n0\n".padEnd(512, "\0"))).toContain("a damaged map");
      expect(await refused(inContents, "9999999\n".padEnd(512, "0"))).toContain("a damaged map");
      expect(
        await refused({ ...inContents, "GNU.sparse.realsize": String(2n ** 63n) }, "0\n".padEnd(512, "\0")),
      ).toContain("too large to be true");
    });

    test("a file that says it is huge takes no room for it", async () => {
      const root = caller.folder();
      await untar(root, makeSparse({ size: 2 ** 40, extents: [[2 ** 39, 3]] }, "1.0"));
      expect(lstatSync(join(root, "f"))).toMatchObject({ size: 2 ** 40 });
      expect(lstatSync(join(root, "f")).blocks).toBeLessThan(100);
    });

    test("times with fractions, sizes and owners of pax headers count more than those of the header", async () => {
      const root = caller.folder();
      const pax = { mtime: "1234567890.123456789", uid: "7", gid: "8", path: "a b/ü\n", atime: "1.5" };
      await untar(root, await makeArchive([{ name: "x", contents: "x", pax, uid: 1, gid: 1 }]));
      const stat = lstatSync(join(root, "a b/ü\n"), { bigint: true });
      expect(stat.mtimeNs).toBe(1_234_567_890_123_456_789n);
      const before = { name: "old", contents: "", pax: { mtime: "-0.25" } };
      await untar(root, await makeArchive([before]));
      expect(lstatSync(join(root, "old")).mtimeMs).toBe(-250);
      const listed = (await native.call(["tar", "--root", root, "/."])).toString("latin1");
      expect(listed).toContain(caller.hasOwners ? "0000007\u00000000010" : "0000000\u00000000000");
    });

    test("what a global pax header says holds for all that follow", async () => {
      const root = caller.folder();
      const archive = Buffer.concat([
        makePax({ mtime: "86400.5", comment: "0123456789abcdef" }, "g"),
        makeHeader({ name: "one", contents: "1" }),
        makeHeader({ name: "two", contents: "2" }),
        Buffer.alloc(1024),
      ]);
      await untar(root, archive);
      expect(lstatSync(join(root, "one")).mtimeMs).toBe(86_400_500);
      expect(lstatSync(join(root, "two")).mtimeMs).toBe(86_400_500);
    });

    test("names are bytes, whatever they mean", async () => {
      const root = caller.folder();
      const names = [
        Buffer.from([0xff, 0xfe, 0x41]),
        Buffer.from("line\nbreak"),
        Buffer.from("\u0001\u001b[31m"),
      ];
      const archive = Buffer.concat([
        ...names.map((name) => makeHeader({ name, contents: "x" })),
        Buffer.alloc(1024),
      ]);
      await untar(root, archive);
      for (const name of names) {
        expect(existsSync(Buffer.concat([Buffer.from(`${root}/`), name]))).toBe(true);
      }
    });

    test("hard links find files that come later, also through another that came early", async () => {
      const root = caller.folder();
      await untar(
        root,
        await makeArchive([
          { name: "d/first", type: "link", linkname: "d/file" },
          { name: "d/second", type: "link", linkname: "d/first" },
          { name: "d/file", contents: "x", mode: 0o640 },
          { name: "d/third", type: "link", linkname: "./d/../d/file" },
        ]),
      );
      expect(readTree(join(root, "d")).map(({ path, links, contents }) => [path, links, contents])).toEqual([
        [".", 1, ""],
        ...["file", "first", "second", "third"].map((path) => [path, 4, "eA=="]),
      ]);
    });

    test("a hard link's contents are those of its file, whatever size it says", async () => {
      const root = caller.folder();
      const archive = Buffer.concat([
        makeHeader({ name: "file", contents: "abc" }),
        makeHeader({ name: "again", type: "1", link: "file", size: 3 }),
        makeHeader({ name: "after", contents: "x" }),
        Buffer.alloc(1024),
      ]);
      await untar(root, archive);
      expect(readFileSync(join(root, "again"), "utf8")).toBe("abc");
      expect(readFileSync(join(root, "after"), "utf8")).toBe("x");
    });

    test("hard links of AUFS days are kept, their store is not", async () => {
      const root = caller.folder();
      await untar(
        root,
        await makeArchive([
          { name: ".wh..wh.aufs", contents: "" },
          { name: ".wh..wh.plnk", type: "directory" },
          { name: ".wh..wh.plnk/12.34", contents: "x" },
          { name: "file", type: "link", linkname: ".wh..wh.plnk/12.34" },
        ]),
        "--layer",
      );
      expect(readTree(root).map(({ path, contents }) => [path, contents])).toEqual([
        [".", ""],
        ["file", "eA=="],
      ]);
    });

    test.each([
      ["uid", "4294967295"],
      ["gid", "4294967296"],
    ])("an owner that cannot be (%s %s) is refused, not taken for root", async (key, value) => {
      const archive = await makeArchive([{ name: "f", contents: "", pax: { [key]: value } }]);
      await expect(untar(caller.folder(), archive)).rejects.toThrow("an owner that cannot be");
    });

    test("a size in base 256 is read, a negative one is refused", async () => {
      const root = caller.folder();
      const wide = Buffer.alloc(12);
      wide[0] = 0x80;
      wide[11] = 3;
      await untar(
        root,
        Buffer.concat([makeHeader({ name: "f", contents: "abc", sizeField: wide }), Buffer.alloc(1024)]),
      );
      expect(readFileSync(join(root, "f"), "utf8")).toBe("abc");
      const negative = makeHeader({ name: "f", contents: "abc", sizeField: Buffer.alloc(12, 0xff) });
      await expect(untar(root, negative)).rejects.toThrow("a negative number in a header");
      const huge = Buffer.alloc(12);
      huge.set([0x80, 0, 0, 0, 0x7f], 0);
      huge.fill(0xff, 5);
      await expect(untar(root, makeHeader({ name: "f", sizeField: huge }))).rejects.toThrow(
        /too large|ends in the middle/,
      );
    });

    test("attributes in libarchive's words are those in star's", async () => {
      const root = caller.folder();
      const value = Buffer.from([0, 1, 2, 0xff]).toString("base64");
      const pax = {
        "LIBARCHIVE.xattr.user.one%20two": value,
        "LIBARCHIVE.xattr.user.overlay.opaque": "eQ==",
      };
      await untar(root, await makeArchive([{ name: "f", contents: "", pax }]));
      const packed = (await native.call(["tar", "--root", root, "/f"])).toString("latin1");
      expect(packed).toContain("SCHILY.xattr.user.one two=\u0000\u0001\u0002\u00ff\n");
      expect(packed).not.toContain("overlay");
    });

    test.runIf(hasBsdtar)("what bsdtar writes is understood", async () => {
      const [source, root] = [caller.folder(), caller.folder()];
      writeSparse(join(source, "sparse"), [MB]);
      writeFileSync(join(source, "tool"), "#!/bin/sh", { mode: 0o755 });
      chmodSync(join(source, "tool"), 0o4755);
      for (const format of ["pax", "gnutar", "ustar"]) {
        const archive = execFileSync(
          "bsdtar",
          ["--format", format, "--uid", "0", "--gid", "0", "-C", source, "-cf", "-", "."],
          { maxBuffer: 256 * MB },
        );
        await untar(root, archive);
        expect(readFileSync(join(root, "sparse")).equals(readFileSync(join(source, "sparse")))).toBe(true);
        expect(lstatSync(join(root, "tool")).mode & 0o7777).toBe(0o4755);
      }
    });

    test("capabilities of files stay, as those of the caller's root", async () => {
      const root = caller.folder();
      // cap_net_raw=ep, version 2.
      const value = Buffer.from("0100000200200000000000000000000000000000", "hex").toString("latin1");
      const header = Buffer.concat([
        makePax({ "SCHILY.xattr.security.capability": value }),
        makeHeader({ name: "ping", contents: "x", mode: 0o4755 }),
        Buffer.alloc(1024),
      ]);
      await untar(root, header, "--layer");
      expect(lstatSync(join(root, "ping")).mode & 0o7777).toBe(0o4755);
      const shown = execFileSync("getcap", ["-n", join(root, "ping")], { encoding: "utf8" });
      expect(shown).toContain("cap_net_raw=ep");
      // In a user namespace they count for those of whom its root is root.
      expect(/\[rootid=(\d+)\]/.exec(shown)?.[1]).toBe(caller.rootless ? String(caller.uid) : undefined);
    });

    test("devices that cannot be made are counted, fifos are made", async () => {
      const root = caller.folder();
      const device = { type: "character-device", devmajor: 1, devminor: 3 } as const;
      const printed = await untar(
        root,
        await makeArchive([
          { name: "dev/null", ...device },
          { name: "dev/zero", ...device },
          { name: "pipe", type: "fifo", mode: 0o622 },
        ]),
        "--layer",
      );
      expect(printed.toString()).toBe(`0 ${caller.rootless ? 2 : 0}\n`);
      expect(existsSync(join(root, "dev/null"))).toBe(!caller.rootless);
      expect(lstatSync(join(root, "pipe"))).toMatchObject({ mode: 0o10622 });
    });
  });
}
