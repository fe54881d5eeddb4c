// The native binary's file subcommands as each kind of engine calls them: as root, as root of a user namespace of one id, and as
// root of one with subordinate ids. No anchor is needed for them: `unshare` makes the same namespaces for one call.
import { spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Native } from "../../src/engine/collaborators.ts";
import { EngineError } from "../../src/engine/errors.ts";
import { findBinary } from "../../src/engine/native/binary.ts";

export interface ArchiveCaller {
  readonly name: string;
  /** Why it cannot be tried here; undefined when it can. */
  readonly unavailable: string | undefined;
  /** Whether files can belong to others than root. */
  readonly hasOwners: boolean;
  readonly rootless: boolean;
  /** Whom its folders belong to. */
  readonly uid: number;
  readonly native: Native;
  /** A new folder that belongs to the caller. */
  folder(): string;
  /** Removes every folder given out. */
  clean(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;
/** Nobody's: any id that is not in use will do. */
const lonelyId = 54_321;

/** All callers; those that this machine cannot have say why. */
export function archiveCallers(): ArchiveCaller[] {
  const needsRoot = isRoot ? undefined : "needs root";
  const subordinate = userWithSubordinateIds();
  return [
    makeCaller({ name: "root", unavailable: needsRoot, prefix: [], hasOwners: true }),
    makeCaller({
      name: "a user namespace of one id",
      unavailable: needsRoot,
      prefix: userNamespace(lonelyId, []),
      uid: lonelyId,
      hasOwners: false,
    }),
    makeCaller({
      name: "a user namespace with subordinate ids",
      unavailable: needsRoot ?? (subordinate === undefined ? "no user here has subordinate ids" : undefined),
      prefix: userNamespace(subordinate ?? lonelyId, ["--map-auto"]),
      uid: subordinate ?? lonelyId,
      hasOwners: true,
    }),
  ];
}

function userNamespace(uid: number, mapping: readonly string[]): string[] {
  const user = ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  return [...user, "unshare", "--user", "--map-root-user", ...mapping];
}

function userWithSubordinateIds(): number | undefined {
  const usable =
    existsSync("/etc/subuid") && ["/usr/bin/newuidmap", "/bin/newuidmap"].some((path) => existsSync(path));
  if (!usable) return undefined;
  const names = readFileSync("/etc/subuid", "utf8")
    .split("\n")
    .map((line) => line.split(":")[0] ?? "");
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [name = "", , uid, gid] = line.split(":");
    if (names.includes(name) && uid === gid && Number(uid) > 0) return Number(uid);
  }
  return undefined;
}

function makeCaller(options: {
  name: string;
  unavailable: string | undefined;
  prefix: readonly string[];
  uid?: number;
  hasOwners: boolean;
}): ArchiveCaller {
  const folders: string[] = [];
  const rootless = options.prefix.length > 0;
  const native = new DirectNative(options.prefix, rootless);
  return {
    name: options.name,
    unavailable: options.unavailable,
    hasOwners: options.hasOwners,
    rootless,
    uid: options.uid ?? 0,
    native,
    folder() {
      const folder = mkdtempSync(join(tmpdir(), "slipway-archive-"));
      if (options.uid !== undefined) chownSync(folder, options.uid, options.uid);
      folders.push(folder);
      return folder;
    },
    async clean() {
      for (const folder of folders.splice(0)) {
        await native.call(["rm", folder]).catch(() => undefined); // what it refused, the tests look at; below is the sweep
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

class DirectNative implements Native {
  readonly rootless: boolean;
  readonly #prefix: readonly string[];

  constructor(prefix: readonly string[], rootless: boolean) {
    this.#prefix = prefix;
    this.rootless = rootless;
  }

  get binary(): string {
    throw new Error("calls find the binary themselves");
  }

  anchor(): Promise<number> {
    return Promise.reject(new Error("these calls have no anchor"));
  }

  ready(): never {
    throw new Error("these calls start no containers");
  }

  shim(): never {
    throw new Error("these calls start no containers");
  }

  remove(): never {
    throw new Error("these calls have no containers");
  }

  async call(args: readonly string[], options: { input?: Buffer | Readable } = {}): Promise<Buffer> {
    const { output, done } = await this.#start(args, options.input);
    const chunks: Buffer[] = [];
    output.on("data", (chunk: Buffer) => chunks.push(chunk));
    await done;
    return Buffer.concat(chunks);
  }

  stream(
    args: readonly string[],
    options: { input?: Readable } = {},
  ): Promise<{ output: Readable; done: Promise<void> }> {
    return this.#start(args, options.input);
  }

  async #start(
    args: readonly string[],
    input: Buffer | Readable | undefined,
  ): Promise<{ output: Readable; done: Promise<void> }> {
    const [subcommand = "", ...rest] = args;
    const words = [await findBinary(tmpdir()), subcommand, ...(this.rootless ? ["--rootless"] : []), ...rest];
    const [command = "", ...commandArgs] = [...this.#prefix, ...words];
    const child = spawn(command, commandArgs, { cwd: "/", stdio: ["pipe", "pipe", "pipe"] });
    let complaint = "";
    child.stderr.on("data", (bytes: Buffer) => (complaint += bytes.toString()));
    const source = Buffer.isBuffer(input) ? Readable.from([input]) : (input ?? Readable.from([]));
    const feeding = pipeline(source, child.stdin).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || error.code === "ERR_STREAM_PREMATURE_CLOSE") return; // it ended early and says why
      child.kill("SIGKILL");
      throw error;
    });
    const ending = new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve();
        else reject(new EngineError("failed", complaint.trim().replace(/^slipway-native: /, "")));
      });
    });
    const done = Promise.all([ending, feeding]).then(() => undefined);
    done.catch(() => undefined);
    return { output: child.stdout, done };
  }
}
