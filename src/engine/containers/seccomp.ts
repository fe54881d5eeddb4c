// Which filter of system calls a container's processes run under, and the file it is kept in for the native binary: one per filter, shared by
// all containers that have the same.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import type { HostConfig } from "../api-types/host-config.ts";
import { capabilityNames } from "./capabilities.ts";
import { defaultRules } from "./seccomp-default.ts";
import { compileFilter, failWith } from "./seccomp-program.ts";
import { parseProfile, planProfile } from "./seccomp-profile.ts";
import { architectureOf } from "./seccomp-syscalls.ts";
import type { Architecture } from "./seccomp-syscalls.ts";

const EPERM = 1;
/** Compiled in this process already: key of the request to path. */
const compiled = new Map<string, string>();

/** Whether there is a filter for this machine's processor at all. */
export function hasSeccompFilter(arch: string = process.arch): boolean {
  return architectureOf(arch) !== undefined;
}

/** The filter in a file below `root`; undefined when the container is to have none. */
export function seccompFilter(root: string, host: HostConfig): string | undefined {
  const profile = chosenProfile(host);
  if (profile === "unconfined") return undefined;
  const capabilities = new Set(capabilityNames(host));
  const key = JSON.stringify([root, profile, [...capabilities]]);
  const known = compiled.get(key);
  if (known !== undefined && existsSync(known)) return known;
  const architecture = architectureOf(process.arch);
  if (architecture === undefined) return undefined;
  const path = keep(root, program(profile, architecture, capabilities));
  compiled.set(key, path);
  return path;
}

/** Throws for a profile that cannot be used. */
export function checkSeccomp(host: HostConfig): void {
  const profile = chosenProfile(host);
  if (profile === "unconfined" || profile === "builtin") return;
  const architecture = architectureOf(process.arch);
  if (architecture === undefined) return;
  program(profile, architecture, new Set(capabilityNames(host)));
}

/** `builtin`, `unconfined`, or the profile's own text. */
function chosenProfile(host: HostConfig): string {
  const option = (host.SecurityOpt ?? []).findLast((each) => /^seccomp[=:]/.test(each));
  const value = option?.slice("seccomp=".length);
  if (value !== undefined && value !== "") return value;
  return host.Privileged ? "unconfined" : "builtin";
}

function program(profile: string, architecture: Architecture, capabilities: ReadonlySet<string>): Buffer {
  if (profile !== "builtin") {
    return compileFilter(
      planProfile(parseProfile(profile), { architecture, capabilities, kernel: release() }),
    );
  }
  const { compatible } = architecture;
  return compileFilter(
    [architecture, ...(compatible === undefined ? [] : [compatible])].map((each) => ({
      audit: each.audit,
      rules: defaultRules(each, capabilities),
      otherwise: failWith(EPERM),
      lastKnown: Math.max(...each.numbers.values()),
    })),
  );
}

function keep(root: string, bytes: Buffer): string {
  const folder = join(root, "seccomp");
  const path = join(folder, createHash("sha256").update(bytes).digest("hex").slice(0, 32));
  // One that a power failure has cut short would be no filter at all.
  if (existsSync(path) && readFileSync(path).equals(bytes)) return path;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, bytes, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}
