// What happens in the engine: the last 256 events are kept for whoever asks about the past, and everyone who follows gets the new ones.
import type { EngineEvent } from "./api-types/event.ts";
import type { EventsBackend, Filters } from "./backend.ts";
import { millisecondsUntil } from "./moments.ts";
import type { Moment } from "./moments.ts";

/** How many past events can be asked for. */
const KEPT = 256;

/** How many events may wait for a subscriber that does not read before it is cut off. */
const QUEUE_LIMIT = 8192;

/** Longest delay a timer of Node can have; a later end is waited for in several steps. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** An event as the engine's parts announce it. */
export type Occurrence = Pick<EngineEvent, "Type" | "Action" | "Actor">;

/** All that was unused of a kind has gone, and so many bytes with it. */
export function pruned(kind: "container" | "image" | "network" | "volume", bytes: number): Occurrence {
  return { Type: kind, Action: "prune", Actor: { ID: "", Attributes: { reclaimed: String(bytes) } } };
}

/** Nanoseconds since 1970 are past the whole numbers that a number can hold: it holds every 256th. */
const NANOSECONDS_APART = 256;

/**
 * Now, by the wall clock that clients compare with: the finer clock of Node counts from the start of the process and
 * drifts from it. The wall clock tells milliseconds; within one, events are a microsecond apart, so that they sort.
 */
function stampAfter(last: number): { time: number; timeNano: number } {
  const milliseconds = Date.now();
  // Never less than the millisecond that it stands for, however the product is rounded.
  const begin = milliseconds * 1e6 + NANOSECONDS_APART;
  const sameMillisecond = last >= begin && last < begin + 1e6;
  return {
    time: Math.floor(milliseconds / 1000),
    timeNano: sameMillisecond ? last + 4 * NANOSECONDS_APART : begin,
  };
}

/** Container and image events carry three older fields as well. */
function complete({ Type, Action, Actor }: Occurrence, last: number): EngineEvent {
  const event: EngineEvent = { Type, Action, Actor, scope: "local", ...stampAfter(last) };
  if (Type !== "container" && Type !== "image") return event;
  const image = Actor.Attributes["image"];
  const from = Type === "container" && image !== undefined ? { from: image } : {};
  return { status: Action, id: Actor.ID, ...from, ...event };
}

const EMBEDS_DATA = /^(health_status|exec_create|exec_start)/;

function actionMatches(event: EngineEvent, wanted: string): boolean {
  return event.Action === wanted || (EMBEDS_DATA.test(wanted) && event.Action.startsWith(wanted));
}

function labelMatches(event: EngineEvent, wanted: string): boolean {
  const equals = wanted.indexOf("=");
  if (equals === -1) return Object.hasOwn(event.Actor.Attributes, wanted);
  return event.Actor.Attributes[wanted.slice(0, equals)] === wanted.slice(equals + 1);
}

function actorMatches(event: EngineEvent, type: string, wanted: string): boolean {
  if (event.Type !== type) return false;
  return event.Actor.ID.startsWith(wanted) || (event.Actor.Attributes["name"]?.startsWith(wanted) ?? false);
}

function withoutTag(reference: string): string {
  return reference.replace(/:[^:/]+$/, "");
}

function imageMatches(event: EngineEvent, wanted: string): boolean {
  const { ID, Attributes } = event.Actor;
  const names = event.Type === "image" ? [ID, Attributes["name"]] : [Attributes["image"]];
  return names.some((name) => name !== undefined && (name === wanted || withoutTag(name) === wanted));
}

/** Values of one key are alternatives; keys, and labels among themselves, must all hold. */
function matches(event: EngineEvent, filters: Filters): boolean {
  for (const [key, values] of filters) {
    if (values.length === 0) continue;
    const holds = (wanted: string): boolean => {
      switch (key) {
        case "type":
          return event.Type === wanted;
        case "event":
          return actionMatches(event, wanted);
        case "label":
          return labelMatches(event, wanted);
        case "scope":
          return event.scope === wanted;
        case "image":
          return imageMatches(event, wanted);
        default:
          return actorMatches(event, key, wanted);
      }
    };
    if (key === "label" ? !values.every(holds) : !values.some(holds)) return false;
  }
  return true;
}

/** In the digits that clients are sent, and ask with. */
function momentOf(event: EngineEvent): Moment {
  return BigInt(String(event.timeNano));
}

/** Events on their way to one subscriber. */
class Subscription implements AsyncIterableIterator<EngineEvent> {
  readonly #queue: EngineEvent[] = [];
  readonly #onEnd: () => void;
  #ended = false;
  #overrun = false;
  #wake: (() => void) | undefined;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  push(event: EngineEvent): void {
    if (this.#ended) return;
    if (this.#queue.length >= QUEUE_LIMIT) {
      this.#overrun = true;
      this.end();
      return;
    }
    this.#queue.push(event);
    this.#wake?.();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<EngineEvent>> {
    for (;;) {
      const event = this.#queue.shift();
      if (event !== undefined) return { done: false, value: event };
      if (this.#overrun) throw new Error("a subscriber did not read its events and was cut off");
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async return(): Promise<IteratorResult<EngineEvent>> {
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Keeps the last events and hands new ones out. */
export class EngineEvents implements EventsBackend {
  readonly #kept: EngineEvent[] = [];
  readonly #listeners = new Set<(event: EngineEvent) => void>();

  /** Makes an occurrence known, stamped with the present time. */
  emit(occurrence: Occurrence): void {
    const event = complete(occurrence, this.#kept.at(-1)?.timeNano ?? 0);
    this.#kept.push(event);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /** Calls `listener` with every event from now on; the result ends that. */
  listen(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Follows from the moment of the call, not of the first read. The past is replayed only when `since` or `until` is given. */
  subscribe(
    options: { since?: Moment; until?: Moment; filters: Filters },
    signal: AbortSignal,
  ): AsyncIterable<EngineEvent> {
    const { since, until, filters } = options;
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => subscription.end();
    const subscription = new Subscription(() => {
      stopListening();
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    });
    const stopListening = this.listen((event) => {
      if (matches(event, filters)) subscription.push(event);
    });
    if (since !== undefined || until !== undefined) {
      for (const event of this.#kept) {
        const moment = momentOf(event);
        if ((since !== undefined && moment < since) || (until !== undefined && moment > until)) continue;
        if (matches(event, filters)) subscription.push(event);
      }
    }
    const endAt = (due: Moment): void => {
      const left = millisecondsUntil(due);
      if (left <= 0) end();
      else timer = setTimeout(() => endAt(due), Math.min(left, LONGEST_DELAY));
    };
    if (until !== undefined) endAt(until);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    return subscription;
  }
}
