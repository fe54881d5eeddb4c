// The process that keeps the engine's namespaces. It outlives the engine: a later one finds it again by the file
// `run/anchor.json`, or, when the engine died before that was written, by its command line, which names the state directory.
import { spawn } from "node:child_process";
import {
  openSync,
  closeSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "../errors.ts";
import { hasFields } from "../state-file.ts";
import { bootId, identify, isAlive } from "./process-identity.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { anchorArguments, uplinkReportFile } from "./ways-out.ts";
import type { WaysOut } from "./ways-out.ts";

/** What the anchor needs to be started. */
export interface AnchorOptions {
  readonly binary: string;
  /** State directory. */
  readonly root: string;
  readonly rootless: boolean;
  /** How containers are to leave. */
  readonly waysOut: WaysOut;
  /** Takes a line for whoever runs the engine. */
  readonly log?: (line: string) => void;
}

/** Owner of the anchor process. */
export interface Anchor {
  /** Its pid; started when there is none. Callers at the same time share one start. */
  pid(): Promise<number>;
  /** The pid when it runs already; starts nothing. */
  running(): number | undefined;
  /** Ends it and waits until it is gone. */
  end(): Promise<void>;
}

function readSaved(file: string): ProcessIdentity | undefined {
  try {
    const saved: unknown = JSON.parse(readFileSync(file, "utf8"));
    const isWhole = hasFields(saved, { pid: "number", startTime: "string", bootId: "string" });
    return isWhole ? (saved as ProcessIdentity) : undefined;
  } catch {
    return undefined; // not there, or torn by a crash: the command line still tells
  }
}

function findByCommandLine(title: string): ProcessIdentity | undefined {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    let commandLine: string;
    try {
      commandLine = readFileSync(`/proc/${name}/cmdline`, "utf8");
    } catch {
      continue; // ended meanwhile
    }
    // `--keep` is said by the process that stays; those that only help it into being end soon.
    if (commandLine.startsWith(`${title}\0`) && commandLine.includes("\0--keep\0"))
      return identify(Number(name));
  }
  return undefined;
}

function save(file: string, identity: ProcessIdentity): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(identity), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Starts the anchor and gives the pid it prints. What it says on stderr goes to a file of its own, which outlives this process. */
function start(options: AnchorOptions, title: string): Promise<number> {
  const saidFile = join(options.root, "run", "anchor.log");
  mkdirSync(dirname(saidFile), { recursive: true, mode: 0o700 });
  const stderr = openSync(saidFile, "w", 0o600);
  const report = uplinkReportFile(options.root);
  rmSync(report, { force: true });
  const rootless = options.rootless ? ["--rootless"] : [];
  const ways = anchorArguments(options.root, options.waysOut);
  const child = spawn(options.binary, ["anchor", ...rootless, ...ways], {
    argv0: title,
    cwd: "/",
    detached: true,
    stdio: ["ignore", "pipe", stderr],
  });
  closeSync(stderr);
  return new Promise((resolve, reject) => {
    let printed = "";
    const letGo = (): void => {
      child.off("close", onClose);
      child.stdout?.destroy();
      child.unref();
    };
    const refuse = (reason: string, cause?: unknown): void => {
      letGo();
      reject(new EngineError("unavailable", `the engine's namespaces cannot be made: ${reason}`, { cause }));
    };
    const onClose = (code: number | null, signal: NodeJS.Signals | null): void => {
      const said = readFileSync(saidFile, "utf8").trim();
      refuse(said || `ended by ${signal ?? `status ${String(code)}`}`);
    };
    child.once("error", (error) => refuse(error.message, error));
    child.once("close", onClose);
    child.stdout?.on("data", (bytes: Buffer) => {
      printed += bytes.toString();
      if (!printed.includes("\n")) return;
      const pid = Number.parseInt(printed, 10);
      if (!(pid > 1)) return refuse(`"${printed.trim()}" is not a process id`);
      letGo();
      resolve(pid);
    });
  });
}

/** Resolves when the process is gone; looks again soon, because the kernel tells only a parent. */
async function waitUntilGone(identity: ProcessIdentity, attempts: number): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (!isAlive(identity)) return true;
    await delay(5);
  }
  return !isAlive(identity);
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Makes the owner of the anchor below `options.root`; nothing is started yet. */
export function createAnchor(options: AnchorOptions): Anchor {
  const file = join(options.root, "run", "anchor.json");
  const title = `slipway-anchor:${options.root}`;
  let known: ProcessIdentity | undefined;
  let starting: Promise<ProcessIdentity> | undefined;

  const find = (): ProcessIdentity | undefined => {
    if (known !== undefined && isAlive(known)) return known;
    const saved = readSaved(file);
    known = saved !== undefined && isAlive(saved) ? saved : undefined;
    return known;
  };

  /** The file is removed with the anchor that it names, unless somebody else has ended that. */
  const tellOfLost = (): void => {
    const lost = readSaved(file);
    if (lost?.bootId !== bootId()) return;
    options.log?.(
      `the process that kept the engine's network (${lost.pid}) has been killed: containers that run are cut off from the world, ` +
        "and from those that are started from now on, until they are restarted",
    );
  };

  const makeOne = async (): Promise<ProcessIdentity> => {
    let identity = findByCommandLine(title);
    if (identity === undefined) {
      tellOfLost();
      const pid = await start(options, title);
      identity = identify(pid);
      if (identity === undefined)
        throw new EngineError("unavailable", "the engine's namespaces ended at once");
    }
    save(file, identity);
    known = identity;
    return identity;
  };

  return {
    running: () => find()?.pid,
    async pid() {
      const found = find();
      if (found !== undefined) return found.pid;
      starting ??= makeOne().finally(() => (starting = undefined));
      return (await starting).pid;
    },
    async end() {
      await starting?.catch(() => undefined); // a start that failed has told its own caller
      const identity = find() ?? findByCommandLine(title);
      known = undefined;
      if (identity !== undefined) {
        signal(identity, "SIGTERM");
        if (!(await waitUntilGone(identity, 100))) {
          signal(identity, "SIGKILL");
          await waitUntilGone(identity, 400);
        }
      }
      rmSync(file, { force: true });
      rmSync(uplinkReportFile(options.root), { force: true });
    },
  };
}
