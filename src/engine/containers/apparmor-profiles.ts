// Which profile a container is started under on this machine; the default one is loaded where nobody has loaded it yet.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { HostConfig } from "../api-types/host-config.ts";
import { DEFAULT_PROFILE, defaultProfileText } from "./apparmor-default.ts";
import { apparmorProfile, lacksDefault, readAppArmor } from "./apparmor.ts";

const PARSER = "/sbin/apparmor_parser";

/** Whether containers that name no profile are confined here; undefined: this user or machine has no AppArmor to speak of. */
export function confinesByDefault(): boolean | undefined {
  const { profiles } = readAppArmor();
  return profiles && (profiles.has(DEFAULT_PROFILE) || existsSync(PARSER));
}

/** The choice of one engine. `log` hears once why the default profile cannot be loaded; containers then run without. */
export class AppArmorProfiles {
  readonly #log: (message: string) => void;
  /** Stays when it has come to nothing: that is tried once. */
  #loading: Promise<void> | undefined;

  constructor(log: (message: string) => void) {
    this.#log = log;
  }

  /** What the kernel is told at a container's start. Throws for a profile that is not loaded. */
  async choose(host: HostConfig): Promise<string | undefined> {
    const machine = readAppArmor();
    if (!lacksDefault(host, machine)) return apparmorProfile(host, machine);
    await (this.#loading ??= this.#load());
    return apparmorProfile(host, readAppArmor());
  }

  async #load(): Promise<void> {
    try {
      const loading = promisify(execFile)(PARSER, ["--replace", "--skip-cache"]);
      loading.child.stdin?.on("error", () => undefined); // of a program that has ended early, which tells why
      loading.child.stdin?.end(defaultProfileText(ownProfile()));
      await loading;
      this.#loading = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log(`containers run without the AppArmor profile ${DEFAULT_PROFILE}: ${reason.trim()}`);
    }
  }
}

/** The engine's own: `unconfined`, or a name with its mode. */
function ownProfile(): string {
  const path = ["/proc/self/attr/apparmor/current", "/proc/self/attr/current"].find((each) =>
    existsSync(each),
  );
  if (path === undefined) return "unconfined";
  return readFileSync(path, "utf8")
    .trim()
    .replace(/ \([a-z]+\)$/, "");
}
