// The flags of `up` that decide what is planned; `plan` shares them.
import type { PullPolicy, UpOptions } from "../planner/index.ts";
import { CliError } from "./cli-error.ts";
import { VERSION } from "./version.ts";

/** As commander gives them. */
export interface UpFlags {
  readonly alwaysRecreateDeps?: true;
  readonly forceRecreate?: true;
  readonly noDeps?: true;
  readonly noRecreate?: true;
  readonly noStart?: true;
  readonly pull?: string;
  readonly removeOrphans?: true;
  readonly renewAnonVolumes?: true;
  readonly scale: readonly string[];
  readonly timeout?: number;
  readonly wait?: true;
  readonly waitTimeout?: number;
}

/** What an `up` is asked for. */
export interface UpRequest {
  readonly flags: UpFlags;
  readonly services: readonly string[];
  /** The project's environment: it can ask for orphans to be removed or left alone. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Throws CliError with docker compose's texts for flags that contradict each other. */
export function checkUpFlags(flags: UpFlags): void {
  if (flags.waitTimeout !== undefined && flags.waitTimeout < 0) {
    throw new CliError("--wait-timeout must be a non-negative integer");
  }
  if (flags.noRecreate === true && flags.renewAnonVolumes === true) {
    throw new CliError("--no-recreate and --renew-anon-volumes are incompatible");
  }
  if (flags.forceRecreate === true && flags.noRecreate === true) {
    throw new CliError("--force-recreate and --no-recreate are incompatible");
  }
  if (flags.alwaysRecreateDeps === true && flags.noRecreate === true) {
    throw new CliError("--always-recreate-deps and --no-recreate are incompatible");
  }
  readScale(flags.scale);
  readPull(flags.pull);
}

/** The planner's options. Throws CliError like `checkUpFlags`, and for orphans that are to be both removed and ignored. */
export function readUpOptions({ flags, services, environment }: UpRequest): UpOptions {
  checkUpFlags(flags);
  const force = flags.forceRecreate === true || flags.renewAnonVolumes === true;
  const recreate = flags.noRecreate === true ? "never" : force ? "force" : "diverged";
  const { removeOrphans, ignoreOrphans } = readOrphans(flags, environment);
  const pull = readPull(flags.pull);
  return {
    ...(services.length === 0 ? {} : { services }),
    noDeps: flags.noDeps === true,
    scale: readScale(flags.scale),
    recreate,
    recreateDependencies:
      flags.alwaysRecreateDeps === true ? "force" : flags.noRecreate === true ? "never" : "diverged",
    renewAnonymousVolumes: flags.renewAnonVolumes === true,
    removeOrphans,
    ignoreOrphans,
    noStart: flags.noStart === true,
    wait: flags.wait === true,
    toolVersion: VERSION,
    ...(flags.timeout === undefined ? {} : { timeout: flags.timeout }),
    ...(flags.waitTimeout === undefined || flags.waitTimeout === 0 ? {} : { waitTimeout: flags.waitTimeout }),
    ...(pull === undefined ? {} : { pull }),
  };
}

function readOrphans(
  flags: UpFlags,
  environment: Readonly<Record<string, string>>,
): { removeOrphans: boolean; ignoreOrphans: boolean } {
  const removeOrphans = flags.removeOrphans === true || isTrue(environment["COMPOSE_REMOVE_ORPHANS"]);
  const ignoreOrphans = isTrue(environment["COMPOSE_IGNORE_ORPHANS"]);
  if (flags.removeOrphans === true && ignoreOrphans) {
    throw new CliError("cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans");
  }
  return { removeOrphans, ignoreOrphans };
}

/** What Go takes for true, in an environment variable. */
export function isTrue(text: string | undefined): boolean {
  return ["1", "t", "true"].includes((text ?? "").toLowerCase());
}

function readScale(entries: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    entries.map((entry) => {
      const match = /^([^=]+)=(\d+)$/.exec(entry);
      if (match !== null) return [match[1] ?? "", Number(match[2])];
      throw new CliError(`invalid --scale option "${entry}". Should be SERVICE=NUM`);
    }),
  );
}

function readPull(given: string | undefined): PullPolicy | undefined {
  switch (given) {
    case undefined:
    case "policy":
      return undefined;
    case "always":
    case "missing":
    case "never":
      return given;
    default:
      throw new CliError(`invalid --pull option "${given}"`);
  }
}
