import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeArchive } from "../test/native/archive-trees.ts";
import { makeHeader, makePax, makeSparse } from "../test/native/tar-blocks.ts";
import { packageFolder } from "../test/support/package-copy.ts";
import { run } from "../test/support/processes.ts";
import { describeFigure, type Bench, type BenchRow } from "./measure.ts";

const SECONDS = { quick: 15, whole: 600 };

/** An archive of each kind that the unpacker tells apart, for the fuzzer to spoil. */
async function writeSeeds(folder: string): Promise<void> {
  const end = Buffer.alloc(512);
  const sparse = {
    size: 5000,
    extents: [
      [0, 10],
      [4000, 20],
    ] as const,
  };
  const seeds: Readonly<Record<string, Buffer>> = {
    tree: await makeArchive([
      { name: "d/", type: "directory", mode: 0o755 },
      { name: "d/f", contents: "x" },
      { name: "d/l", type: "link", linkname: "d/f" },
      { name: "d/s", type: "symlink", linkname: "../d" },
      { name: "d/s/g", contents: "y" },
      { name: "d/p", type: "fifo" },
      { name: "d/n", type: "character-device", devmajor: 1, devminor: 3 },
    ]),
    layer: await makeArchive([
      { name: "a/.wh.b", contents: "" },
      { name: "a/.wh..wh..opq", contents: "" },
      { name: ".wh..wh.plnk/1", contents: "" },
      { name: "early", type: "link", linkname: "later" },
      { name: "later", contents: "" },
    ]),
    pax: Buffer.concat([
      makePax({ path: "n".repeat(200), mtime: "-1.5", uid: "7", size: "3", "SCHILY.xattr.user.a": "b" }),
      makeHeader({ name: "x", contents: "abc" }),
      makePax({ "LIBARCHIVE.xattr.user.%41": "QUJD", linkpath: "l".repeat(120) }, "g"),
      makeHeader({ name: "y", type: "2", link: "x" }),
      end,
    ]),
    gnu: Buffer.concat([
      makeHeader({ name: "././@LongLink", type: "L", contents: `${"n".repeat(150)}\0` }),
      makeHeader({ name: "././@LongLink", type: "K", contents: `${"l".repeat(150)}\0` }),
      makeHeader({ name: "x", type: "2", link: "y" }),
      end,
    ]),
    "sparse-old": makeSparse(sparse, "old"),
    "sparse-0.1": makeSparse(sparse, "0.1"),
    "sparse-1.0": makeSparse(sparse, "1.0"),
  };
  for (const [name, bytes] of Object.entries(seeds)) {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    // Zeros at the end teach a fuzzer nothing.
    const used = bytes.findLastIndex((byte) => byte !== 0) + 1;
    truncateSync(file, Math.min(bytes.length, Math.ceil(used / 512) * 512));
  }
}

/** The unpacker with the compiler's checks on, as a program that the fuzzer can run. */
function compile(folder: string): string {
  const native = join(packageFolder, "native");
  const sources = readdirSync(native)
    .filter((name) => name.endsWith(".c") && name !== "main.c")
    .map((name) => join(native, name));
  const program = join(folder, "untar-fuzz");
  const checks = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  const options = [
    "-std=gnu11",
    "-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION",
    "-ffunction-sections",
    "-Wl,--gc-sections",
  ];
  const files = [join(packageFolder, "bench/untar-fuzz.c"), ...sources];
  execFileSync("afl-clang-fast", [...options, ...checks, `-I${native}`, "-o", program, ...files], {
    stdio: "ignore",
  });
  return program;
}

async function* fuzz(folder: string, seconds: number): AsyncGenerator<BenchRow> {
  const [seeds, found] = [join(folder, "seeds"), join(folder, "found")];
  mkdirSync(seeds);
  await writeSeeds(seeds);
  const program = compile(folder);
  // Root of a user namespace: it may set owners and modes, and harms nothing that is not its own.
  const args = [
    "--user",
    "--map-root-user",
    "afl-fuzz",
    "-i",
    seeds,
    "-o",
    found,
    "-m",
    "none",
    "-t",
    "2000",
  ];
  const env = {
    ...process.env,
    AFL_NO_UI: "1",
    AFL_SKIP_CPUFREQ: "1",
    AFL_NO_AFFINITY: "1",
    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES: "1",
    ASAN_OPTIONS: "abort_on_error=1:symbolize=0:detect_leaks=0",
  };
  const done = await run("nice", ["unshare", ...args, "-V", String(seconds), "--", program], { env });
  const stats = join(found, "default/fuzzer_stats");
  if (!existsSync(stats)) throw new Error(`afl-fuzz ended with ${done.code}:\n${done.stdout.slice(-2000)}`);
  const figure = (name: string): number =>
    Number(new RegExp(`^${name}\\s*: (\\d+)`, "m").exec(readFileSync(stats, "utf8"))?.[1] ?? Number.NaN);
  const [crashes, hangs] = [figure("saved_crashes"), figure("saved_hangs")];
  const what = `${figure("execs_done")} spoilt archives in ${seconds} s, of which crash or hang`;
  yield describeFigure(what, crashes + hangs, 0, "archives");
  if (crashes + hangs === 0) return;
  const kept = mkdtempSync(join(tmpdir(), "untar-fuzz-found-"));
  cpSync(join(found, "default"), kept, { recursive: true });
  yield { text: `they are in ${kept}` };
}

export const bench: Bench = {
  claim: "no archive makes the unpacker crash or hang",
  async *run({ quick }) {
    const missing = (await run("sh", ["-c", "command -v afl-fuzz && command -v afl-clang-fast"])).code !== 0;
    if (missing) return void (yield { text: "skipped: afl++ is not installed (Debian: afl++, clang)" });
    const folder = mkdtempSync(join(tmpdir(), "untar-fuzz-"));
    try {
      yield* fuzz(folder, quick ? SECONDS.quick : SECONDS.whole);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
