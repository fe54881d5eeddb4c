// Times things side by side: A B A B …, so that both see the same machine, and compares medians.

import { setTimeout } from "node:timers/promises";

export interface BenchOptions {
  /** Few rounds, to see that the benchmark itself works; its figures mean little. */
  readonly quick: boolean;
}

/** One printed line; `met` is absent where there is no goal. */
export interface BenchRow {
  readonly text: string;
  readonly met?: boolean;
}

export interface Bench {
  /** What is claimed, in one sentence with its goal. */
  readonly claim: string;
  run(options: BenchOptions): AsyncIterable<BenchRow>;
}

/** The middle value; of an even count the lower one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error("median of nothing");
  return middle;
}

export interface Side {
  readonly name: string;
  once(): Promise<void>;
}

/** What an engine still does after its last answer must not be counted to whoever is next. */
const PAUSE_MILLISECONDS = 30;

/** Milliseconds of each round of each side, warm-up rounds left out. */
export async function timeSides(
  sides: readonly Side[],
  rounds: number,
  warmup = 1,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds + warmup; round += 1) {
    for (const side of sides) {
      await setTimeout(PAUSE_MILLISECONDS);
      const start = performance.now();
      await side.once();
      if (round >= warmup) times.get(side.name)?.push(performance.now() - start);
    }
  }
  return times;
}

const format = (value: number): string => (value < 100 ? value.toFixed(1) : value.toFixed(0));

/** "name   median 12.3 ms (min 10.1, max 20.9, n=10)". */
export function describeTimes(name: string, values: readonly number[]): BenchRow {
  const range = `min ${format(Math.min(...values))}, max ${format(Math.max(...values))}, n=${values.length}`;
  return { text: `${name.padEnd(44)} median ${format(median(values))} ms (${range})` };
}

/** Says whether median(a)/median(b) is at most `goal`. */
export function describeRatio(
  name: string,
  a: readonly number[],
  b: readonly number[],
  goal: number,
): BenchRow {
  const ratio = median(a) / median(b);
  const met = ratio <= goal;
  return {
    text: `${name.padEnd(44)} ratio ${ratio.toFixed(3)}, goal at most ${goal.toFixed(3)}: ${met ? "met" : "MISSED"}`,
    met,
  };
}

/** Says whether a figure is at most `goal`. */
export function describeFigure(name: string, value: number, goal: number, unit: string): BenchRow {
  const met = value <= goal;
  return {
    text: `${name.padEnd(44)} ${format(value)} ${unit}, goal at most ${goal} ${unit}: ${met ? "met" : "MISSED"}`,
    met,
  };
}
