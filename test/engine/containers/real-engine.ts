// Containers on the real native binary, with the machine's own programs as their image and networks that give nothing: what is tested is
// containers/ and what it tells the binary.
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerCreateBody } from "../../../src/engine/api-types/container.ts";
import type { EngineEvent } from "../../../src/engine/api-types/event.ts";
import type { ContainersBackend, ExecBackend, OutputChunk } from "../../../src/engine/backend.ts";
import { openCgroups, removeCgroups } from "../../../src/engine/cgroup-layout.ts";
import type { ContainerNetworking, EngineContext } from "../../../src/engine/collaborators.ts";
import { foundContainers } from "../../../src/engine/containers/index.ts";
import type { ContainersService } from "../../../src/engine/containers/index.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { findBinary } from "../../../src/engine/native/binary.ts";
import { createNative } from "../../../src/engine/native/native.ts";
import type { NativeHost } from "../../../src/engine/native/native.ts";
import { needsUserNamespace, runProbe } from "../../../src/engine/native/probe.ts";
import { openVolumes } from "../../../src/engine/volumes/index.ts";
import { parseTimestamp } from "../../../src/engine/moments.ts";

type Occurrence = Pick<EngineEvent, "Type" | "Action" | "Actor">;

/** Why these tests cannot run here; undefined when they can. */
export const refusal = process.geteuid?.() === 0 ? undefined : "needs root";
if (refusal !== undefined) console.warn(`tests of real containers are skipped: ${refusal}`);

/** A network of only `lo` for every container; counts what is taken and given back. */
class NoNetwork implements ContainerNetworking {
  readonly taken = new Set<string>();
  readonly adopted: string[] = [];
  failure: Error | undefined;
  prepare: ContainerNetworking["prepare"] = () => ({});
  up: ContainerNetworking["up"] = async (member) => {
    if (this.failure !== undefined) throw this.failure;
    this.taken.add(member.id);
    return { endpoints: {}, directives: [], address: undefined };
  };
  settle: ContainerNetworking["settle"] = async (_running, endpoints) => ({ ...endpoints });
  down: ContainerNetworking["down"] = async (member) => {
    this.taken.delete(member.id);
    return {};
  };
  adopt: ContainerNetworking["adopt"] = (member) => {
    this.adopted.push(member.id);
    this.taken.add(member.id);
  };
  renamed: ContainerNetworking["renamed"] = async () => undefined;
}

/** One engine's containers; more than one after another may use the same root. */
export interface RealEngine {
  readonly root: string;
  readonly containers: ContainersBackend;
  readonly execs: ExecBackend;
  readonly networking: NoNetwork;
  readonly events: readonly Occurrence[];
  /** The listener hears of each event as it happens. */
  onEvent(listener: (event: Occurrence) => void): void;
  readonly logged: readonly string[];
  readonly context: EngineContext;
  /** Creates and gives the id. */
  create(body: ContainerCreateBody, name?: string): Promise<string>;
  /** Whether there is a container to stay for. */
  isNeeded(): boolean;
  /** Lets go of the containers, as an engine that is killed does. */
  abandon(): void;
  /** Removes everything. */
  end(): Promise<void>;
}

export async function openRealEngine(root = newRoot()): Promise<RealEngine> {
  const events: Occurrence[] = [];
  const listeners: ((event: Occurrence) => void)[] = [];
  const logged: string[] = [];
  const binary = await findBinary(root);
  const probe = await runProbe(binary, root);
  const native: NativeHost = createNative({
    binary,
    root,
    rootless: needsUserNamespace(probe),
    logFile: join(root, "engine.log"),
  });
  const cgroups = openCgroups(probe, root, (line) => logged.push(line));
  const context: EngineContext = {
    root,
    cgroups,
    native,
    emit: (event) => {
      events.push(event);
      for (const listener of listeners) listener(event);
    },
    log: (line) => logged.push(line),
  };
  const networking = new NoNetwork();
  const [images, volumes] = await Promise.all([openImages(context), openVolumes(context)]);
  const service: ContainersService = foundContainers(context).complete({
    context,
    networking,
    images,
    volumes,
  });
  await service.recover();
  const { containers, execs } = service;
  return {
    root,
    containers,
    execs,
    networking,
    events,
    onEvent: (listener) => void listeners.push(listener),
    logged,
    context,
    create: async (body, name) => {
      const options = name === undefined ? {} : { name };
      return (await containers.create({ Image: "slipway/host", ...body }, options)).Id;
    },
    isNeeded: () => service.areNeeded,
    abandon: () => void service.close(),
    end: async () => {
      const all = containers.list({ all: true, filters: new Map() });
      await Promise.all(all.map((row) => containers.remove(row.Id, { force: true, volumes: true })));
      await service.close();
      await native.endAnchor();
      removeCgroups(cgroups);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function newRoot(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "slipway-containers-")));
}

/** All output as text. */
export async function collect(
  output: AsyncIterable<OutputChunk>,
): Promise<{ stdout: string; stderr: string }> {
  const text = { stdout: "", stderr: "" };
  for await (const chunk of output) text[chunk.stream] += chunk.bytes.toString("utf8");
  return text;
}

/** The whole log. */
export async function logOf(engine: RealEngine, id: string): Promise<{ stdout: string; stderr: string }> {
  const options = { stdout: true, stderr: true, follow: false, timestamps: false };
  return collect((await engine.containers.logs(id, options, new AbortController().signal)).records);
}

/** Resolves when the container has written a line with the text in its present run. */
export async function untilSaid(engine: RealEngine, id: string, text: string): Promise<void> {
  const left = new AbortController();
  const since = parseTimestamp(engine.containers.inspect(id).State.StartedAt) ?? 0n;
  const options = { stdout: true, stderr: true, follow: true, timestamps: false, since };
  for await (const chunk of (await engine.containers.logs(id, options, left.signal)).records) {
    if (!chunk.bytes.toString().includes(text)) continue;
    left.abort();
    return;
  }
  throw new Error(`the container ended without saying ${text}`);
}

/** Creates, starts and waits for the end. */
export async function runToEnd(
  engine: RealEngine,
  body: ContainerCreateBody,
): Promise<{ id: string; status: number; stdout: string; stderr: string }> {
  const id = await engine.create(body);
  const waiting = engine.containers.wait(id, "next-exit", new AbortController().signal).result;
  await engine.containers.start(id);
  const { StatusCode } = await waiting;
  return { id, status: StatusCode, ...(await logOf(engine, id)) };
}

/** Actions of the container's events in order. */
export function actionsOf(engine: RealEngine, id: string): string[] {
  return engine.events.filter((event) => event.Actor.ID === id).map((event) => event.Action);
}

/** Command lines of all living processes that mention the text. */
export function processesOf(text: string): string[] {
  return execFileSync("ps", ["-eo", "stat=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(text) && !line.startsWith("Z"));
}
