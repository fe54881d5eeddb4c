// What the kernel says of a container, read from its cgroups and not through the engine; the same for both versions.
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CgroupLayout } from "../../../src/engine/collaborators.ts";

/** The block device that temporary files are on; undefined when they are on none. */
export function hostDisk(): string | undefined {
  const source = execFileSync("findmnt", ["-no", "SOURCE", "-T", tmpdir()], { encoding: "utf8" }).trim();
  const device = source.replace(/\[.*$/, "");
  return statSync(device, { throwIfNoEntry: false })?.isBlockDevice() ? device : undefined;
}

/** A device that this process may open for reading and writing, and containers may not. */
export function openableDevice(): string | undefined {
  return ["/dev/net/tun", "/dev/fuse", "/dev/loop-control", "/dev/zram0"].find((path) => {
    try {
      closeSync(openSync(path, "r+"));
      return true;
    } catch {
      return false; // the next, then
    }
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** Files of one engine's containers. */
export class KernelView {
  readonly #layout: CgroupLayout;

  constructor(layout: CgroupLayout) {
    this.#layout = layout;
  }

  get hasThrottles(): boolean {
    return this.#layout.files.has(this.#either("blkio.throttle.write_bps_device", "io.max"));
  }

  /** The lines of the file of this name, in whichever of the container's groups it is. */
  lines(id: string, file: string): string[] {
    const path = this.#folders(id)
      .map((folder) => join(folder, file))
      .find((each) => existsSync(each));
    if (path === undefined) throw new Error(`no group of ${id} has a file ${file}`);
    return readFileSync(path, "utf8").trim().split("\n");
  }

  number(id: string, file: string): number {
    return Number(this.lines(id, file)[0]);
  }

  /** Of a file of `key value` lines. */
  counter(id: string, file: string, key: string): number {
    const line = this.lines(id, file).find((each) => each.startsWith(`${key} `));
    return Number(line?.slice(key.length + 1));
  }

  /** Nanoseconds. */
  processorTime(id: string): number {
    return this.#layout.version === 1
      ? this.number(id, "cpuacct.usage")
      : this.counter(id, "cpu.stat", "usage_usec") * 1000;
  }

  throttledPeriods(id: string): number {
    return this.counter(id, "cpu.stat", "nr_throttled");
  }

  /** Bytes. */
  memory(id: string): number {
    return this.number(id, this.#either("memory.usage_in_bytes", "memory.current"));
  }

  /** Bytes that went to block devices. */
  written(id: string): number {
    return this.#layout.version === 1
      ? sum(this.#matches(id, "blkio.throttle.io_service_bytes_recursive", /^\d+:\d+ Write (\d+)$/))
      : sum(this.#matches(id, "io.stat", / wbytes=(\d+)/));
  }

  limits(id: string): { memory: number; quota: string; pids: number | string; processors: string } {
    const quota =
      this.#layout.version === 1
        ? `${this.number(id, "cpu.cfs_quota_us")} ${this.number(id, "cpu.cfs_period_us")}`
        : (this.lines(id, "cpu.max")[0] ?? "");
    const pids = this.lines(id, "pids.max")[0] ?? "";
    return {
      memory: this.number(id, this.#either("memory.limit_in_bytes", "memory.max")),
      quota,
      pids: pids === "max" ? pids : Number(pids),
      processors: this.lines(id, "cpuset.cpus")[0] ?? "",
    };
  }

  /** Those of the container's groups that there are. */
  groups(id: string): string[] {
    return this.#folders(id).filter((folder) => existsSync(folder));
  }

  #either(version1: string, version2: string): string {
    return this.#layout.version === 1 ? version1 : version2;
  }

  #matches(id: string, file: string, pattern: RegExp): number[] {
    return this.lines(id, file).flatMap((line) => {
      const match = pattern.exec(line);
      return match === null ? [] : [Number(match[1])];
    });
  }

  #folders(id: string): string[] {
    return [...new Set(Object.values(this.#layout.directories))].map((parent) => join(parent, id));
  }
}
