// Which AppArmor profile a container's processes run under, on machines that have AppArmor.
import { readFileSync } from "node:fs";
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";
import { DEFAULT_PROFILE } from "./apparmor-default.ts";

const ENABLED = "/sys/module/apparmor/parameters/enabled";
const PROFILES = "/sys/kernel/security/apparmor/profiles";

export interface AppArmor {
  readonly enabled: boolean;
  /** Names of the loaded profiles; undefined where this user may not see them. */
  readonly profiles: ReadonlySet<string> | undefined;
}

/** As the kernel has it now. */
export function readAppArmor(): AppArmor {
  const enabled = readIfAllowed(ENABLED)?.startsWith("Y") === true;
  return { enabled, profiles: enabled ? profileNames(readIfAllowed(PROFILES)) : undefined };
}

/** `NAME (MODE)`, one per line. */
export function profileNames(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  return new Set(text.split("\n").flatMap((line) => /^(.+) \([a-z]+\)$/.exec(line)?.[1] ?? []));
}

/**
 * Undefined: none is asked of the kernel, and processes keep the engine's own. Throws for a profile that is not loaded. Pure.
 */
export function apparmorProfile(host: HostConfig, machine: AppArmor): string | undefined {
  if (!machine.enabled) return undefined;
  const asked = askedProfile(host);
  if (asked !== undefined) {
    const isThere = asked === "unconfined" || machine.profiles === undefined || machine.profiles.has(asked);
    if (isThere) return asked;
    throw new EngineError(
      "failed",
      `unable to apply apparmor profile: apparmor failed to apply profile ${asked}: no such file or directory`,
    );
  }
  if (host.Privileged) return "unconfined";
  return machine.profiles?.has(DEFAULT_PROFILE) === true ? DEFAULT_PROFILE : undefined;
}

/** Whether the container is to run under the default profile, and that is not loaded. Pure. */
export function lacksDefault(host: HostConfig, machine: AppArmor): boolean {
  const wantsIt = askedProfile(host) === undefined && !host.Privileged;
  return wantsIt && machine.profiles !== undefined && !machine.profiles.has(DEFAULT_PROFILE);
}

/** What `--security-opt apparmor=` names; undefined when it says nothing. */
export function askedProfile(host: HostConfig): string | undefined {
  const option = (host.SecurityOpt ?? []).findLast((each) => /^apparmor[=:]/.test(each));
  return option?.slice("apparmor=".length) || undefined;
}

function readIfAllowed(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
