// One engine per state directory. The lock is that of a file in it, which only its owner can open: nobody else can take it first. The kernel
// frees it with the process, however that ends. Whoever finds it held reads in the file who holds it, and how far that one is: of several
// engines that are started at once the first one comes up, and the others say that it did.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, ftruncateSync, openSync, constants, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { identify, isAlive, type ProcessIdentity } from "../native/process-identity.ts";
import { hasFields } from "../state-file.ts";
import { somebodyListens } from "./socket-path.ts";

const FILE = "lock";
/** Milliseconds between two looks at a lock whose holder comes up or leaves. */
const PATIENCE = 20;
/** Milliseconds for a holder to say who it is, which takes one that comes up less than one. */
const SILENCE_LIMIT = 10_000;
/** The longest that a timer can wait. */
const FOREVER = 2 ** 31 - 1;

/** How far an engine is. */
type Phase = "starting" | "serving" | "leaving";

/** What a holder says of itself. */
interface Holder {
  readonly process: ProcessIdentity;
  readonly socket: string;
  readonly phase: Phase;
}

/** The lock while it is held. */
export interface StateLock {
  /** Tells others from now on that the socket is listened on. */
  announceServing(): void;
  /** Tells others from now on that waiting for the lock is worthwhile. */
  announceLeaving(): void;
  /** Frees the lock; the end of the process does so too. */
  release(): void;
}

/** What came of asking for the lock: it, or the process that serves the same socket with it. */
export type StateClaim = { readonly lock: StateLock } | { readonly servedBy: number };

/** Which state directory to lock, and what to tell others. */
export interface StateLockOptions {
  /** Canonical path. */
  readonly root: string;
  readonly socket: string;
  /** The native binary: Node cannot lock files. */
  readonly binary: string;
  /** Milliseconds for a holder to say who it is; 10 seconds unless given. */
  readonly silenceLimit?: number;
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

/** What the file says: of the present holder or of an earlier one. Undefined when it says nothing, or half. */
function readLastWord(path: string): Holder | undefined {
  const said = readFileSync(path, "utf8");
  try {
    const holder: unknown = JSON.parse(said);
    return isHolder(holder) ? holder : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Undefined in the moment between an engine's taking the lock and saying who it is, and always of one whose process cannot be seen from here. */
function readHolder(path: string): Holder | undefined {
  const holder = readLastWord(path);
  return holder !== undefined && isAlive(holder.process) ? holder : undefined;
}

function isHolder(value: unknown): value is Holder {
  return hasFields(value, { process: "object", socket: "string", phase: "string" });
}

function hold(file: number, socket: string): StateLock {
  const self = identify(process.pid);
  if (self === undefined) throw new Error("internal: this process is not found in /proc");
  let isLeaving = false;
  const say = (phase: Phase): void => {
    const holder: Holder = { process: self, socket, phase };
    ftruncateSync(file);
    writeSync(file, JSON.stringify(holder), 0);
  };
  say("starting");
  // It keeps the process going as well: while an engine comes up, nothing else may.
  const going = setInterval(() => undefined, FOREVER);
  return {
    // One that is told to leave as it comes up does both, in either order.
    announceServing: () => (isLeaving ? undefined : say("serving")),
    announceLeaving: () => {
      isLeaving = true;
      say("leaving");
    },
    release: () => {
      clearInterval(going);
      closeSync(file);
    },
  };
}

/** The lock is held, and by no process that is seen here. */
function unseenHolder(path: string, root: string): Error {
  const word = readLastWord(path);
  const last =
    word === undefined
      ? ""
      : ` (the last one to say so was process ${word.process.pid}, socket ${word.socket})`;
  return new Error(
    `the state directory ${root} is locked by a process that cannot be seen from here${last}. ` +
      `It may run in a container or another pid namespace: stop it there, or choose another directory with SLIPWAY_ROOT.`,
  );
}

/** Undefined when whoever holds the lock is to be waited for. Throws Error naming one that will neither serve `socket` nor let go. */
async function findServer(path: string, { root, socket }: StateLockOptions): Promise<number | undefined> {
  const holder = readHolder(path);
  if (holder === undefined || holder.phase === "leaving") return undefined;
  if (holder.socket === socket) {
    if (holder.phase === "starting") return undefined;
    if (await somebodyListens(socket)) return holder.process.pid;
    // It stops listening when it leaves, and says so first.
    if (readHolder(path)?.phase !== "serving") return undefined;
  }
  throw new Error(
    `another engine (process ${holder.process.pid}, socket ${holder.socket}) uses the state directory ${root}`,
  );
}

/**
 * Takes the lock. Waits for an engine that is leaving, and for one that comes up on the same socket: until it serves, or fails and lets go.
 * Throws Error naming the engine that has it and serves another socket, or none; or saying that whoever has it cannot be seen.
 */
export async function lockState(options: StateLockOptions): Promise<StateClaim> {
  const { root, silenceLimit = SILENCE_LIMIT } = options;
  const path = join(root, FILE);
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  let lastSeen = performance.now();
  try {
    for (;;) {
      if (await take(options.binary, file)) return { lock: hold(file, options.socket) };
      const servedBy = await findServer(path, options);
      if (servedBy !== undefined) {
        closeSync(file);
        return { servedBy };
      }
      if (readHolder(path) !== undefined) lastSeen = performance.now();
      else if (performance.now() - lastSeen > silenceLimit) throw unseenHolder(path, root);
      await pause(PATIENCE);
    }
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
