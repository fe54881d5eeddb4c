// One container of the fake engine: its states, its health, its log.

import type { ApiObject, ContainerDetails, ContainerListItem, OutputChunk } from "../../src/client/index.ts";
import { runShell } from "./fake-engine-shell.ts";

interface HealthcheckBody {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Retries?: number;
}

export interface FakeMount {
  readonly Type: string;
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
}

/** What a container is made with, already resolved against its image. */
export interface FakeContainerSource {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly body: ApiObject;
  readonly command: readonly string[];
  readonly healthcheck: HealthcheckBody | undefined;
  readonly mounts: readonly FakeMount[];
  readonly networks: Map<string, ApiObject>;
  /** No health check is run: the test says what the health is. */
  readonly manualHealth: boolean;
  readonly onEvent: (action: string, container: FakeContainer) => void;
}

type Status = "created" | "running" | "restarting" | "exited";

/** created ──start──> running ──exit──> exited ──start──> running …, or restarting, as the policy says. */
export class FakeContainer {
  readonly id: string;
  name: string;
  readonly source: FakeContainerSource;
  readonly files = new Map<string, string>();
  readonly log: OutputChunk[] = [];
  status: Status = "created";
  exitCode = 0;
  health: { Status: string; FailingStreak: number; Log: { ExitCode: number; Output: string }[] } | undefined;
  #run = new AbortController();
  #stopping = false;
  #watchers = new Set<() => void>();

  constructor(source: FakeContainerSource) {
    this.id = source.id;
    this.name = source.name;
    this.source = source;
  }

  get labels(): Readonly<Record<string, string>> {
    return (this.source.body["Labels"] ?? {}) as Record<string, string>;
  }

  get #host(): ApiObject {
    return (this.source.body["HostConfig"] ?? {}) as ApiObject;
  }

  get isRunning(): boolean {
    return this.status === "running";
  }

  #environment(): ReadonlyMap<string, string> {
    const list = (this.source.body["Env"] ?? []) as readonly string[];
    return new Map(
      list.map((entry): [string, string] => {
        const equals = entry.indexOf("=");
        return equals < 0 ? [entry, ""] : [entry.slice(0, equals), entry.slice(equals + 1)];
      }),
    );
  }

  print(stream: "stdout" | "stderr", text: string): void {
    this.log.push({ stream, bytes: Buffer.from(text) });
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves at the next change of state or log. */
  change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#watchers.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#watchers.add(done);
      if (signal.aborted) done();
      else signal.addEventListener("abort", done);
    });
  }

  start(): void {
    this.#run = new AbortController();
    this.#stopping = false;
    this.status = "running";
    const { healthcheck } = this.source;
    const hasCheck = healthcheck?.Test !== undefined && healthcheck.Test[0] !== "NONE";
    this.health = hasCheck ? { Status: "starting", FailingStreak: 0, Log: [] } : undefined;
    this.source.onEvent("start", this);
    this.#changed();
    const { signal } = this.#run;
    void this.#runMain(signal);
    if (hasCheck && !this.source.manualHealth) void this.#probe(signal);
  }

  async #runMain(signal: AbortSignal): Promise<void> {
    const code = await this.#execute(this.source.command, signal);
    if (code !== undefined && !signal.aborted) this.exit(code);
  }

  /** The exit code, or undefined when it was ended from outside. */
  async #execute(command: readonly string[], signal: AbortSignal): Promise<number | undefined> {
    const world = {
      files: this.files,
      environment: this.#environment(),
      print: (stream: "stdout" | "stderr", text: string) => this.print(stream, text),
      signal,
    };
    try {
      return await runShell(command, world);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const check = this.source.healthcheck;
    const [form, ...rest] = check?.Test ?? [];
    const command = form === "CMD-SHELL" ? ["sh", "-c", rest[0] ?? ""] : rest;
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, (check?.Interval ?? 1e6) / 1e6));
      if (signal.aborted) return;
      const code = await this.exec(command, () => undefined, signal);
      if (!signal.aborted && code !== undefined)
        this.setHealth(code === 0, `exit ${code}`, check?.Retries ?? 3);
    }
  }

  /** Notes the result of one health check. */
  setHealth(passed: boolean, output: string, retries = 1): void {
    if (this.health === undefined) return;
    const { health } = this;
    health.Log.push({ ExitCode: passed ? 0 : 1, Output: output });
    health.FailingStreak = passed ? 0 : health.FailingStreak + 1;
    const status = passed ? "healthy" : health.FailingStreak >= retries ? "unhealthy" : health.Status;
    if (status === health.Status) return;
    health.Status = status;
    this.source.onEvent(`health_status: ${status}`, this);
    this.#changed();
  }

  /** Runs a command inside; undefined when the container ended first. */
  async exec(
    command: readonly string[],
    print: (stream: "stdout" | "stderr", text: string) => void,
    signal: AbortSignal = this.#run.signal,
  ): Promise<number | undefined> {
    try {
      return await runShell(command, { files: this.files, environment: this.#environment(), print, signal });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  /** The main process ends with a code, of itself or because it was told to. */
  exit(code: number): void {
    if (!this.isRunning) return;
    this.#run.abort();
    this.exitCode = code;
    const policy = (this.#host["RestartPolicy"] as { Name?: string } | undefined)?.Name ?? "no";
    const restarts =
      !this.#stopping &&
      (policy === "always" || policy === "unless-stopped" || (policy === "on-failure" && code !== 0));
    this.status = restarts ? "restarting" : "exited";
    if (this.health !== undefined) this.health.Status = "unhealthy"; // as with Docker, until it is started again
    this.source.onEvent("die", this);
    this.#changed();
    if (!restarts) return;
    const again = setTimeout(() => {
      if (this.status === "restarting") this.start();
    }, 20);
    again.unref();
  }

  stop(code: number): void {
    this.#stopping = true;
    if (this.status === "restarting") this.status = "exited";
    this.exit(code);
  }

  /** Ends everything that runs, without events. */
  dispose(): void {
    this.#run.abort();
    this.status = "exited";
    this.#changed();
  }

  /** As a list has it: health in words alone, nothing of the namespaces that are shared. */
  summary(networkIds: (name: string) => string): ContainerListItem {
    const health = this.health?.Status;
    const told = health === undefined ? "" : health === "starting" ? " (health: starting)" : ` (${health})`;
    return {
      Id: this.id,
      Names: [`/${this.name}`],
      Image: String(this.source.body["Image"]),
      ImageID: this.source.imageId,
      Command: this.source.command.join(" "),
      Created: 0,
      Labels: this.labels,
      State: this.status,
      Status: `${this.status}${told}`,
      Ports: [],
      HostConfig: { NetworkMode: String(this.#host["NetworkMode"] ?? "") },
      NetworkSettings: {
        Networks: Object.fromEntries(
          [...this.source.networks.keys()].map((name) => [name, { NetworkID: networkIds(name) }]),
        ),
      },
      Mounts: this.source.mounts,
    };
  }

  details(networkIds: (name: string) => string): ContainerDetails {
    const { body } = this.source;
    return {
      Id: this.id,
      Name: `/${this.name}`,
      Image: this.source.imageId,
      State: {
        Status: this.status,
        Running: this.isRunning || this.status === "restarting",
        Restarting: this.status === "restarting",
        OOMKilled: false,
        ExitCode: this.isRunning ? 0 : this.exitCode,
        Error: "",
        StartedAt: "0001-01-01T00:00:00Z",
        FinishedAt: "0001-01-01T00:00:00Z",
        ...(this.health === undefined ? {} : { Health: structuredClone(this.health) }),
      },
      Config: { ...body, Tty: body["Tty"] === true, Labels: this.labels },
      HostConfig: this.#host,
      NetworkSettings: {
        Networks: Object.fromEntries(
          [...this.source.networks].map(([name, endpoint]) => [
            name,
            { ...endpoint, NetworkID: networkIds(name) },
          ]),
        ),
      },
      Mounts: this.source.mounts,
    };
  }
}
