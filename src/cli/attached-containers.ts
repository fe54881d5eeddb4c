// The containers that an attached `up` watches: their output from the first line on, their ends, their new starts.
import {
  EngineClientError,
  type ContainerDetails,
  type ContainerEvent,
  type EngineClient,
  type OutputChunk,
} from "../client/index.ts";
import { LABEL, type ObservedContainer } from "../planner/index.ts";
import type { AttachedOutput } from "./attached-output.ts";
import { isTerminal } from "./log-records.ts";
import { parseLogTime } from "./log-time.ts";
import { LineCutter } from "./render/log-prefix.ts";

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
  /** Its events are handled one after the other. */
  handled: Promise<void>;
}

/** All containers of one attached `up`. */
export class AttachedContainers {
  readonly #request: WatchRequest;
  readonly #watched = new Map<string, Watched>();
  #listening: Promise<void> = Promise.resolve();
  #settled = false;

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

  /** From now on the end of the last container is the end of all. */
  settle(): void {
    this.#settled = true;
    this.#checkIdle();
  }

  /** Resolves when all containers that were stopped have been told of and their output has been printed. */
  async drained(): Promise<void> {
    for (;;) {
      const open = [...this.#watched.values()].filter(({ printing }) => printing !== undefined);
      await Promise.all([...this.#watched.values()].map(({ handled }) => handled));
      if (open.length === 0) return;
      await Promise.all(open.map(({ printing }) => printing));
    }
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
    this.#print(watched, chunks);
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
      handled: Promise.resolve(),
    };
    this.#watched.set(details.Id, watched);
    return watched;
  }

  #print(watched: Watched, chunks: AsyncIterable<OutputChunk>): void {
    watched.printing = this.#printLines(watched.name, chunks).finally(() => {
      watched.printing = undefined;
    });
    watched.printing.catch((error: unknown) =>
      this.#request.output.say(`${watched.name}: ${(error as Error).message}`),
    );
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
    const since = parseLogTime(details.State.StartedAt, Date.now());
    const request = { follow: true, tty: isTerminal(details), ...(since === undefined ? {} : { since }) };
    this.#print(watched, client.containerLogs(id, request, signal));
  }

  async #died(watched: Watched, event: ContainerEvent): Promise<void> {
    // Its last lines come before the remark that it has ended.
    await watched.printing;
    const details = await unlessGone(this.#request.client.inspectContainer(watched.id));
    const returning = details !== undefined && (details.State.Restarting || details.State.Running);
    const exitCode = Number(event.Actor.Attributes["exitCode"] ?? details?.State.ExitCode ?? 0);
    watched.running = returning;
    const { name, service } = watched;
    this.#request.onEnd({ container: name, service, exitCode, returning });
    this.#checkIdle();
  }

  #checkIdle(): void {
    if (!this.#settled) return;
    const live = [...this.#watched.values()].some(
      ({ running, service }) => running && this.#request.monitored.has(service),
    );
    if (!live) this.#request.onIdle();
  }
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const gone =
      error instanceof EngineClientError && (error.code === "not-found" || error.code === "conflict");
    if (gone) return undefined;
    throw error;
  }
}
