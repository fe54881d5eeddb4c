import { parseDuration } from "../spec/index.ts";

/**
 * A point in time as the API takes it: seconds since 1970, with fraction. Reads RFC 3339 timestamps (a zone may be left
 * out: local time), such numbers themselves, and durations, which count back from `now` (milliseconds). Undefined: none of these.
 */
export function parseLogTime(text: string, now: number): string | undefined {
  if (/^\d+(\.\d{1,9})?$/.test(text)) return text;
  const stamp =
    /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (stamp !== null) {
    const [, day, time = "00:00", seconds = "00", fraction = "", zone = ""] = stamp;
    const milliseconds = Date.parse(`${day}T${time}:${seconds}${zone}`);
    if (Number.isNaN(milliseconds)) return undefined;
    return `${milliseconds / 1000}.${fraction.padEnd(9, "0")}`;
  }
  const nanoseconds = parseDuration(text);
  if (nanoseconds === undefined) return undefined;
  return (now / 1000 - Number(nanoseconds) / 1e9).toFixed(9);
}
