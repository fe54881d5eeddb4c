// Profiles that clients bring, in Docker's JSON form, for one processor and one set of capabilities. Pure.
import { EngineError } from "../errors.ts";
import type { Architecture } from "./seccomp-syscalls.ts";
import type { Comparison, Condition, FilterPlan, Rule, Verdict } from "./seccomp-program.ts";
import { ALLOW, failWith } from "./seccomp-program.ts";

interface ProfileArgument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: string;
}

interface ProfileFilter {
  readonly caps?: readonly string[] | null;
  readonly arches?: readonly string[] | null;
  readonly minKernel?: string;
}

interface ProfileEntry {
  readonly name?: string;
  readonly names?: readonly string[] | null;
  readonly action: string;
  readonly errnoRet?: number | null;
  readonly args?: readonly ProfileArgument[] | null;
  readonly includes?: ProfileFilter | null;
  readonly excludes?: ProfileFilter | null;
}

/** As far as it is read. */
export interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number | null;
  readonly architectures?: readonly string[] | null;
  readonly archMap?:
    readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] | null }[] | null;
  readonly syscalls?: readonly ProfileEntry[] | null;
}

/** What decides which entries of a profile count. */
export interface ProfileSubject {
  readonly architecture: Architecture;
  /** Without `CAP_`. */
  readonly capabilities: ReadonlySet<string>;
  /** `uname -r` */
  readonly kernel: string;
}

const EPERM = 1;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  SCMP_CMP_NE: "!=",
  SCMP_CMP_LT: "<",
  SCMP_CMP_LE: "<=",
  SCMP_CMP_EQ: "==",
  SCMP_CMP_GE: ">=",
  SCMP_CMP_GT: ">",
};

/** Throws for text that is no profile. */
export function parseProfile(text: string): SeccompProfile {
  let profile: unknown;
  try {
    profile = JSON.parse(text);
  } catch (error) {
    throw new EngineError("invalid", `Decoding seccomp profile failed: ${(error as Error).message}`);
  }
  if (typeof profile !== "object" || profile === null || !("defaultAction" in profile)) {
    throw new EngineError("invalid", "Decoding seccomp profile failed: it has no defaultAction");
  }
  return profile as SeccompProfile;
}

/**
 * For the processor, and for that of smaller programs where the profile names it. Names that the kernel does not have are passed over, as
 * everywhere. Throws for actions and comparisons that there are not.
 */
export function planProfile(profile: SeccompProfile, subject: ProfileSubject): FilterPlan[] {
  const { compatible } = subject.architecture;
  const listed = architecturesOf(profile, subject.architecture);
  const isMeant = compatible !== undefined && listed.some((name) => compatible.names.includes(name));
  return [subject.architecture, ...(isMeant ? [compatible] : [])].map((each) =>
    planFor(profile, subject, each),
  );
}

function planFor(profile: SeccompProfile, subject: ProfileSubject, architecture: Architecture): FilterPlan {
  const otherwise = verdict(profile.defaultAction, profile.defaultErrnoRet ?? EPERM);
  const conditional = new Map<number, Rule[]>();
  const plain = new Map<number, Rule>();
  let lastKnown = 0;
  for (const entry of profile.syscalls ?? []) {
    const result = verdict(entry.action, entry.errnoRet ?? EPERM);
    const rules = alternatives(entry).map((conditions): Rule => ({ conditions, verdict: result }));
    for (const number of numbersOf(entry, architecture)) {
      lastKnown = Math.max(lastKnown, number);
      if (!counts(entry, subject)) continue;
      for (const rule of rules) {
        if (rule.conditions.length === 0) plain.set(number, rule);
        else conditional.set(number, [...(conditional.get(number) ?? []), rule]);
      }
    }
  }
  const numbers = [...new Set([...conditional.keys(), ...plain.keys()])];
  return {
    audit: architecture.audit,
    otherwise,
    // A profile that lets through what it does not name means the newest calls, too.
    lastKnown: otherwise === ALLOW ? 0xffff : lastKnown,
    rules: new Map(
      numbers.map((number) => {
        const always = plain.get(number);
        return [number, [...(conditional.get(number) ?? []), ...(always === undefined ? [] : [always])]];
      }),
    ),
  };
}

/** Those that the profile names besides this one, which must be among them where it names any. */
function architecturesOf(profile: SeccompProfile, { names }: Architecture): readonly string[] {
  const entries = profile.archMap ?? [];
  const own = entries.find(({ architecture }) => names.includes(architecture));
  const listed = [...(profile.architectures ?? []), ...entries.map(({ architecture }) => architecture)];
  if (listed.length === 0 || listed.some((name) => names.includes(name))) {
    return [...(profile.architectures ?? []), ...(own?.subArchitectures ?? [])];
  }
  throw new EngineError("invalid", `the seccomp profile is not for this processor: ${listed.join(", ")}`);
}

function numbersOf(entry: ProfileEntry, { numbers }: Architecture): number[] {
  const names = [...(entry.names ?? []), ...(entry.name === undefined ? [] : [entry.name])];
  return names.map((name) => numbers.get(name)).filter((number) => number !== undefined);
}

/** All conditions must be met together, but where two speak of one argument either will do: so libseccomp's callers have it. */
function alternatives(entry: ProfileEntry): Condition[][] {
  const conditions = (entry.args ?? []).map(condition);
  const seen = new Set(conditions.map(({ argument }) => argument));
  return seen.size === conditions.length ? [conditions] : conditions.map((one) => [one]);
}

function condition(argument: ProfileArgument): Condition {
  const value = BigInt(argument.value);
  if (!Number.isInteger(argument.index) || argument.index < 0 || argument.index > 5) {
    throw new EngineError(
      "invalid",
      `the seccomp profile names argument ${argument.index}; calls have 0 to 5`,
    );
  }
  if (argument.op === "SCMP_CMP_MASKED_EQ") {
    return { argument: argument.index, comparison: "==", mask: value, value: BigInt(argument.valueTwo ?? 0) };
  }
  const comparison = COMPARISONS[argument.op];
  if (comparison === undefined) {
    throw new EngineError("invalid", `the seccomp profile has an unknown operator: ${argument.op}`);
  }
  return { argument: argument.index, comparison, value };
}

function counts(entry: ProfileEntry, subject: ProfileSubject): boolean {
  const { includes, excludes } = entry;
  const fits = ({ caps, arches }: ProfileFilter): { caps: boolean; arches: boolean } => ({
    caps: (caps ?? []).some((name) => subject.capabilities.has(name.replace(/^CAP_/, ""))),
    arches: (arches ?? []).some((name) => subject.architecture.names.includes(name)),
  });
  if (excludes) {
    const found = fits(excludes);
    if (found.caps || found.arches || isAtLeast(subject.kernel, excludes.minKernel, false)) return false;
  }
  if (!includes) return true;
  const every = (includes.caps ?? []).every((name) => subject.capabilities.has(name.replace(/^CAP_/, "")));
  const arches = (includes.arches ?? []).length === 0 || fits(includes).arches;
  return every && arches && isAtLeast(subject.kernel, includes.minKernel, true);
}

function isAtLeast(kernel: string, wanted: string | undefined, without: boolean): boolean {
  if (!wanted) return without;
  const [major = 0, minor = 0] = kernel.split(/[.-]/).map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function verdict(action: string, errno: number): Verdict {
  switch (action) {
    case "SCMP_ACT_ALLOW":
      return ALLOW;
    case "SCMP_ACT_ERRNO":
      return failWith(errno);
    case "SCMP_ACT_KILL":
    case "SCMP_ACT_KILL_THREAD":
      return 0;
    case "SCMP_ACT_KILL_PROCESS":
      return 0x8000_0000;
    case "SCMP_ACT_TRAP":
      return 0x0003_0000;
    case "SCMP_ACT_TRACE":
      return 0x7ff0_0000 | (errno & 0xffff);
    case "SCMP_ACT_LOG":
      return 0x7ffc_0000;
    default:
      throw new EngineError("invalid", `the seccomp profile has an action that is not supported: ${action}`);
  }
}
