// Logs that go on: of containers that run, and of those that are started meanwhile.
import type { Writable } from "node:stream";
import { EngineClientError, type EngineClient, type LogRequest } from "../client/index.ts";
import { LABEL } from "../planner/index.ts";
import { LogMerger } from "./log-merging.ts";
import { isTerminal, readLogRecords, type LogRecord } from "./log-records.ts";
import type { LogPrinter } from "./log-printer.ts";
import type { ProjectContainer } from "./project-containers.ts";
import { unlessGone } from "./unless-gone.ts";

/** How long a line may wait for earlier ones of other containers. */
const REORDER_WINDOW_MS = 50;

/** What reading a project's logs needs. */
export interface LogScope {
  readonly client: EngineClient;
  readonly project: string;
  readonly printer: LogPrinter;
  readonly request: Omit<LogRequest, "tty">;
  /** Lines show their times. */
  readonly timestamps: boolean;
  readonly signal: AbortSignal;
}

/** Prints the logs of containers in the order of time, to their present end. */
export async function printLogs(
  containers: readonly ProjectContainer[],
  scope: LogScope,
  output: Writable,
): Promise<void> {
  const merger = new LogMerger();
  for (const { id, name } of containers)
    void merger.add(openLog(scope, { id, name, request: scope.request }));
  merger.close();
  await printRecords(merger, scope, output);
}

/** Prints the logs of containers and goes on until none of them runs any more, or `signal` aborts. */
export async function followLogs(
  containers: readonly ProjectContainer[],
  scope: LogScope,
  output: Writable,
): Promise<void> {
  const merger = new LogMerger(REORDER_WINDOW_MS);
  const leave = new AbortController();
  const signal = AbortSignal.any([scope.signal, leave.signal]);
  const labels = [`${LABEL.project}=${scope.project}`];
  const events = await scope.client.events({ labels }, signal);
  const follower = new LogFollower({ ...scope, signal }, merger);
  // Containers that run on, or may come back, are not waited for any more.
  signal.addEventListener("abort", () => merger.close(), { once: true });
  for (const container of containers) follower.follow(container);
  follower.endWhenIdle();
  const services = new Set(containers.map(({ service }) => service));
  const watching = (async () => {
    for await (const { Action, Actor } of events) {
      const service = Actor.Attributes[LABEL.service] ?? "";
      if (Action !== "start" || !services.has(service)) continue;
      follower.started({ id: Actor.ID, name: Actor.Attributes["name"] ?? Actor.ID });
    }
  })();
  try {
    await printRecords(merger, scope, output);
  } finally {
    leave.abort();
    await watching;
  }
}

interface Followed {
  /** The time of its last line that was read. */
  lastTime: string;
  /** It was started again while its log was still being read. */
  startedAgain: boolean;
  reading: boolean;
  /** It does not run now, but its restart policy starts it again. */
  comingBack: boolean;
}

/** Knows which containers' logs are being read; a log that ended is read on when its container starts again. */
class LogFollower {
  readonly #scope: LogScope;
  readonly #merger: LogMerger;
  readonly #followed = new Map<string, Followed>();

  constructor(scope: LogScope, merger: LogMerger) {
    this.#scope = scope;
    this.#merger = merger;
  }

  follow({ id, name }: { readonly id: string; readonly name: string }): void {
    const followed = this.#followed.get(id) ?? {
      lastTime: "",
      startedAgain: false,
      reading: false,
      comingBack: false,
    };
    this.#followed.set(id, followed);
    this.#scope.printer.join(name);
    followed.reading = true;
    followed.comingBack = false;
    followed.startedAgain = false;
    const again = followed.lastTime !== "";
    const request = again ? { ...this.#scope.request, tail: "all" as const } : this.#scope.request;
    const records = this.#unseen(openLog(this.#scope, { id, name, request }), followed);
    void this.#merger.add(records).then(() => this.#ended({ id, name }, followed));
  }

  /** To be called when a container has been started. */
  started(container: { readonly id: string; readonly name: string }): void {
    const followed = this.#followed.get(container.id);
    if (followed?.reading === true) followed.startedAgain = true;
    else this.follow(container);
  }

  /** Ends the merged log when nothing is read and nothing will come. */
  endWhenIdle(): void {
    const live = [...this.#followed.values()].some(({ reading, comingBack }) => reading || comingBack);
    if (!live) this.#merger.close();
  }

  async *#unseen(
    records: AsyncIterable<LogRecord>,
    followed: Followed,
  ): AsyncGenerator<LogRecord, void, void> {
    const seen = followed.lastTime;
    for await (const record of records) {
      if (seen !== "" && record.time <= seen) continue;
      if (record.time !== "") followed.lastTime = record.time;
      yield record;
    }
  }

  /** A log has ended; the container may come back, and may have come back already. */
  async #ended(container: { readonly id: string; readonly name: string }, followed: Followed): Promise<void> {
    const comesBack = followed.startedAgain || (await isComingBack(this.#scope.client, container.id));
    if (followed.startedAgain) {
      this.follow(container);
      return;
    }
    followed.reading = false;
    followed.comingBack = comesBack;
    this.endWhenIdle();
  }
}

/** A container that its restart policy brings back. */
async function isComingBack(client: EngineClient, id: string): Promise<boolean> {
  const details = await unlessGone(client.inspectContainer(id));
  return details !== undefined && (details.State.Restarting || details.State.Running);
}

async function* openLog(
  scope: LogScope,
  log: { readonly id: string; readonly name: string; readonly request: Omit<LogRequest, "tty"> },
): AsyncGenerator<LogRecord, void, void> {
  const { client, signal } = scope;
  try {
    const tty = isTerminal(await client.inspectContainer(log.id));
    yield* readLogRecords({ client, ...log, tty, signal });
  } catch (error) {
    // Containers come and go while logs are read.
    if (error instanceof EngineClientError && (error.code === "not-found" || error.code === "aborted"))
      return;
    throw error;
  }
}

async function printRecords(merger: LogMerger, scope: LogScope, output: Writable): Promise<void> {
  for await (const batch of merger.batches()) {
    const lines = batch.map(({ container, time, text }) =>
      scope.printer.line(container, scope.timestamps && time !== "" ? `${time} ${text}` : text),
    );
    if (!output.write(lines.join(""))) await new Promise((resolve) => output.once("drain", resolve));
  }
}
