// Which processors and memory nodes a container may be given: more than there are is a mistake, as with Docker.
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { HostConfig } from "../api-types/host-config.ts";
import type { CgroupLayout } from "../collaborators.ts";
import { EngineError } from "../errors.ts";

/** What this machine and the engine's cgroups have. */
export interface Processors {
  readonly count: number;
  /** In the kernel's list form (`0-3,7`); undefined where containers cannot be kept to some, which is a warning of `create`. */
  readonly cpus: string | undefined;
  readonly memoryNodes: string | undefined;
}

const BILLION = 1e9;

/** Of now: processors come and go. */
function readProcessors({ directories }: CgroupLayout): Processors {
  return {
    count: cpus().length,
    cpus: readList(directories.cpuset, ["cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus"]),
    memoryNodes: readList(directories.cpuset, [
      "cpuset.mems.effective",
      "cpuset.effective_mems",
      "cpuset.mems",
    ]),
  };
}

/** `checkProcessors` with what there is now, which takes its time to read and is read only for containers that ask for something. */
export function checkProcessorsHere(host: HostConfig, layout: CgroupLayout): void {
  if (!host.NanoCpus && !host.CpusetCpus && !host.CpusetMems) return;
  checkProcessors(host, readProcessors(layout));
}

/** Throws for more processors than there are, and for processors and memory nodes that are not there. */
export function checkProcessors(host: HostConfig, available: Processors): void {
  const { count } = available;
  const wanted = host.NanoCpus ?? 0;
  if (wanted < 0 || wanted > count * BILLION) {
    invalid(`Range of CPUs is from 0.01 to ${count}.00, as there are only ${count} CPUs available`);
  }
  checkList("CPUs", "cpus", host.CpusetCpus ?? "", available.cpus);
  checkList("memory nodes", "mems", host.CpusetMems ?? "", available.memoryNodes);
}

function checkList(what: string, field: string, wanted: string, available: string | undefined): void {
  if (wanted === "" || available === undefined) return;
  const ranges = rangesOf(wanted);
  if (ranges === undefined)
    return invalid(`Invalid value ${wanted} for cpuset ${field}: invalid format: ${wanted}`);
  const there = rangesOf(available) ?? [];
  const isThere = ([first, last]: Range): boolean => {
    let next = first;
    // The kernel's list is in order and says nothing twice.
    for (const [from, to] of there) if (from <= next && next <= to) next = to + 1;
    return next > last;
  };
  if (ranges.every(isThere)) return;
  invalid(`Requested ${what} are not available - requested ${wanted}, available: ${available}`);
}

type Range = readonly [first: number, last: number];

/** Undefined for what is no list of numbers and ranges. */
function rangesOf(list: string): Range[] | undefined {
  const ranges = list.split(",").map((part): Range | undefined => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    return first <= last ? [first, last] : undefined;
  });
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

function readList(directory: string | undefined, names: readonly string[]): string | undefined {
  if (directory === undefined) return undefined;
  const file = names.map((name) => join(directory, name)).find((path) => existsSync(path));
  return file === undefined ? undefined : readFileSync(file, "utf8").trim();
}

function invalid(message: string): never {
  throw new EngineError("invalid", message);
}
