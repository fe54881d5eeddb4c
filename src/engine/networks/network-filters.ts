// Filters of `GET /networks` and of prune.
import type { Filters } from "../backend.ts";
import { EngineError } from "../errors.ts";
import { isPredefined } from "./network-record.ts";
import type { NetworkRecord } from "./network-record.ts";

type Test = (network: NetworkRecord) => boolean;

/** A test for lists; values of one key are alternatives, but every label must fit. `isUsed` tells of running members. */
export function listFilter(filters: Filters, isUsed: Test): Test {
  const tests: Record<string, (values: readonly string[]) => Test> = {
    name: (values) => (network) => values.some((value) => matches(network.name, value)),
    id: (values) => (network) => values.some((value) => matches(network.id, value)),
    driver: (values) => (network) => values.includes(network.driver),
    scope: (values) => () => values.includes("local"),
    type: (values) => typeTest(values),
    label: (values) => (network) => values.every((value) => hasLabel(network, value)),
    dangling: (values) => danglingTest(values, isUsed),
  };
  return all(filters, tests);
}

/** A test for prune: labels, and `until`, which spares what was made after that time. */
export function pruneFilter(filters: Filters): Test {
  return all(filters, {
    label: (values) => (network) => values.every((value) => hasLabel(network, value)),
    "label!": (values) => (network) => values.every((value) => !hasLabel(network, value)),
    until: (values) => {
      if (values.length > 1) throw new EngineError("invalid", "more than one until filter specified");
      const limit = untilTime(values[0] ?? "");
      return (network) => Date.parse(network.created) < limit;
    },
  });
}

function all(filters: Filters, tests: Readonly<Record<string, (values: readonly string[]) => Test>>): Test {
  const chosen = [...filters].map(([key, values]) => {
    const make = Object.hasOwn(tests, key) ? tests[key] : undefined;
    if (make === undefined) throw new EngineError("invalid", `invalid filter '${key}'`);
    return values.length === 0 ? () => true : make(values);
  });
  return (network) => chosen.every((test) => test(network));
}

function typeTest(values: readonly string[]): Test {
  const wrong = values.find((value) => value !== "custom" && value !== "builtin");
  if (wrong !== undefined) throw new EngineError("invalid", `invalid filter: 'type'='${wrong}'`);
  return (network) => values.includes(isPredefined(network) ? "builtin" : "custom");
}

function danglingTest(values: readonly string[], isUsed: Test): Test {
  const value = values[0] ?? "";
  const wanted = ["true", "1"].includes(value);
  if (values.length > 1 || (!wanted && !["false", "0"].includes(value)))
    throw new EngineError("invalid", `invalid filter 'dangling=[${values.join(" ")}]'`);
  return (network) => wanted === (!isPredefined(network) && !isUsed(network));
}

function hasLabel(network: NetworkRecord, wanted: string): boolean {
  const at = wanted.indexOf("=");
  const key = at === -1 ? wanted : wanted.slice(0, at);
  if (!Object.hasOwn(network.labels, key)) return false;
  return at === -1 || network.labels[key] === wanted.slice(at + 1);
}

/** A part of the text, or a pattern that fits it. */
function matches(text: string, wanted: string): boolean {
  if (text.includes(wanted)) return true;
  try {
    return new RegExp(wanted).test(text);
  } catch {
    return false; // not a pattern, and the text itself was not found
  }
}

/** Milliseconds since 1970 of a time: RFC 3339, seconds since 1970, or a duration before now such as `1h30m`. */
function untilTime(text: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };
  if (/^(\d+(\.\d+)?[hms])+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
    return (
      Date.now() - parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0), 0)
    );
  }
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(time)) throw new EngineError("invalid", `invalid filter 'until=${text}'`);
  return time;
}
