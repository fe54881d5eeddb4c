// A container's log for clients: what is there, and, followed, what comes. The file itself is the queue: a client that reads slowly keeps
// nothing in memory here.
import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { join } from "node:path";
import type { LogOptions, OutputChunk } from "../backend.ts";
import { millisecondsUntil } from "../moments.ts";
import type { Moment } from "../moments.ts";
import type { Container } from "./container.ts";
import { logDetails } from "./log-driver.ts";
import { LogFile } from "./log-file.ts";
import type { LogPlace } from "./log-file.ts";
import type { LogRecord } from "./log-record.ts";
import { momentOf, parseRecord, RecordFormat } from "./log-record.ts";
import { FILES } from "./record.ts";

/** Which records, and where to stop for good: before what a client is sent by other means. */
export interface LogRequest extends LogOptions {
  readonly end?: LogPlace;
}

/**
 * Records in order. Followed, they end when the container's run has ended and nothing is left to read, or at `signal`: who wants those of the
 * next run, too, hears of it by its `start`. Once this has resolved they can
 * be read whatever becomes of the container; they have to be read, if only to the first.
 */
export async function openLog(
  container: Container,
  options: LogRequest,
  signal: AbortSignal,
): Promise<AsyncIterable<OutputChunk>> {
  const path = join(container.folder, FILES.log);
  const { tail, end } = options;
  const file = await LogFile.open(path, { tail, ...(end === undefined ? {} : { end }) });
  return recordsOf(container, file, options, signal);
}

/** The same, opened when the first record is asked for. */
export async function* readLog(
  container: Container,
  options: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<OutputChunk> {
  yield* await openLog(container, options, signal);
}

async function* recordsOf(
  container: Container,
  file: LogFile | undefined,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<OutputChunk> {
  if (file === undefined) return;
  const format = new RecordFormat({
    timestamps: options.timestamps,
    ...(options.details === true ? { details: logDetails(container.saved) } : {}),
  });
  // What is being removed has no process, and soon no folder to be watched.
  const changes = options.follow && !container.removing ? new Changes(container, signal) : undefined;
  const deadline = changes?.wakeAt(options.until);
  const run = container.ended;
  try {
    while (!signal.aborted) {
      changes?.reset();
      // Asked before reading: what a container wrote is in the log before it counts as ended.
      const { running, restarting } = container.saved.state;
      const isOver = !running || restarting || container.gone || container.ended !== run;
      const ended = changes === undefined || isOver;
      for (let lines = await file.next(); lines !== undefined; lines = await file.next()) {
        for (const line of lines) {
          const record = parseRecord(line);
          if (record === undefined) continue;
          if (options.until !== undefined && momentOf(record) > options.until) return;
          if (isWanted(record, options)) yield format.format(record);
          if (signal.aborted) return;
        }
      }
      if (ended || isPast(options.until)) return;
      await changes.next();
    }
  } finally {
    clearTimeout(deadline);
    changes?.close();
    await file.close();
  }
}

function isWanted(record: LogRecord, options: LogOptions): boolean {
  if (!options[record.stream]) return false;
  return options.since === undefined || momentOf(record) >= options.since;
}

function isPast(until: Moment | undefined): boolean {
  return until !== undefined && millisecondsUntil(until) <= 0;
}

/** Tells that the log or the container has changed; the folder is watched, for a log may go on in another file. What happens between `reset` and `next` is not lost. */
class Changes {
  readonly #watcher: FSWatcher;
  readonly #container: Container;
  readonly #signal: AbortSignal;
  readonly #notice = (): void => {
    this.#changed = true;
    this.#wake?.();
  };
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(container: Container, signal: AbortSignal) {
    this.#container = container;
    this.#signal = signal;
    this.#watcher = watch(container.folder, { persistent: false }, (_, name) => {
      if (name === null || name === FILES.log) this.#notice();
    });
    this.#watcher.on("error", this.#notice); // the folder is gone: the container's own change tells
    container.listeners.add(this.#notice);
    signal.addEventListener("abort", this.#notice);
  }

  reset(): void {
    this.#changed = false;
  }

  next(): Promise<void> {
    if (this.#changed || this.#signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** One more change at that time. */
  wakeAt(time: Moment | undefined): NodeJS.Timeout | undefined {
    if (time === undefined) return undefined;
    const delay = Math.min(Math.max(0, millisecondsUntil(time)), 0x7fffffff);
    return setTimeout(this.#notice, delay).unref();
  }

  close(): void {
    this.#watcher.close();
    this.#container.listeners.delete(this.#notice);
    this.#signal.removeEventListener("abort", this.#notice);
  }
}
