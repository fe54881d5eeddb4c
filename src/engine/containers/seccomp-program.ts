// Compiles what a container may call into the kernel's own filter language (classic BPF). Pure.
//
//     which processor? -> which number? (a binary search over ranges) -> which arguments? -> what follows

/** What follows when a call is made: the kernel's own numbers. */
export type Verdict = number;

export const ALLOW: Verdict = 0x7fff_0000;

/** The call fails with this error. */
export function failWith(errno: number): Verdict {
  return 0x0005_0000 | (errno & 0xffff);
}

export type Comparison = "!=" | "<" | "<=" | "==" | ">=" | ">";

/** One argument of a call, of 64 bits, after `mask`. */
export interface Condition {
  readonly argument: number;
  readonly comparison: Comparison;
  readonly value: bigint;
  /** Bits that are looked at; undefined: all. */
  readonly mask?: bigint;
}

/** A verdict for calls whose arguments meet all the conditions. */
export interface Rule {
  readonly conditions: readonly Condition[];
  readonly verdict: Verdict;
}

export interface FilterPlan {
  /** Of the processor; calls made in the way of one that has no plan fail with ENOSYS. */
  readonly audit: number;
  /** By number of the call; the first rule that is met counts. */
  readonly rules: ReadonlyMap<number, readonly Rule[]>;
  /** For a call without a rule, or none that is met. */
  readonly otherwise: Verdict;
  /** Calls above this number are newer than whoever wrote the rules: they fail with ENOSYS, so that programs do without. */
  readonly lastKnown: number;
}

interface Instruction {
  readonly code: number;
  readonly k: number;
  /** Instructions to skip. */
  readonly ifTrue: number;
  readonly ifFalse: number;
}

const LOAD = 0x20;
const AND = 0x54;
const JUMP = 0x05;
const IF_EQUAL = 0x15;
const IF_GREATER = 0x25;
const IF_AT_LEAST = 0x35;
const RETURN = 0x06;
const SIZE = 8;
const FARTHEST = 255;
const ENOSYS = 38;
/** Where the kernel puts things for a filter to load. */
const NUMBER_OFFSET = 0;
const PROCESSOR_OFFSET = 4;
const ARGUMENTS_OFFSET = 16;
/** Marks a number of x86-64's second way of calling, which has its own meaning of some numbers. */
const X32_BIT = 0x4000_0000;
const WORD = 0xffff_ffffn;

/** The program for calls made in the way of each of these processors, as an array of the kernel's `struct sock_filter`. */
export function compileFilter(plans: readonly FilterPlan[]): Buffer {
  return encode([
    step(LOAD, PROCESSOR_OFFSET),
    ...plans.flatMap((plan) => {
      const own = filterOf(plan);
      return [test(IF_EQUAL, plan.audit, 1, 0), step(JUMP, own.length), ...own];
    }),
    give(failWith(ENOSYS)),
  ]);
}

function filterOf(plan: FilterPlan): Instruction[] {
  return [
    step(LOAD, NUMBER_OFFSET),
    test(IF_AT_LEAST, Math.min(plan.lastKnown + 1, X32_BIT), 0, 1),
    give(failWith(ENOSYS)),
    ...search(ranges(plan)),
  ];
}

/** Numbers from `first` on, up to the next range. */
interface Range {
  readonly first: number;
  readonly code: readonly Instruction[];
}

function ranges(plan: FilterPlan): Range[] {
  const borders = [...plan.rules.keys()].flatMap((number) => [number, number + 1]);
  const numbers = [...new Set([0, ...borders])].filter((number) => number <= plan.lastKnown);
  const found: Range[] = [];
  let previous = "";
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const code = ruled(plan.rules.get(number) ?? [], plan.otherwise);
    const key = JSON.stringify(code);
    if (key !== previous) found.push({ first: number, code });
    previous = key;
  }
  return found;
}

function search(all: readonly Range[]): Instruction[] {
  const [only] = all;
  if (only === undefined) return [];
  if (all.length === 1) return [...only.code];
  const middle = all.length >> 1;
  const below = search(all.slice(0, middle));
  const above = search(all.slice(middle));
  const border = all[middle]?.first ?? 0;
  if (below.length <= FARTHEST) return [test(IF_AT_LEAST, border, below.length, 0), ...below, ...above];
  return [test(IF_AT_LEAST, border, 0, 1), step(JUMP, below.length), ...below, ...above];
}

/** The rules of one call; what the first of them that is met says is returned. */
function ruled(rules: readonly Rule[], otherwise: Verdict): Instruction[] {
  const code: Instruction[] = [];
  for (const rule of rules) {
    code.push(...conditional(rule));
    if (rule.conditions.length === 0) return code;
  }
  return [...code, give(otherwise)];
}

/** Skips itself where a condition is not met. */
function conditional({ conditions, verdict }: Rule): Instruction[] {
  const end = [give(verdict)];
  return conditions.reduceRight((rest, condition) => [...compare(condition, rest.length), ...rest], end);
}

/** Goes on behind itself where the condition is met, and `rest` instructions further where it is not. */
function compare(condition: Condition, rest: number): Instruction[] {
  const mask = condition.mask ?? 0xffff_ffff_ffff_ffffn;
  const [high, low] = [Number((condition.value >> 32n) & WORD), Number(condition.value & WORD)];
  const lowTest = lowWord(condition.comparison, low, rest);
  const lower = [...word(condition.argument, 0, Number(mask & WORD)), lowTest];
  // Seen from the tests of the high word: behind the low one's.
  const met = lower.length;
  const not = lower.length + rest;
  return [
    ...word(condition.argument, 1, Number((mask >> 32n) & WORD)),
    ...highWord(condition.comparison, high, { met, not }),
    ...lower,
  ];
}

function word(argument: number, half: 0 | 1, mask: number): Instruction[] {
  const load = step(LOAD, ARGUMENTS_OFFSET + argument * 8 + half * 4);
  return mask === 0xffff_ffff ? [load] : [load, step(AND, mask)];
}

function highWord(
  comparison: Comparison,
  value: number,
  skip: { readonly met: number; readonly not: number },
): Instruction[] {
  if (comparison === "==") return [test(IF_EQUAL, value, 0, skip.not)];
  if (comparison === "!=") return [test(IF_EQUAL, value, 0, skip.met)];
  const whenGreater = comparison.startsWith(">") ? skip.met : skip.not;
  const whenSmaller = comparison.startsWith(">") ? skip.not : skip.met;
  return [test(IF_GREATER, value, whenGreater + 1, 0), test(IF_EQUAL, value, 0, whenSmaller)];
}

function lowWord(comparison: Comparison, value: number, not: number): Instruction {
  switch (comparison) {
    case "==":
      return test(IF_EQUAL, value, 0, not);
    case "!=":
      return test(IF_EQUAL, value, not, 0);
    case ">":
      return test(IF_GREATER, value, 0, not);
    case ">=":
      return test(IF_AT_LEAST, value, 0, not);
    case "<":
      return test(IF_AT_LEAST, value, not, 0);
    case "<=":
      return test(IF_GREATER, value, not, 0);
  }
}

function step(code: number, k: number): Instruction {
  return { code, k, ifTrue: 0, ifFalse: 0 };
}

function test(code: number, k: number, ifTrue: number, ifFalse: number): Instruction {
  return { code, k, ifTrue, ifFalse };
}

function give(verdict: Verdict): Instruction {
  return step(RETURN, verdict);
}

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * SIZE);
  for (const [index, { code, k, ifTrue, ifFalse }] of program.entries()) {
    const at = index * SIZE;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(ifTrue, at + 2);
    bytes.writeUInt8(ifFalse, at + 3);
    bytes.writeUInt32LE(k >>> 0, at + 4);
  }
  return bytes;
}
