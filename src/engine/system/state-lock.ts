// One engine per state directory. The lock is that of a file in it, which only its owner can open: nobody else can take it first. The kernel
// frees it with the process, however that ends. Whoever finds it held reads in the file who holds it, and whether that one is about to leave.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, ftruncateSync, openSync, constants, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const FILE = "lock";
/** Milliseconds between two looks at a lock whose holder is leaving. */
const PATIENCE = 20;
/** The longest that a timer can wait. */
const FOREVER = 2 ** 31 - 1;

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
  release(): void;
}

/** Which state directory to lock, and what to tell others. */
export interface StateLockOptions {
  /** Canonical path. */
  readonly root: string;
  readonly socket: string;
  /** The native binary: Node cannot lock files. */
  readonly binary: string;
}

/** Has a child take the lock of an open file, which it shares with this process. False: another process has it. Throws Error. */
async function take(binary: string, file: number): Promise<boolean> {
  const child = spawn(binary, ["lock", "3"], { stdio: ["ignore", "pipe", "pipe", file] });
  let [said, complaint] = ["", ""];
  child.stdout?.on("data", (bytes: Buffer) => (said += bytes.toString()));
  child.stderr?.on("data", (bytes: Buffer) => (complaint += bytes.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  if (status !== 0) throw new Error(`the state directory cannot be locked: ${complaint.trim()}`);
  return said.trim() === "taken";
}

/** Undefined in the moment between an engine's taking the lock and saying who it is. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function hold(file: number, socket: string): StateLock {
  const say = (leaving: boolean): void => {
    const holder: Holder = { pid: process.pid, socket, leaving };
    ftruncateSync(file);
    writeSync(file, JSON.stringify(holder), 0);
  };
  say(false);
  // It keeps the process going as well: while an engine comes up, nothing else may.
  const going = setInterval(() => undefined, FOREVER);
  return {
    announceLeaving: () => say(true),
    release: () => {
      clearInterval(going);
      closeSync(file);
    },
  };
}

/** Takes the lock; waits for an engine that is leaving. Throws Error naming the engine that has it. */
export async function lockState({ root, socket, binary }: StateLockOptions): Promise<StateLock> {
  const path = join(root, FILE);
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  try {
    for (;;) {
      if (await take(binary, file)) return hold(file, socket);
      const holder = readHolder(path);
      if (holder !== undefined && !holder.leaving) {
        throw new Error(
          `another engine (process ${holder.pid}, socket ${holder.socket}) uses the state directory ${root}`,
        );
      }
      await pause(PATIENCE);
    }
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
