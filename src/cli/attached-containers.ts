// The containers that an attached `up` watches: their output from the first line on, their ends, their new starts.
import type { ContainerDetails, ContainerEvent, EngineClient, OutputChunk } from "../client/index.ts";
import { LABEL, type ObservedContainer } from "../planner/index.ts";
import type { AttachedOutput } from "./attached-output.ts";
import { isTerminal, readLogRecords, type LogRecord } from "./log-records.ts";
import { parseLogTime } from "./log-time.ts";
import { LineCutter } from "./render/log-prefix.ts";
import { unlessGone } from "./unless-gone.ts";

/** How long the engine may take to tell of ends that have happened. */
const DRAIN_LIMIT_MS = 2_000;

/** A container's process has ended. */
export interface ContainerEnd {
  readonly container: string;
  readonly service: string;
  readonly exitCode: number;
  /** Its restart policy brings it back. */
  readonly returning: boolean;
}

/** Whom to watch, and whom to tell. */
export interface WatchRequest {
  readonly client: EngineClient;
  readonly project: string;
  /** Services whose output is shown. */
  readonly shown: ReadonlySet<string>;
  /** Services whose ends are told. */
  readonly monitored: ReadonlySet<string>;
  readonly output: AttachedOutput;
  /** Ends all watching. */
  readonly signal: AbortSignal;
  readonly onEnd: (end: ContainerEnd) => void;
  /** No container of the monitored services runs any more, after `settle`. */
  readonly onIdle: () => void;
}

interface Watched {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  running: boolean;
  /** Printing of its present output; undefined when none is read. */
  printing: Promise<void> | undefined;
  /** Set while its log is followed, which may be left before it ends; a connection to its output ends by itself. */
  follow: { readonly leave: AbortController; lastTime: string } | undefined;
  /** Where the log of its next run begins, as the API takes it. */
  nextSince: string | undefined;
  /** Its events are handled one after the other. */
  handled: Promise<void>;
}

/** All containers of one attached `up`. */
export class AttachedContainers {
  readonly #request: WatchRequest;
  readonly #watched = new Map<string, Watched>();
  #listening: Promise<void> = Promise.resolve();
  #settled = false;
  #onNextEnd: () => void = () => undefined;

  constructor(request: WatchRequest) {
    this.#request = request;
  }

  /** Subscribes to the engine's events; to be called before anything is started. */
  async open(): Promise<void> {
    const { client, project, signal } = this.#request;
    const events = await client.events({ labels: [`${LABEL.project}=${project}`] }, signal);
    this.#listening = this.#listen(events);
    this.#listening.catch(() => undefined);
  }

  /** Resolves when everything that was read has been printed. */
  async close(): Promise<void> {
    await this.#listening;
    await Promise.all([...this.#watched.values()].map(({ printing }) => printing));
  }

  /** The client for the start phase: it attaches to a container before it starts it, so that no line is lost. */
  attachingClient(): EngineClient {
    const { client } = this.#request;
    const attach = (id: string): Promise<void> => this.#attach(id);
    return new Proxy(client, {
      get: (target, property) => {
        if (property === "startContainer") {
          return async (id: string): Promise<void> => {
            await attach(id);
            await target.startContainer(id);
          };
        }
        const member: unknown = Reflect.get(target, property, target);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  }

  /** Attaches to those that ran before and still do. */
  async attachRunning(observed: readonly ObservedContainer[]): Promise<void> {
    const running = observed.filter(
      ({ oneOff, state }) => !oneOff && (state === "running" || state === "restarting"),
    );
    await Promise.all(
      running.map(async ({ id }) => {
        if (!this.#watched.has(id)) await this.#attach(id);
      }),
    );
  }

  /** From now on the end of the last container is the end of all. `observed`: what the start phase has left. */
  settle(observed: readonly ObservedContainer[]): void {
    for (const { id, state } of observed) {
      const watched = this.#watched.get(id);
      // Attached to, but its start failed: it has no end to wait for.
      if (watched !== undefined && state === "created") watched.running = false;
    }
    this.#settled = true;
    this.#checkIdle();
  }

  /** Resolves when the ends of all containers that were stopped have been told, or the engine's events fail to come. */
  async drained(): Promise<void> {
    const deadline = AbortSignal.timeout(DRAIN_LIMIT_MS);
    while (this.#isLive() && !deadline.aborted) await this.#nextEnd(deadline);
    await Promise.all([...this.#watched.values()].map(({ printing }) => printing));
  }

  #nextEnd(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#onNextEnd = resolve;
      deadline.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** Ends them all at once, without grace. */
  async killAll(): Promise<void> {
    const { client } = this.#request;
    const running = [...this.#watched.values()].filter((watched) => watched.running);
    await Promise.all(running.map(({ id }) => unlessGone(client.killContainer(id, "SIGKILL"))));
  }

  /** Watches a container that is about to start, or runs. */
  async #attach(id: string): Promise<void> {
    const details = await unlessGone(this.#request.client.inspectContainer(id));
    const watched = details === undefined ? undefined : this.#watch(details);
    if (details === undefined || watched === undefined) return;
    watched.running = true;
    if (!this.#request.shown.has(watched.service) || watched.printing !== undefined) return;
    const tty = isTerminal(details);
    const chunks = await this.#request.client.attachContainer(id, { tty }, this.#request.signal);
    this.#print(watched, this.#printLines(watched.name, chunks));
  }

  /** Undefined for containers that are none of ours: one-off ones, and those of services that take no part. */
  #watch(details: ContainerDetails): Watched | undefined {
    const known = this.#watched.get(details.Id);
    if (known !== undefined) return known;
    const labels = details.Config.Labels ?? {};
    const service = labels[LABEL.service] ?? "";
    const { shown, monitored } = this.#request;
    if (labels[LABEL.oneOff] === "True" || !(shown.has(service) || monitored.has(service))) return undefined;
    const name = details.Name.replace(/^\//, "");
    const watched: Watched = {
      id: details.Id,
      name,
      service,
      running: false,
      printing: undefined,
      follow: undefined,
      nextSince: undefined,
      handled: Promise.resolve(),
    };
    this.#watched.set(details.Id, watched);
    return watched;
  }

  #print(watched: Watched, printing: Promise<void>): void {
    watched.printing = printing
      .catch((error: unknown) => this.#request.output.say(`${watched.name}: ${(error as Error).message}`))
      .finally(() => {
        watched.printing = undefined;
      });
  }

  async #printLines(name: string, chunks: AsyncIterable<OutputChunk>): Promise<void> {
    const { output } = this.#request;
    const cutters = { stdout: new LineCutter(), stderr: new LineCutter() };
    for await (const { stream, bytes } of chunks) {
      for (const line of cutters[stream].push(bytes)) await output.line(name, stream, line);
    }
    for (const stream of ["stdout", "stderr"] as const) {
      for (const line of cutters[stream].end()) await output.line(name, stream, line);
    }
  }

  async #listen(events: AsyncIterable<ContainerEvent>): Promise<void> {
    for await (const event of events) {
      const { Action, Actor } = event;
      const watched = this.#watched.get(Actor.ID);
      if (Action === "start") this.#enqueue(Actor.ID, () => this.#started(Actor.ID));
      else if (watched !== undefined && Action === "die")
        this.#enqueue(Actor.ID, () => this.#died(watched, event));
    }
  }

  /** Handles a container's events in their order, without holding up those of others. */
  #enqueue(id: string, handle: () => Promise<void>): void {
    const watched = this.#watched.get(id);
    const handled = (watched?.handled ?? Promise.resolve())
      .then(handle)
      .catch((error: unknown) => this.#request.output.say((error as Error).message));
    if (watched !== undefined) watched.handled = handled;
  }

  /** Also comes for those that `up` itself has attached to and started; there is nothing to do for these. */
  async #started(id: string): Promise<void> {
    const { client, shown, signal } = this.#request;
    const details = await unlessGone(client.inspectContainer(id));
    const watched = details === undefined ? undefined : this.#watch(details);
    if (details === undefined || watched === undefined) return;
    watched.running = details.State.Running || details.State.Restarting;
    if (!shown.has(watched.service) || watched.printing !== undefined) return;
    const leave = new AbortController();
    const follow = { leave, lastTime: "" };
    watched.follow = follow;
    const since = watched.nextSince ?? parseLogTime(details.State.StartedAt, Date.now());
    const range = { follow: true, ...(since === undefined ? {} : { since }) };
    const records = readLogRecords({
      client,
      id,
      name: watched.name,
      tty: isTerminal(details),
      request: range,
      signal: AbortSignal.any([signal, leave.signal]),
    });
    this.#print(watched, this.#printRecords(follow, records));
  }

  async #printRecords(follow: { lastTime: string }, records: AsyncIterable<LogRecord>): Promise<void> {
    for await (const { container, time, text } of records) {
      if (time !== "" && time <= follow.lastTime) continue;
      follow.lastTime = time;
      await this.#request.output.line(container, "stdout", text);
    }
  }

  async #died(watched: Watched, event: ContainerEvent): Promise<void> {
    const { client, onEnd } = this.#request;
    const details = await unlessGone(client.inspectContainer(watched.id));
    // Its last lines come before the remark that it has ended. An engine may tell times of events in milliseconds, those
    // of lines in nanoseconds; no next run begins within one millisecond.
    const diedAt = (event.timeNano / 1e9 + 0.001).toFixed(9);
    if (watched.follow !== undefined) await this.#finishFollow(watched, details, diedAt);
    await watched.printing;
    watched.nextSince = diedAt;
    const returning = details !== undefined && (details.State.Restarting || details.State.Running);
    const exitCode = Number(event.Actor.Attributes["exitCode"] ?? details?.State.ExitCode ?? 0);
    watched.running = returning;
    const { name, service } = watched;
    onEnd({ container: name, service, exitCode, returning });
    this.#checkIdle();
  }

  /** Prints what is left of the run that has ended, and nothing of the next. */
  async #finishFollow(watched: Watched, details: ContainerDetails | undefined, until: string): Promise<void> {
    const { follow, id, name } = watched;
    if (follow === undefined) return;
    follow.leave.abort();
    await watched.printing;
    watched.follow = undefined;
    if (details === undefined) return;
    const since = parseLogTime(follow.lastTime, Date.now()) ?? watched.nextSince;
    const request = { until, ...(since === undefined ? {} : { since }) };
    const { client, signal } = this.#request;
    const rest = readLogRecords({ client, id, name, tty: isTerminal(details), request, signal });
    this.#print(watched, this.#printRecords(follow, rest));
  }

  #isLive(): boolean {
    const { monitored } = this.#request;
    return [...this.#watched.values()].some(({ running, service }) => running && monitored.has(service));
  }

  #checkIdle(): void {
    this.#onNextEnd();
    if (this.#settled && !this.#isLive()) this.#request.onIdle();
  }
}
