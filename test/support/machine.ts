// A machine in namespaces of its own, with the world behind its only interface: what a test changes there of routes, firewall and settings is
// nobody else's.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { newNetworkNamespace, type NetworkNamespace } from "./network-namespace.ts";
import type { OrdinaryUser } from "./ordinary-users.ts";
import { packageFolder } from "./package-copy.ts";
import { run, type CommandResult } from "./processes.ts";

/** The machine's address, and one of the world's. */
export const MACHINE = "10.9.0.2";
export const OUTSIDE = "10.9.0.1";

/** Ports of the world: whoever connects or writes to the first is told his own address and the second gives back what it gets, over TCP or UDP; the third sends without end. */
export const TELLS = 8081;
export const GIVES_BACK = 8083;
export const SENDS = 8084;

const world = `
const net = require("net"), datagrams = require("dgram").createSocket("udp4"), echoes = require("dgram").createSocket("udp4");
const take = (each) => (socket) => { socket.on("error", () => socket.destroy()); each(socket); };
const block = Buffer.alloc(256 * 1024);
const send = (socket) => { while (socket.writable && socket.write(block)); };
datagrams.on("message", (_, from) => datagrams.send(from.address, from.port, from.address));
echoes.on("message", (said, from) => echoes.send(said, from.port, from.address)).bind(${GIVES_BACK}, "0.0.0.0");
const servers = [net.createServer(take((socket) => socket.end(socket.remoteAddress))).listen(${TELLS}, "0.0.0.0"),
  net.createServer(take((socket) => socket.pipe(socket))).listen(${GIVES_BACK}, "0.0.0.0"),
  net.createServer(take((socket) => { socket.on("drain", () => send(socket)); send(socket); })).listen(${SENDS}, "0.0.0.0")];
datagrams.bind(${TELLS}, "0.0.0.0", () => console.log("ready"));
`;

/** Two namespaces joined by a pair of interfaces. */
export class Machine {
  readonly #outside: NetworkNamespace;
  readonly #inside: NetworkNamespace;
  readonly #servers: ChildProcess[] = [];

  private constructor(outside: NetworkNamespace, inside: NetworkNamespace) {
    this.#outside = outside;
    this.#inside = inside;
  }

  /** Needs root. The machine forwards nothing. Every user there may open /dev/net/tun. */
  static async make(): Promise<Machine> {
    const machine = new Machine(await newNetworkNamespace(), await newNetworkNamespace(["-m"]));
    const { pid } = machine.#inside;
    const outside = machine.#outside.pid;
    ip(pid, `link add eth0 type veth peer name eth0 netns ${outside}`);
    for (const [where, address] of [
      [pid, MACHINE],
      [outside, OUTSIDE],
    ] as const) {
      ip(where, `address add ${address}/24 dev eth0`);
      for (const name of ["lo", "eth0"]) ip(where, `link set ${name} up`);
    }
    ip(pid, `route add default via ${OUTSIDE}`);
    machine.forward(false);
    if (existsSync("/dev/net"))
      machine.sh(
        "mount -t tmpfs tmpfs /dev/net && mknod /dev/net/tun c 10 200 && chmod 666 /dev/net/tun && chmod 755 /dev/net",
      );
    await machine.#serve(outside, world);
    return machine;
  }

  get pid(): number {
    return this.#inside.pid;
  }

  forward(on: boolean): void {
    this.sh(`echo ${on ? 1 : 0} > /proc/sys/net/ipv4/ip_forward`);
  }

  sh(script: string): string {
    return into(this.pid, ["sh", "-ec", script]);
  }

  /** Runs that as root of the world. */
  outside(script: string): string {
    return into(this.#outside.pid, ["sh", "-ec", script]);
  }

  /** Names of its interfaces. */
  links(): string[] {
    return [...this.sh("ip -o link").matchAll(/^\d+: ([^:@]+)/gm)].map(([, name = ""]) => name);
  }

  /** A program of the machine's own, until its end. It says when it is ready. */
  serve(script: string): Promise<void> {
    return this.#serve(this.pid, script);
  }

  /** Runs `slipway` there as root or as the user, with an engine of its own below `root`. */
  slipway(root: string, words: readonly string[], options: Acting = {}): Promise<CommandResult> {
    const { user, env = {} } = options;
    const become =
      user === undefined ? [] : ["setpriv", "--reuid", user.name, "--regid", user.name, "--init-groups"];
    const settings = { SLIPWAY_ROOT: root, SLIPWAY_ENGINE: "bundled", HOME: user?.home ?? root, ...env };
    const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const program = `${options.folder ?? packageFolder}/bin/slipway`;
    return run("nsenter", [...entering(this.pid), ...become, "env", ...set, process.execPath, program, ...words], { cwd: "/" }); // prettier-ignore
  }

  async end(): Promise<void> {
    for (const server of this.#servers) server.kill("SIGKILL");
    await Promise.all([this.#inside.end(), this.#outside.end()]);
  }

  async #serve(pid: number, script: string): Promise<void> {
    const server = spawn("nsenter", [...entering(pid), process.execPath, "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#servers.push(server);
    await once(server.stdout, "data");
  }
}

/** As whom `slipway` runs, with what besides in the environment. */
interface Acting {
  readonly user?: OrdinaryUser;
  /** Where the user can read the package. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function entering(pid: number): string[] {
  return ["-t", String(pid), "-n", "-m"];
}

function ip(pid: number, words: string): string {
  return into(pid, ["ip", ...words.split(" ")]);
}

function into(pid: number, command: readonly string[]): string {
  return execFileSync("nsenter", [...entering(pid), ...command], { encoding: "utf8" });
}
