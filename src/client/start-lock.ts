// Of several commands that find no engine at once, one may start it. The lock is an abstract socket: the kernel frees it
// when its holder dies, and whoever waits is woken by the connection that breaks.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Gives the lock back. */
export type ReleaseLock = () => void;

/** The lock of the engine whose state is at `root`; different for each user, since users do not wait for one another. */
export function startLockName(root: string, uid: number): string {
  return `\0slipway-start-${uid}-${createHash("sha256").update(root).digest("hex").slice(0, 24)}`;
}

/** Waits for the lock and takes it. Rejects when `signal` aborts. */
export async function takeStartLock(name: string, signal: AbortSignal): Promise<ReleaseLock> {
  for (;;) {
    signal.throwIfAborted();
    const release = await tryLock(name);
    if (release !== undefined) return release;
    await waitForRelease(name, signal);
  }
}

/** Undefined when somebody else has it. */
async function tryLock(name: string): Promise<ReleaseLock | undefined> {
  const waiters = new Set<Socket>();
  const server: Server = createServer((waiter) => {
    waiters.add(waiter);
    // A waiter that gives up resets its connection.
    waiter.on("error", () => undefined);
    waiter.on("close", () => waiters.delete(waiter));
  });
  try {
    server.listen(name);
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
  return () => {
    server.close();
    for (const waiter of waiters) waiter.destroy();
  };
}

/** Resolves when the holder lets go, in whatever way, or `signal` aborts. */
async function waitForRelease(name: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const socket = connect(name);
  const leave = (): void => void socket.destroy();
  signal.addEventListener("abort", leave, { once: true });
  await new Promise<void>((resolve) => {
    // A refused or reset connection says the same as a closed one: there is no holder any more.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.resume();
  });
  signal.removeEventListener("abort", leave);
}
