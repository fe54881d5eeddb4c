// Archives that expand a thousandfold: they take the disk that their contents take, and no memory.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { findBinary } from "../../src/engine/native/binary.ts";
import { dockerArchive, makeImage } from "../engine/images/image-archives.ts";
import { makeArchive } from "../native/archive-trees.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import { readProc } from "../support/proc.ts";
import { run, succeed } from "../support/processes.ts";

const MB = 1024 * 1024;
const EXPANDED = 200 * MB;
/** What the engine may need more than at rest: buffers of a few megabytes, and what the collector has not got to yet. */
const ALLOWED = 90 * MB;
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn("archives that expand: skipped, root is needed to measure the engine's peak");
const hasZstd = (await run("sh", ["-c", "command -v zstd"])).code === 0;

function kilobytes(pid: number, field: "VmHWM" | "VmRSS"): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readProc(pid, "status"))?.[1]);
}

describeEachEngine(
  "archives that expand a thousandfold",
  (engine) => {
    let folder: string;
    let pid: number;
    beforeAll(async () => {
      await engine().start();
      if (!isRoot) return;
      const { stdout } = await engine().slipway(["engine", "status", "--format", "json"]);
      ({ pid } = JSON.parse(stdout) as { pid: number });
      folder = await engine().folder();
      const zeros = Buffer.alloc(EXPANDED);
      const image = await makeImage([[{ name: "zeros", contents: zeros }]]);
      await writeFile(join(folder, "root.tar.gz"), gzipSync(image.layers[0] ?? ""));
      await writeFile(
        join(folder, "image.tar.gz"),
        gzipSync(await dockerArchive([{ image, names: ["bomb:1"] }])),
      );
      if (hasZstd) {
        await writeFile(join(folder, "root.tar"), image.layers[0] ?? "");
        await succeed("zstd", ["-q", "--rm", join(folder, "root.tar")]);
      }
      await succeed("chmod", ["-R", "a+rX", folder]);
    });

    /** The engine's most memory while something is done, beyond what it had before, in bytes. */
    const peak = async (work: () => Promise<unknown>): Promise<number> => {
      const before = kilobytes(pid, "VmRSS");
      await writeFile(`/proc/${pid}/clear_refs`, "5");
      await work();
      return (kilobytes(pid, "VmHWM") - before) * 1024;
    };
    const docker = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await engine().docker(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return stdout;
    };

    it.skipIf(!isRoot).each([
      ["import", ["import", "root.tar.gz", "bomb:1"]],
      ["load", ["load", "-i", "image.tar.gz"]],
    ])("are brought in by %s", async (_way, [verb = "", ...words]) => {
      const grown = await peak(() =>
        docker(verb, ...words.map((word) => (word.includes(".tar") ? join(folder, word) : word))),
      );
      expect(grown).toBeLessThan(ALLOWED);
      expect(Number(await docker("image", "inspect", "-f", "{{.Size}}", "bomb:1"))).toBe(EXPANDED);
      await docker("rmi", "bomb:1");
    });

    it.skipIf(!isRoot || !hasZstd)("are brought in with zstd", async () => {
      expect(await peak(() => docker("import", join(folder, "root.tar.zst"), "bomb:1"))).toBeLessThan(
        ALLOWED,
      );
      await docker("rmi", "bomb:1");
    });

    it.skipIf(!isRoot)("are unpacked in a container", async () => {
      const id = (await docker("create", "slipway/host", "true")).trim();
      const socket = engine().host.slice("unix://".length);
      const url = `http://engine/containers/${id}/archive?path=/tmp`;
      const grown = await peak(async () => {
        const sent = await engine().command("curl", [
          "-sf",
          "-T",
          join(folder, "root.tar.gz"),
          "-H",
          "Content-Type: application/x-tar",
          "--unix-socket",
          socket,
          url,
        ]);
        expect(sent).toMatchObject({ code: 0 });
      });
      expect(grown).toBeLessThan(ALLOWED);
      await docker("rm", id);
    });

    it.skipIf(!isRoot)("take no memory of the program that unpacks them", async () => {
      const target = join(folder, "target");
      await mkdir(target);
      await chmod(target, 0o755);
      const binary = await findBinary(folder);
      const limited = ["--as=33554432", binary, "untar", "--root", target, "--layer", "/"];
      const child = spawn("prlimit", limited, { stdio: ["pipe", "pipe", "inherit"] });
      const archive = await makeArchive([{ name: "zeros", contents: Buffer.alloc(EXPANDED) }]);
      const ended = once(child, "close");
      await pipeline(Readable.from([archive]), child.stdin);
      expect(await ended).toEqual([0, null]);
    });
  },
  { only: "bundled" },
);
