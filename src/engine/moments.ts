// Points in time as the API writes them, exact to the nanosecond: what a number can hold of them is not. Pure.

/** Nanoseconds since 1970. */
export type Moment = bigint;

const NANOSECONDS = 1_000_000_000n;

/** With or without a time of the day and a zone. Dates are read from much else, too, and seldom as it was meant. */
const WHOLE_SECONDS = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d)?(?:[Zz]|[+-]\d\d:\d\d)?)?$/;
const WITH_FRACTION = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)\.(\d+)([Zz]|[+-]\d\d:\d\d|)$/;

/** Seconds since 1970 with an optional fraction, or RFC 3339; undefined for what is neither. */
export function parseMoment(text: string): Moment | undefined {
  const [, sign, seconds, fraction] = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (seconds === undefined) return parseTimestamp(text);
  const size = BigInt(seconds) * NANOSECONDS + nanosecondsOf(fraction);
  return sign === "-" ? -size : size;
}

/** RFC 3339 alone. */
export function parseTimestamp(text: string): Moment | undefined {
  const [, before, fraction, zone] = WITH_FRACTION.exec(text) ?? [];
  const seconds = before === undefined ? text : `${before}${zone}`;
  const whole = WHOLE_SECONDS.test(seconds) ? Date.parse(seconds) : NaN;
  return Number.isNaN(whole) ? undefined : BigInt(whole) * 1_000_000n + nanosecondsOf(fraction);
}

/** Milliseconds from now; negative for what is past. */
export function millisecondsUntil(moment: Moment): number {
  return Number(moment - BigInt(Date.now()) * 1_000_000n) / 1e6;
}

function nanosecondsOf(fraction = ""): bigint {
  return BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}
