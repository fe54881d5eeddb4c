// Compose's scalar formats: durations, byte sizes, file modes. Parsers answer undefined for text they do not understand;
// the caller knows the place and writes the diagnostic.

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
  w: 604_800e9,
};

/** Durations are counted in 64 bits: some 292 years. */
const MAX_DURATION = 2 ** 63;

const DURATION_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)/gy;

/**
 * Reads a duration such as `1m30s`, `1.5h` or `2w` as nanoseconds. `0` needs no unit; a sign may lead.
 * Undefined when the text is not a duration.
 */
export function parseDuration(text: string): number | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const body = /^[-+]/.test(text) ? text.slice(1) : text;
  if (body === "0") return 0;
  if (body === "") return undefined;
  let total = 0;
  let at = 0;
  DURATION_PART.lastIndex = 0;
  while (at < body.length) {
    const part = DURATION_PART.exec(body);
    if (part === null) return undefined;
    at = DURATION_PART.lastIndex;
    total += Number(part[1]) * (NANOSECONDS[part[2] ?? ""] ?? Number.NaN);
  }
  return total < MAX_DURATION ? sign * Math.round(total) : undefined;
}

/** Writes nanoseconds the way Go does: `1m30s`, `1h0m0s`, `500ms`, `0s`. */
export function formatDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < 0) return `-${formatDuration(-nanoseconds)}`;
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${nanoseconds / 1e3}µs`;
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const wholeSeconds = Math.floor(nanoseconds / 1e9);
  const rest = nanoseconds - wholeSeconds * 1e9;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(9, "0").replace(/0+$/, "")}`;
  const seconds = `${wholeSeconds % 60}${fraction}s`;
  const minutes = Math.floor(wholeSeconds / 60);
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
}

const SIZE = /^(-(?=\d+$)|\+?)((?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?) ?([kmgtp]?)(i?b)?$/i;
const POWERS: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** Reads `512m`, `1.5GiB`, `64 kb` or a plain number, which may be negative, as bytes (base 1024). Undefined when the text is no size. */
export function parseBytes(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const [, sign = "", digits = "", letter = "", ending = ""] = match;
  const unit = letter.toLowerCase();
  if (unit === "" && ending.toLowerCase() === "ib") return undefined;
  return Math.trunc(Number(sign + digits) * 1024 ** (POWERS[unit] ?? 0));
}

/** Reads octal digits (`0440`, `0o440`) as a file mode. Undefined when the text is no such number. */
export function parseFileMode(text: string): number | undefined {
  const digits = /^0?o?([0-7]+)$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

/** Writes a file mode as octal digits with one leading zero: `0440`. */
export function formatFileMode(mode: number): string {
  return `0${mode.toString(8)}`;
}
