// Query parameters as the API writes them.
import type { Filters } from "../backend.ts";
import { EngineError } from "../errors.ts";
import { parseMoment } from "../moments.ts";
import type { Moment } from "../moments.ts";

/** True for what Go's clients and dockerode send as a set flag; absent, empty, `0`, `false`, `no` and `none` are false. */
export function flag(query: URLSearchParams, name: string, fallback = false): boolean {
  const value = query.get(name);
  if (value === null) return fallback;
  return !["", "0", "no", "false", "none"].includes(value.trim().toLowerCase());
}

/** A whole number; undefined when absent or empty. Throws EngineError (invalid). */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === "") return undefined;
  if (!/^[+-]?\d{1,15}$/.test(value))
    throw new EngineError("invalid", `invalid value "${value}" for ${name}: a whole number was expected`);
  return Number(value);
}

/** Text; undefined when absent or empty. */
export function text(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}

/** Text that must be there. Throws EngineError (invalid). */
export function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === "")
    throw new EngineError("invalid", `bad parameter: ${name} cannot be empty`);
  return value;
}

/**
 * A time: seconds since 1970 with an optional fraction, or RFC 3339. Undefined when absent, empty or `0`, which means "no bound".
 * Throws EngineError (invalid).
 */
export function time(query: URLSearchParams, name: string): Moment | undefined {
  const value = query.get(name);
  if (value === null || value === "" || value === "0") return undefined;
  const moment = parseMoment(value);
  if (moment === undefined)
    throw new EngineError("invalid", `invalid value "${value}" for ${name}: a time was expected`);
  return moment;
}

/** Rows and columns of a resize request. Throws EngineError (invalid). */
export function terminalSize(query: URLSearchParams): { rows: number; columns: number } {
  const [rows, columns] = [wholeNumber(query, "h"), wholeNumber(query, "w")];
  if (
    rows === undefined ||
    columns === undefined ||
    rows < 0 ||
    columns < 0 ||
    rows > 65535 ||
    columns > 65535
  ) {
    throw new EngineError("invalid", "h and w must be whole numbers from 0 to 65535");
  }
  return { rows, columns };
}

function acceptedValues(key: string, value: unknown): string[] {
  if (value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    // Go's clients send a set: {"key=value": true}.
    return Object.entries(value)
      .filter(([, isIn]) => isIn === true)
      .map(([item]) => item);
  }
  throw new EngineError("invalid", `invalid filter '${key}': a list of texts was expected`);
}

/** The `filters` parameter in either wire shape. Throws EngineError (invalid) for a malformed one and for keys not in `known`. */
export function filters(query: URLSearchParams, known: readonly string[]): Filters {
  const result = new Map<string, readonly string[]>();
  const value = query.get("filters");
  if (value === null || value === "") return result;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch (cause) {
    throw new EngineError("invalid", "invalid filter: the filters are not JSON", { cause });
  }
  if (parsed === null) return result;
  if (typeof parsed !== "object" || Array.isArray(parsed)) {
    throw new EngineError("invalid", "invalid filter: the filters are not a mapping");
  }
  for (const [key, accepted] of Object.entries(parsed)) {
    if (!known.includes(key)) throw new EngineError("invalid", `invalid filter '${key}'`);
    result.set(key, acceptedValues(key, accepted));
  }
  return result;
}
