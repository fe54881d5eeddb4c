// One engine per state directory. The lock is an abstract unix socket named after the directory: the kernel frees it with the process,
// however that ends. Whoever finds it taken can ask the holder who it is, and whether it is about to leave.
import { createHash } from "node:crypto";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";

/** What a holder says of itself. */
interface Holder {
  readonly pid: number;
  readonly socket: string;
  readonly leaving: boolean;
}

/** The lock while it is held. */
export interface StateLock {
  /** Tells others from now on that waiting for the lock is worthwhile. */
  announceLeaving(): void;
  /** Frees the lock; the end of the process does so too. */
  release(): Promise<void>;
}

/** Which state directory to lock, and what to tell others. */
export interface StateLockOptions {
  /** Canonical path. */
  readonly root: string;
  readonly socket: string;
}

function bind(name: string, onAsk: () => string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((client) => {
      client.on("error", () => undefined); // it asked and left
      client.write(onAsk());
      client.resume();
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    // It keeps the process going as well: while an engine comes up, nothing else may.
    server.listen(name, () => resolve(server));
  });
}

/** Asks the holder; undefined when it is gone. A holder that leaves is waited for. */
function ask(name: string): Promise<Holder | undefined> {
  return new Promise((resolve) => {
    const client = connect(name);
    let holder: Holder | undefined;
    client.on("data", (bytes: Buffer) => {
      holder = JSON.parse(bytes.toString()) as Holder;
      if (!holder.leaving) {
        resolve(holder);
        client.destroy();
      }
    });
    client.on("error", () => resolve(undefined));
    // The kernel closes this connection when the holder's process ends.
    client.on("close", () => resolve(holder?.leaving === true ? undefined : holder));
  });
}

/** Takes the lock; waits for an engine that is leaving. Throws Error naming the engine that has it. */
export async function lockState(options: StateLockOptions): Promise<StateLock> {
  const hash = createHash("sha256").update(options.root).digest("hex").slice(0, 24);
  const name = `\0slipway-engine-${hash}`;
  let leaving = false;
  const describe = (): string => JSON.stringify({ pid: process.pid, socket: options.socket, leaving });
  for (;;) {
    const server = await bind(name, describe);
    if (server !== undefined) {
      return {
        announceLeaving: () => (leaving = true),
        release: () => new Promise((resolve) => server.close(() => resolve())),
      };
    }
    const holder = await ask(name);
    if (holder !== undefined) {
      throw new Error(
        `another engine (process ${holder.pid}, socket ${holder.socket}) uses the state directory ${options.root}`,
      );
    }
  }
}
