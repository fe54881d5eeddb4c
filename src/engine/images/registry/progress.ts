// Lines of the API's progress stream, from several who work at once to the one who sends them.
import { Readable } from "node:stream";

const EVERY_MS = 100;

/** One line as the API has it. */
export interface ProgressLine {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly progress?: string;
  readonly aux?: object;
}

/** Lines wait here until they are taken. */
export class ProgressLines {
  readonly #waiting: ProgressLine[] = [];
  #wake: (() => void) | undefined;

  add(line: ProgressLine): void {
    this.#waiting.push(line);
    this.#wake?.();
  }

  /** What a layer has got to; `progress` is the bar that plain clients print. Without an id it is of the whole work. */
  step(id: string, status: string, amount?: { readonly current: number; readonly total: number }): void {
    const named = id === "" ? {} : { id };
    if (amount === undefined) return this.add({ status, progressDetail: {}, ...named });
    this.add({ status, progressDetail: amount, progress: bar(amount), ...named });
  }

  /** Reports amounts, but not more often than people can see. */
  meter(id: string, status: string, total: number): (current: number) => void {
    let last = Number.NEGATIVE_INFINITY;
    return (current) => {
      const now = performance.now();
      if (now - last < EVERY_MS) return;
      last = now;
      this.step(id, status, { current, total });
    };
  }

  /** All lines until `work` ends, and then its failure if it has one. */
  async *until(work: Promise<void>): AsyncGenerator<ProgressLine, void, void> {
    let isOver = false;
    const settled = work.finally(() => {
      isOver = true;
      this.#wake?.();
    });
    settled.catch(() => undefined); // thrown below
    for (;;) {
      yield* this.#waiting.splice(0);
      if (isOver && this.#waiting.length === 0) break;
      if (this.#waiting.length > 0) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (isOver) resolve();
      });
    }
    await settled;
  }
}

/** The same bytes; `tell` is told how many there have been. */
export function metered(bytes: Readable, tell: (current: number) => void): Readable {
  const told = async function* (): AsyncGenerator<Buffer, void, void> {
    let current = 0;
    for await (const piece of bytes as AsyncIterable<Buffer>) {
      current += piece.length;
      tell(current);
      yield piece;
    }
  };
  return Readable.from(told(), { objectMode: false });
}

const WIDTH = 50;

function bar({ current, total }: { readonly current: number; readonly total: number }): string {
  const done = total === 0 ? WIDTH : Math.min(WIDTH, Math.floor((current / total) * WIDTH));
  const arrow = done === WIDTH ? "=".repeat(WIDTH) : `${"=".repeat(done)}>${" ".repeat(WIDTH - done - 1)}`;
  return `[${arrow}] ${size(current)}/${size(total)}`;
}

function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(4))}${units[unit] ?? ""}`;
}
