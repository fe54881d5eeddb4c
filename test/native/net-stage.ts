// Namespaces for tests of the network files: one that stands for the host, one with the bridges, and containers.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { newNetworkNamespace, type NetworkNamespace } from "../support/network-namespace.ts";
import { descriptorsOf, isAlive } from "../support/proc.ts";
import { canCompile, compileDriver } from "./driver.ts";

const native = fileURLToPath(new URL("../../native/", import.meta.url));
const here = fileURLToPath(new URL("./", import.meta.url));

/** Why these tests cannot run here; undefined when they can. */
export function missingForNetworkTests(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  if (spawnSync("unshare", ["-n", "true"]).status !== 0) return "network namespaces cannot be made";
  if (!canCompile()) return "needs a C compiler";
  return undefined;
}

/** A process in a namespace that does what it is asked (net-peer.mjs). */
export class Peer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #next = 0;

  constructor(pid: number) {
    this.#child = spawn("nsenter", ["-t", String(pid), "-n", process.execPath, join(here, "net-peer.mjs")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.#child.stdout === null) throw new Error("internal: no stdout");
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string };
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
  }

  ask(op: string, options: object = {}): Promise<unknown> {
    const id = (this.#next += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, op, ...options })}\n`);
    });
  }

  end(): void {
    this.#child.stdin?.end();
  }
}

/** The process beside a container. */
export interface Side {
  readonly pid: number;
  /** Lines of frame `P`. */
  readonly ports: { protocol: string; address: string; port: number; target: number }[];
  /** How many descriptors it has open. */
  descriptors(): number;
  running(): boolean;
}

export class NetStage {
  readonly folder: string;
  readonly #driver: string;
  readonly #children: ChildProcess[] = [];
  readonly #namespaces: NetworkNamespace[] = [];
  readonly #peers: Peer[] = [];

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "slipway-net-"));
    chmodSync(this.folder, 0o755);
    this.#driver = join(this.folder, "driver");
    const sources = readdirSync(native).filter((name) => /^(net-.*|sysctl)\.c$/.test(name));
    compileDriver(this.#driver, "net-driver.c", sources);
  }

  /** A network namespace, kept by a process whose pid this is. */
  async namespace(): Promise<number> {
    const made = await newNetworkNamespace();
    this.#namespaces.push(made);
    return made.pid;
  }

  peer(pid: number): Peer {
    const peer = new Peer(pid);
    this.#peers.push(peer);
    return peer;
  }

  /** What a command prints inside a namespace. */
  inside(pid: number, ...command: string[]): string {
    return execFileSync("nsenter", ["-t", String(pid), "-n", ...command], { encoding: "utf8" });
  }

  /** `net …` on the bridges of `anchor`; what it said on stderr where it failed. */
  net(anchor: number, ...args: (string | number)[]): string | undefined {
    const { status, stderr } = spawnSync(
      this.#driver,
      ["--anchor", String(anchor), "net", ...args.map((argument) => String(argument))],
      { encoding: "utf8" },
    );
    return status === 0 ? undefined : stderr;
  }

  /** Starts the process beside `container`, with its ports on `host`. Rejects with what it says when it cannot. */
  side(host: number, anchor: number, container: number, ...args: (string | number)[]): Promise<Side> {
    const child = spawn(
      "nsenter",
      [
        "-t",
        String(host),
        "-n",
        this.#driver,
        "side",
        String(anchor),
        String(container),
        ...args.map(String),
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#children.push(child);
    const pid = child.pid ?? 0;
    let said = "";
    let ended = false;
    child.stderr.on("data", (bytes: Buffer) => (said += String(bytes)));
    return new Promise((resolve, reject) => {
      let printed = "";
      child.once("close", () => {
        ended = true;
        if (said !== "" && process.env["CI"]) process.stderr.write(said);
        reject(new Error(said.trim()));
      });
      child.stdout.on("data", (bytes: Buffer) => {
        printed += String(bytes);
        if (!printed.endsWith("\n\n") && printed !== "\n") return;
        const ports = printed
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => {
            const [protocol = "", address = "", port, target] = line.split(" ");
            return { protocol, address, port: Number(port), target: Number(target) };
          });
        resolve({
          pid,
          ports,
          descriptors: () => descriptorsOf(pid),
          running: () => !ended && isAlive(pid),
        });
      });
    });
  }

  /** Where a container's connection to an address leads in `host`: "ADDRESS PORT" or "nowhere". */
  way(host: number, to: "outside" | "host", address: string, port: number): string {
    return this.inside(host, this.#driver, "way", to, address, String(port)).trim();
  }

  /** Takes most descriptors away from a process beside a container. */
  limitDescriptors(side: Side, count: number): void {
    execFileSync("prlimit", ["--pid", String(side.pid), `--nofile=${count}:${count}`]);
  }

  /** What an ordinary user is told who publishes a port of 127.0.0.1. */
  publishAsNobody(host: number, port: number): string {
    const namespace = ["-t", String(host), "-n", "-S", "65534", "-G", "65534"];
    const publish = ["publish", "tcp", "127.0.0.1", String(port), "10.0.0.1", "80"];
    return spawnSync("nsenter", [...namespace, this.#driver, "side", "1", "1", ...publish], {
      encoding: "utf8",
    }).stderr;
  }

  async clean(): Promise<void> {
    for (const peer of this.#peers) peer.end();
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        await gone;
      }),
    );
    await Promise.all(this.#namespaces.map((each) => each.end()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
