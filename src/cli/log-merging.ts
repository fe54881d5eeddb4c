// Several logs as one, in the order of time.
import type { LogRecord } from "./log-records.ts";

/** How many records of one log may wait for those of the others. */
const QUEUE_LIMIT = 256;

interface Source {
  readonly queue: LogRecord[];
  ended: boolean;
  /** Lets the reading go on once the queue has room. */
  resume: (() => void) | undefined;
  /** When the first record of the queue came, in milliseconds. */
  headSince: number;
}

/**
 * Merges logs by time. With no `windowMs` each record waits until every log has one to compare it with, so that the
 * whole is sorted; otherwise it waits at most that long, for logs that go on.
 */
export class LogMerger {
  readonly #windowMs: number;
  readonly #sources = new Set<Source>();
  #wake: () => void = () => undefined;
  #open = true;
  #failure: { readonly error: unknown } | undefined;

  constructor(windowMs = Number.POSITIVE_INFINITY) {
    this.#windowMs = windowMs;
  }

  /** Adds a log; resolves when it has ended and all of it has been given out. */
  async add(records: AsyncIterable<LogRecord>): Promise<void> {
    const source: Source = { queue: [], ended: false, resume: undefined, headSince: 0 };
    this.#sources.add(source);
    try {
      for await (const record of records) {
        if (source.queue.length === 0) source.headSince = performance.now();
        source.queue.push(record);
        this.#wake();
        if (source.queue.length >= QUEUE_LIMIT) await this.#room(source);
      }
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      source.ended = true;
      this.#wake();
    }
    while (source.queue.length > 0 && this.#failure === undefined) await this.#room(source);
    this.#sources.delete(source);
    this.#wake();
  }

  /** No log will be added any more: the merged one ends with those there are. */
  close(): void {
    this.#open = false;
    this.#wake();
  }

  /** The records of all logs, as many at a time as are there. Throws what reading one of them threw. */
  async *batches(): AsyncGenerator<readonly LogRecord[], void, void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const batch: LogRecord[] = [];
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        batch.push(next);
        if (batch.length === QUEUE_LIMIT) break;
      }
      if (batch.length > 0) {
        yield batch;
        continue;
      }
      if (!this.#open && [...this.#sources].every((source) => source.ended && source.queue.length === 0))
        return;
      await this.#change();
    }
  }

  #room(source: Source): Promise<void> {
    return new Promise((resolve) => {
      source.resume = resolve;
    });
  }

  /** The earliest record that may be given out now. */
  #next(): LogRecord | undefined {
    let first: Source | undefined;
    let complete = true;
    for (const source of this.#sources) {
      const head = source.queue[0];
      if (head === undefined) {
        complete &&= source.ended;
        continue;
      }
      if (first?.queue[0] === undefined || isEarlier(head, first.queue[0])) first = source;
    }
    if (first === undefined) return undefined;
    if (!complete && !this.#hasWaited(first)) return undefined;
    const record = first.queue.shift();
    first.headSince = performance.now();
    if (first.queue.length < QUEUE_LIMIT / 2 || first.ended) {
      first.resume?.();
      first.resume = undefined;
    }
    return record;
  }

  #hasWaited(source: Source): boolean {
    return performance.now() - source.headSince >= this.#windowMs;
  }

  /** Resolves when a log has got a record or ended, or a record has waited long enough. */
  async #change(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      const heads = [...this.#sources]
        .filter(({ queue }) => queue.length > 0)
        .map(({ headSince }) => headSince);
      if (heads.length === 0 || !Number.isFinite(this.#windowMs)) return;
      timer = setTimeout(resolve, Math.max(0, Math.min(...heads) + this.#windowMs - performance.now()));
    });
    clearTimeout(timer);
  }
}

function isEarlier(a: LogRecord, b: LogRecord): boolean {
  return sortKey(a.time) < sortKey(b.time);
}

const FIXED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z$/;

/** Engines write nine digits and UTC; others' times are brought into that form. */
function sortKey(time: string): string {
  if (time === "" || FIXED.test(time)) return time;
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) return time;
  const fraction = /\.(\d{1,9})/.exec(time)?.[1] ?? "";
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction.padEnd(9, "0")}Z`;
}
