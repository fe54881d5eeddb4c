// Signals by name and number, as clients write them.
import { constants } from "node:os";
import { EngineError } from "./errors.ts";

const REAL_TIME_FIRST = 34;
const REAL_TIME_LAST = 64;

/** The number of `TERM`, `SIGTERM`, `15` or `RTMIN+3`; throws for anything else. */
export function parseSignal(text: string): number {
  const upper = text.trim().toUpperCase();
  const number = signalNumber(upper.startsWith("SIG") ? upper.slice(3) : upper);
  if (number === undefined) throw new EngineError("invalid", `Invalid signal: ${text}`);
  return number;
}

function signalNumber(name: string): number | undefined {
  if (/^\d+$/.test(name)) {
    const number = Number(name);
    return number >= 1 && number <= REAL_TIME_LAST ? number : undefined;
  }
  const realTime = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (realTime !== null) return realTimeSignal(realTime);
  return (constants.signals as Readonly<Record<string, number>>)[`SIG${name}`];
}

function realTimeSignal(match: RegExpExecArray): number | undefined {
  const base = match[1] === "MIN" ? REAL_TIME_FIRST : REAL_TIME_LAST;
  const number = base + (match[2] === "-" ? -1 : 1) * Number(match[3] ?? 0);
  return number >= REAL_TIME_FIRST && number <= REAL_TIME_LAST ? number : undefined;
}
