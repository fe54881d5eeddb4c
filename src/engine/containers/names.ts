// Container names and ids: what is allowed, and what is given when none is asked for.
import { randomBytes, randomInt } from "node:crypto";
import { EngineError } from "../errors.ts";

const ALLOWED = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

// prettier-ignore
const MOODS = [
  "able", "agile", "amber", "bold", "brave", "bright", "brisk", "calm", "candid", "clever", "cosmic",
  "crisp", "daring", "deft", "eager", "earnest", "fair", "fleet", "fond", "frank", "gentle", "glad",
  "golden", "happy", "hardy", "honest", "humble", "jolly", "keen", "kind", "lively", "loyal", "lucid",
  "mellow", "merry", "modest", "nimble", "noble", "patient", "placid", "proud", "quick", "quiet", "rapid",
  "ready", "serene", "sharp", "silent", "sincere", "smart", "solid", "spry", "steady", "sturdy", "sunny",
  "swift", "tidy", "trusty", "vivid", "warm", "wise", "witty", "zealous", "zesty",
];

// prettier-ignore
const PEOPLE = [
  "abel", "babbage", "bell", "bohr", "boole", "cauchy", "chandra", "clarke", "curie", "darwin", "dijkstra",
  "einstein", "euler", "faraday", "fermat", "fermi", "franklin", "galileo", "galois", "gauss", "goodall",
  "hamilton", "hawking", "hertz", "hilbert", "hopper", "hypatia", "jackson", "johnson", "kepler",
  "khorana", "knuth", "lamarr", "lamport", "laplace", "leavitt", "liskov", "lovelace", "maxwell", "mayer",
  "meitner", "mendel", "napier", "newton", "nightingale", "noether", "pascal", "pasteur", "perlman",
  "planck", "poincare", "ptolemy", "raman", "ride", "ritchie", "shannon", "tesla", "thompson", "torvalds",
  "turing", "volta", "wiles", "wright", "yalow",
];

/** The name without its optional leading slash; throws for what is not a name. */
export function parseContainerName(name: string): string {
  if (!ALLOWED.test(name)) {
    throw new EngineError(
      "invalid",
      `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  }
  return name.startsWith("/") ? name.slice(1) : name;
}

/** A readable name that `taken` does not know; a number follows when the readable ones run out. */
export function randomContainerName(
  taken: (name: string) => boolean,
  pick: (bound: number) => number = randomInt,
): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${MOODS[pick(MOODS.length)]}_${PEOPLE[pick(PEOPLE.length)]}`;
    const candidate = attempt < 8 ? name : `${name}${pick(10 ** Math.min(attempt - 7, 9))}`;
    if (!taken(candidate)) return candidate;
  }
}

/** 64 hexadecimal digits, whose first twelve are never all decimal (they serve as a host name). */
export function newId(): string {
  for (;;) {
    const id = randomBytes(32).toString("hex");
    if (/[a-f]/.test(id.slice(0, 12))) return id;
  }
}
