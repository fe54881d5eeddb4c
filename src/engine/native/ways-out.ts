// By which way what containers send to the world leaves: chosen here, tried and used by the process that keeps the uplink (docs/networks.md).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import { findProgram } from "../search-path.ts";

/** A way out of the engine's network namespace. `proxy` is there always, where there is any. */
export type WayOut = "nat" | "pasta" | "slirp4netns" | "proxy";

/** What may be asked for. */
export const EGRESS_WISHES = ["auto", "nat", "pasta", "slirp4netns", "proxy"] as const;

/** What is asked for; `auto`: the best that works. */
export type EgressWish = (typeof EGRESS_WISHES)[number];

/** Programs that can be a way out for an ordinary user, the better one first, with what Debian calls their packages. */
const PROGRAMS = { pasta: "passt", slirp4netns: "slirp4netns" } as const;

type Program = keyof typeof PROGRAMS;

/** What the choice depends on. */
export interface WayOutFacts {
  readonly rootless: boolean;
  /** Paths of the programs that are installed. */
  readonly programs: Readonly<Partial<Record<Program, string>>>;
  /** Why this user may not make interfaces for programs (/dev/net/tun); undefined: he may. */
  readonly noTun: string | undefined;
}

/** A way that is not used, and why. */
export interface RefusedWay {
  readonly way: WayOut;
  readonly reason: string;
}

/** The choice, as far as it can be made beforehand. */
export interface WaysOut {
  readonly wish: EgressWish;
  /** Ways to be tried before the proxy, the best first; with the path of the program, where it is one. */
  readonly offered: readonly { readonly way: WayOut; readonly program?: string }[];
  readonly refused: readonly RefusedWay[];
}

function refusalOf(program: Program, facts: WayOutFacts): string | undefined {
  if (facts.programs[program] === undefined) return `not installed (Debian: ${PROGRAMS[program]})`;
  return facts.noTun;
}

function impossible(wish: EgressWish, reason: string): EngineError {
  return new EngineError("unavailable", `SLIPWAY_EGRESS=${wish} is impossible here: ${reason}`);
}

/** Nothing is tried. */
export const PROXY_ONLY: WaysOut = { wish: "proxy", offered: [], refused: [] };

/** Chooses. Throws EngineError (unavailable) when a way is wished for that there cannot be here. */
export function chooseWaysOut(wish: EgressWish, facts: WayOutFacts): WaysOut {
  if (wish === "proxy") return PROXY_ONLY;
  if (!facts.rootless) {
    if (wish !== "auto" && wish !== "nat") throw impossible(wish, "it is for engines of ordinary users");
    return { wish, offered: [{ way: "nat" }], refused: [] };
  }
  if (wish === "nat") throw impossible(wish, "it takes an engine of root");
  const offered: { way: Program; program: string }[] = [];
  const refused: RefusedWay[] = [];
  for (const way of Object.keys(PROGRAMS) as Program[]) {
    if (wish !== "auto" && wish !== way) continue;
    const reason = refusalOf(way, facts);
    if (reason !== undefined) refused.push({ way, reason });
    else offered.push({ way, program: facts.programs[way] ?? "" });
  }
  const [first] = refused;
  if (wish !== "auto" && first !== undefined) throw impossible(wish, first.reason);
  return { wish, offered, refused };
}

/** Which of the programs are in the folders of `searchPath`. */
export function findPrograms(searchPath: string): WayOutFacts["programs"] {
  const found: Partial<Record<Program, string>> = {};
  for (const name of Object.keys(PROGRAMS) as Program[]) {
    const path = findProgram(name, searchPath);
    if (path !== undefined) found[name] = path;
  }
  return found;
}

/** Where the process that keeps the uplink tells what has come of it; the file is there once it was started. */
export function uplinkReportFile(root: string): string {
  return join(root, "run", "uplink");
}

/** Arguments of the anchor: what it is to try, if anything. */
export function anchorArguments(root: string, { wish, offered }: WaysOut): string[] {
  if (offered.length === 0) return [];
  const ways = offered.flatMap(({ way, program }) => [
    "--way",
    program === undefined ? way : `${way}=${program}`,
  ]);
  return ["--report", uplinkReportFile(root), "--wish", wish, ...ways];
}

/** What is used now. */
export interface Egress {
  /** What was asked for when the engine's network namespace was made. */
  readonly wish: string;
  /** What was asked for since, if that is something else: it counts for the next namespace. */
  readonly pending?: EgressWish;
  /** Null while the engine has no network namespace. */
  readonly way: WayOut | null;
  /** Why no better one is used. */
  readonly refused: readonly RefusedWay[];
}

/** Reads a report: lines of a keyword and its value. */
export function parseUplinkReport(text: string): Egress & { readonly way: WayOut } {
  const report = { wish: "", way: "proxy" as WayOut, refused: [] as RefusedWay[] };
  for (const line of text.split("\n")) {
    const [, keyword, value = "", rest = ""] = /^(\S+) (\S+) ?(.*)$/.exec(line) ?? [];
    if (keyword === "wish") report.wish = value;
    if (keyword === "way") report.way = value as WayOut;
    if (keyword === "refused") report.refused.push({ way: value as WayOut, reason: rest });
  }
  return report;
}

function readReport(root: string): string {
  try {
    return readFileSync(uplinkReportFile(root), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return ""; // nothing is to be tried, or it was not begun yet
    throw error;
  }
}

/** What is used now, by an engine whose anchor runs or does not. */
export function currentEgress(root: string, chosen: WaysOut, anchorRuns: boolean): Egress {
  if (!anchorRuns) return { wish: chosen.wish, way: null, refused: chosen.refused };
  const { wish: told, way, refused } = parseUplinkReport(readReport(root));
  const wish = told || chosen.wish;
  return {
    wish,
    ...(wish === chosen.wish ? {} : { pending: chosen.wish }),
    way,
    refused: [...chosen.refused, ...refused],
  };
}
