// A place for the containers of one test file: an image of busybox, an anchor, and whoever the engine would run as.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { Directive } from "../../src/engine/collaborators.ts";
import { findBinary } from "../../src/engine/native/binary.ts";
import { encodeSpecification } from "../../src/engine/native/specification.ts";
import { ShimClient } from "./shim-client.ts";
import { containerSpecification, execSpecification } from "./specification.ts";
import type { ContainerPlace, ContainerWish } from "./specification.ts";

const BUSYBOX = "/bin/busybox";
/** Nobody's: an id without subordinate ones. */
const LONELY_ID = 54_322;

/** Someone the engine may run as. */
export interface EngineUser {
  readonly name: string;
  readonly uid: number;
  readonly rootless: boolean;
  /** Whether there is more than one id. */
  readonly hasIds: boolean;
  /** Why nothing can be tried as this user; undefined when it can. */
  readonly unavailable: string | undefined;
}

/** A shim that was started, with its first connection. */
export interface Running {
  readonly process: ChildProcess;
  readonly client: ShimClient;
  readonly place: ContainerPlace;
  /** Exit status of the shim itself. */
  readonly ended: Promise<number | null>;
}

function userWithSubordinateIds(): number | undefined {
  if (!existsSync("/etc/subuid") || !existsSync("/usr/bin/newuidmap")) return undefined;
  const granted = readFileSync("/etc/subuid", "utf8")
    .split("\n")
    .map((line) => line.split(":")[0]);
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (uid === gid && Number(uid) > 0 && granted.includes(name)) return Number(uid);
  }
  return undefined;
}

/** Root, an ordinary user with subordinate ids, and one without. */
export function engineUsers(): EngineUser[] {
  const missing = existsSync(BUSYBOX) ? undefined : `there is no ${BUSYBOX} (Debian: busybox-static)`;
  const needsRoot = missing ?? (process.getuid?.() === 0 ? undefined : "needs root");
  const subordinate = userWithSubordinateIds();
  const noneGranted = subordinate === undefined ? "no user here has subordinate ids" : undefined;
  return [
    { name: "root", uid: 0, rootless: false, hasIds: true, unavailable: needsRoot },
    {
      name: "a user with subordinate ids",
      uid: subordinate ?? LONELY_ID,
      rootless: true,
      hasIds: true,
      unavailable: needsRoot ?? noneGranted,
    },
    {
      name: "a user with one id",
      uid: LONELY_ID,
      rootless: true,
      hasIds: false,
      unavailable: needsRoot,
    },
  ];
}

function makeImage(folder: string): void {
  for (const name of ["bin", "etc", "tmp", "hidden", "proc", "sys", "dev"])
    mkdirSync(join(folder, name), { recursive: true });
  copyFileSync(BUSYBOX, join(folder, "bin/busybox"));
  chmodSync(join(folder, "bin/busybox"), 0o755);
  const listed = spawnSync(BUSYBOX, ["--list"], { encoding: "utf8" }).stdout.trim().split("\n");
  for (const name of listed) if (name !== "busybox") symlinkSync("busybox", join(folder, "bin", name));
  writeFileSync(join(folder, "hidden/secret"), "secret\n");
  writeFileSync(
    join(folder, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1001:web:/home/web:/bin/sh\n",
  );
  writeFileSync(join(folder, "etc/group"), "root:x:0:\nweb:x:1001:\nwheel:x:10:web\naudio:x:63:\n");
}

/** Containers of one user. Everything started on it ends with `clean`. */
export class Stage {
  readonly user: EngineUser;
  readonly folder: string;
  readonly image: string;
  readonly binary: string;
  readonly anchor: number;
  readonly #shims: ChildProcess[] = [];
  readonly #network: number | undefined;
  #count = 0;

  private constructor(user: EngineUser, folder: string, binary: string, network: number | undefined) {
    this.user = user;
    this.folder = folder;
    this.image = join(folder, "image");
    this.binary = binary;
    this.#network = network;
    const args = user.rootless ? ["anchor", "--rootless"] : ["anchor"];
    const { file, words, ids } = this.command(args);
    const made = spawnSync(file, words, { encoding: "utf8", ...ids });
    this.anchor = Number(made.stdout);
    if (!(this.anchor > 1)) throw new Error(`no anchor: ${made.stderr}`);
  }

  /** `network`: a process whose network namespace is to stand for the host's. */
  static async make(user: EngineUser, network?: number): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), "slipway-native-"));
    chmodSync(folder, 0o755);
    const binary = await findBinary(folder);
    makeImage(join(folder, "image"));
    spawnSync("chown", ["-R", `${user.uid}:${user.uid}`, folder]);
    return new Stage(user, folder, binary, network);
  }

  /** How the binary is started by this user in the network that stands for the host's. */
  command(args: readonly string[]): { file: string; words: string[]; ids: { uid?: number; gid?: number } } {
    const { uid } = this.user;
    if (this.#network === undefined) return { file: this.binary, words: [...args], ids: { uid, gid: uid } };
    const become =
      uid === 0 ? [] : ["setpriv", "--reuid", String(uid), "--regid", String(uid), "--clear-groups"];
    const words = ["-t", String(this.#network), "-n", ...become, this.binary, ...args];
    return { file: "nsenter", words, ids: {} };
  }

  /** A new container's place. */
  place(): ContainerPlace {
    const folder = join(this.folder, `container-${(this.#count += 1)}`);
    for (const name of ["", "upper", "work", "root"]) {
      mkdirSync(join(folder, name));
      chownSync(join(folder, name), this.user.uid, this.user.uid);
    }
    return { folder, image: this.image, anchor: this.anchor, rootless: this.user.rootless };
  }

  /** Starts `run` or `exec` with these very directives. */
  start(kind: "run" | "exec", place: ContainerPlace, directives: readonly Directive[]): Running {
    const { file, words, ids } = this.command([kind]);
    const child = spawn(file, words, {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "inherit", "pipe"],
      ...ids,
    });
    this.#shims.push(child);
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.stdin?.on("error", () => undefined); // a shim that ends early says why on fd 3
    child.stdin?.end(encodeSpecification(directives));
    return { process: child, client: new ShimClient(child.stdio[3] as Duplex), place, ended };
  }

  /** A container, attached to and started. */
  run(wish: ContainerWish, place = this.place()): Running {
    const running = this.start("run", place, containerSpecification(place, wish));
    running.client.attach();
    running.client.send("G");
    return running;
  }

  /** One more process in a container. */
  async exec(container: Running, wish: ContainerWish): Promise<Running> {
    const target = Number(await container.client.first("R"));
    const running = this.start("exec", container.place, execSpecification(container.place, target, wish));
    running.client.attach();
    running.client.send("G");
    return running;
  }

  /** Runs a shell script in a new container; what it printed and its status. */
  async shell(script: string, more: readonly Directive[] = []): Promise<{ out: string; status: number }> {
    const { client } = this.run({ args: ["sh", "-c", script], more });
    const { status } = await client.exited();
    return { out: client.text(), status };
  }

  async clean(): Promise<void> {
    for (const shim of this.#shims) {
      if (shim.exitCode !== null || shim.signalCode !== null) continue;
      const ended = new Promise((resolve) => shim.once("exit", resolve));
      shim.kill("SIGKILL");
      await ended;
    }
    // The user's own files, and those of subordinate ids: root may remove both.
    rmSync(this.folder, { recursive: true, force: true });
    process.kill(this.anchor, "SIGKILL");
  }
}
