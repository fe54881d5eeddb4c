// How the engine leaves: running containers live on in their shims, and the namespaces with them; when none runs, nothing stays.
import { rmSync } from "node:fs";
import type { HttpServer } from "../api/http/server.ts";
import type { Engine } from "../assemble.ts";
import type { ContainersBackend } from "../backend.ts";
import { removeCgroups } from "../cgroup-layout.ts";
import type { StateLock } from "./state-lock.ts";

/** Milliseconds that replies under way may still take. */
const REPLY_GRACE = 2000;

/** What there is to take leave of. */
export interface DepartureOptions {
  readonly engine: Engine;
  readonly server: HttpServer;
  readonly lock: StateLock;
  readonly socket: string;
  readonly log: (message: string) => void;
  readonly beforeLeaving: () => void;
}

/** The ways out. */
export interface Departure {
  /** Ends this process and leaves running containers alone. */
  leave(reason: string): void;
  /** Stops every container, each with its own grace; resolves when none runs, and leaves a moment later. */
  shutdown(): Promise<void>;
}

function runningContainers(containers: ContainersBackend): string[] {
  return containers.list({ all: false, filters: new Map() }).map(({ Id }) => Id);
}

/** Stops one container; one that removes itself is waited for until it is gone. */
async function stopOne(containers: ContainersBackend, id: string): Promise<void> {
  const { HostConfig } = containers.inspect(id);
  const ended = new AbortController();
  const removed = HostConfig.AutoRemove === true ? containers.wait(id, "removed", ended.signal) : undefined;
  try {
    await containers.stop(id, {});
    await removed?.result;
  } finally {
    ended.abort();
  }
}

async function stopAll({ engine, log }: DepartureOptions): Promise<void> {
  const { containers } = engine.backend;
  const outcomes = await Promise.allSettled(
    runningContainers(containers).map((id) => stopOne(containers, id)),
  );
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") log(`shutdown: ${(outcome.reason as Error).message}`);
  }
}

async function takeDown(options: DepartureOptions): Promise<void> {
  const { engine, server, socket, log } = options;
  await server.close(REPLY_GRACE);
  await engine.close();
  rmSync(socket, { force: true });
  const running = runningContainers(engine.backend.containers).length;
  if (running > 0) return log(`${running} running containers live on`);
  await engine.native.endAnchor();
  removeCgroups(engine.context.cgroups);
}

/** Makes the ways out of a running engine. */
export function createDeparture(options: DepartureOptions): Departure {
  const { lock, log } = options;
  let leaving = false;
  const leave = (reason: string): void => {
    if (leaving) return;
    leaving = true;
    lock.announceLeaving();
    options.beforeLeaving();
    log(`leaving: ${reason}`);
    takeDown(options)
      .then(() => 0)
      .catch((error: Error) => {
        log(`leaving: ${error.stack ?? error.message}`);
        return 1;
      })
      .then((status) => process.exit(status));
  };
  return {
    leave,
    async shutdown() {
      await stopAll(options);
      // The reply to whoever asked goes first: it is under way when this turn of the loop is over.
      setImmediate(() => leave("shutdown was asked for"));
    },
  };
}
