// Resource limits of processes, by the names of `--ulimit`.
import { EngineError } from "../errors.ts";

const NUMBERS: Readonly<Record<string, number>> = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  rss: 5,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  locks: 10,
  sigpending: 11,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
  rttime: 15,
};

const UNLIMITED = "-1";

export interface Ulimit {
  readonly Name: string;
  /** Absent: 0. */
  readonly Soft?: number | null;
  readonly Hard?: number | null;
}

/** The kernel's resource number and both limits as the native binary reads them; -1 is unlimited. */
export function rlimitFields(limit: Ulimit): [resource: string, soft: string, hard: string] {
  const number = NUMBERS[limit.Name];
  if (number === undefined) throw new EngineError("invalid", `invalid ulimit type: ${limit.Name}`);
  const soft = limit.Soft ?? 0;
  const hard = limit.Hard ?? 0;
  if (hard >= 0 && (soft > hard || soft < 0)) {
    throw new EngineError(
      "invalid",
      `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`,
    );
  }
  return [String(number), amount(soft), amount(hard)];
}

/**
 * Says which limits are lowered to those that the engine has itself, as it may not give higher ones. `ownLimits`: the kernel's table of
 * these (/proc/self/limits), which has a line for each resource in the order of their numbers.
 */
export function ulimitWarnings(limits: readonly Ulimit[], ownLimits: string): string[] {
  // After the name and the soft limit, in columns of fixed width.
  const [, ...highest] = ownLimits.split("\n").map((line) => line.slice(47, 67).trim());
  return limits.flatMap(({ Name, Hard }) => {
    const most = highest[NUMBERS[Name] ?? -1] ?? "unlimited";
    const hard = Hard ?? 0;
    if (most === "unlimited" || (hard >= 0 && hard <= Number(most))) return [];
    return [`The engine is not allowed to give a limit ${Name} above ${most}. It is limited to that.`];
  });
}

function amount(value: number): string {
  return value < 0 ? UNLIMITED : String(value);
}
