// The instruction HEALTHCHECK: `[--interval=5s …] CMD command`, or NONE.
import type { Healthcheck } from "../api-types/container-config.ts";
import { jsonList } from "./change-words.ts";

const durations: Readonly<Record<string, "Interval" | "Timeout" | "StartPeriod" | "StartInterval">> = {
  interval: "Interval",
  timeout: "Timeout",
  "start-period": "StartPeriod",
  "start-interval": "StartInterval",
};

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const SHORTEST = 1e6;

/** `1m30s` as nanoseconds. */
function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (text === "" || parts.map(([part]) => part).join("") !== text)
    throw new Error(`time: invalid duration "${text}"`);
  return Math.round(
    parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (NANOSECONDS[unit] ?? 0), 0),
  );
}

function parseOption(name: string, value: string): Healthcheck {
  const field = durations[name];
  if (field !== undefined) {
    const duration = value === "" ? 0 : parseDuration(value);
    if (duration !== 0 && duration < SHORTEST) throw new Error(`Interval "${name}" cannot be less than 1ms`);
    return { [field]: duration };
  }
  if (name !== "retries") throw new Error(`Unknown flag: ${name}`);
  const retries = Number(value);
  if (!Number.isInteger(retries)) throw new Error(`--retries must be a number (not ${value})`);
  if (retries < 1) throw new Error(`--retries must be at least 1 (not ${retries})`);
  return { Retries: retries };
}

/** What the instruction's argument says. Throws Error. */
export function parseHealthcheck(argument: string): Healthcheck {
  let rest = argument;
  let options: Healthcheck = {};
  for (;;) {
    const [whole, name = "", value = ""] = /^--([^\s=]+)(?:=(\S*))?\s*/.exec(rest) ?? [];
    if (whole === undefined) break;
    options = { ...options, ...parseOption(name, value) };
    rest = rest.slice(whole.length);
  }
  const [, kind = "", command = ""] = /^(\S*)\s*(.*)$/s.exec(rest) ?? [];
  switch (kind.toUpperCase()) {
    case "":
      throw new Error("HEALTHCHECK requires at least one argument");
    case "NONE":
      if (command !== "") throw new Error("HEALTHCHECK NONE takes no arguments");
      return { Test: ["NONE"] };
    case "CMD": {
      if (command === "") throw new Error("Missing command after HEALTHCHECK CMD");
      const list = jsonList(command);
      return { Test: list === undefined ? ["CMD-SHELL", command] : ["CMD", ...list], ...options };
    }
    default:
      throw new Error(`Unknown type "${kind.toUpperCase()}" in HEALTHCHECK (try CMD)`);
  }
}
