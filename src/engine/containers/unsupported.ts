// What a client may ask for and this engine does not do: said once, when a container is created. Pure.
import type { HostConfig } from "../api-types/host-config.ts";

/** A user that the process will not be. `hasOneId`: on an engine that has its own user's id and no other. */
export function userWarnings(user: string, hasOneId: boolean): string[] {
  const [name = ""] = user.split(":", 1);
  if (!hasOneId || ["", "0", "root"].includes(name)) return [];
  return [
    `user ${name} is not available without subordinate ids: the process runs as root of its user namespace`,
  ];
}

/** One sentence per wish that has no effect. `hasAppArmor`: on a machine that has it. */
export function unsupportedWarnings(host: HostConfig, hasAppArmor: boolean): string[] {
  const kinds = hasAppArmor ? /^label[=:]/ : /^(apparmor|label)[=:]/;
  const profiles = (host.SecurityOpt ?? []).filter(
    (option) => kinds.test(option) && !/[=:](unconfined|disable)$/.test(option),
  );
  const wishes = profiles.map((what) => `${what} is not supported by this engine and has no effect.`);
  const hasPorts = host.NetworkMode === "host" && Object.keys(host.PortBindings ?? {}).length > 0;
  const ports = hasPorts ? ["Published ports are discarded when using host network mode"] : [];
  return [...wishes, ...ports];
}
