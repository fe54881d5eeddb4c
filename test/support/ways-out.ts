// Engines on machines of tests, and what their containers reach.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Egress } from "../../src/engine/native/ways-out.ts";
import type { Machine } from "./machine.ts";
import type { OrdinaryUser } from "./ordinary-users.ts";
import { copyPackage } from "./package-copy.ts";
import { eventually, run, succeed } from "./processes.ts";

/** Each place is `tcp ADDRESS PORT` or `udp …`; what is said there, or the error's name, or silence after so many milliseconds, as JSON. */
const caller = `
const [patience, ...places] = process.argv.slice(1);
const call = (place) => new Promise((resolve) => {
  const [kind, address, port] = place.split(" ");
  setTimeout(resolve, Number(patience), "silence").unref();
  if (kind === "udp") {
    const socket = require("dgram").createSocket("udp4");
    socket.on("message", (said) => { resolve(String(said)); socket.close(); });
    socket.on("error", (error) => resolve(error.code));
    return socket.connect(Number(port), address, () => socket.send("hello"));
  }
  const socket = require("net").connect(Number(port), address);
  socket.on("data", (said) => resolve(String(said)));
  socket.on("error", (error) => resolve(error.code));
});
Promise.all(places.map(call)).then((all) => { console.log(JSON.stringify(all)); process.exit(); });
`;

/** A bundled engine on a machine, as root or as a user. */
export class EngineThere {
  readonly root: string;
  readonly #machine: Machine;
  readonly #folder: string;
  readonly #user: OrdinaryUser | undefined;

  constructor(machine: Machine, user?: OrdinaryUser) {
    this.#machine = machine;
    this.#user = user;
    this.#folder = mkdtempSync(join(tmpdir(), "slipway-way-out-"));
    chmodSync(this.#folder, 0o755); // processes of subordinate ids find tables of names below it
    this.root = join(this.#folder, "state");
  }

  /** `wish`: SLIPWAY_EGRESS. Throws with what the engine says when it does not start. */
  async start(wish = "auto"): Promise<void> {
    if (this.#user !== undefined) await succeed("chown", [this.#user.name, this.#folder]);
    else mkdirSync(this.root, { recursive: true });
    const env = { SLIPWAY_EGRESS: wish, SLIPWAY_IDLE_SECONDS: "0" };
    const { code, stderr } = await this.#slipway(["engine", "start"], env);
    if (code !== 0) throw new Error(stderr);
  }

  /** A container that does nothing, with these options of `docker run`. */
  async container(name: string, ...options: readonly string[]): Promise<void> {
    await this.docker("run", "-d", "--name", name, ...options, "slipway/host", "sleep", "3600");
  }

  docker(...words: readonly string[]): Promise<string> {
    return succeed("docker", ["-H", `unix://${this.root}/engine.sock`, ...words]);
  }

  /** What is said at each place (`caller`), which is waited for. */
  call(container: string, ...places: readonly string[]): Promise<string[]> {
    return this.#call(container, 15_000, places);
  }

  /** The same for places where nothing is to be heard. */
  callInVain(container: string, ...places: readonly string[]): Promise<string[]> {
    return this.#call(container, 700, places);
  }

  async egress(): Promise<Egress> {
    const { stdout } = await this.#slipway(["engine", "status", "--format", "json"]);
    return (JSON.parse(stdout) as { egress: Egress }).egress;
  }

  /** Waits until that way is used. */
  leavesBy(way: string): Promise<Egress> {
    return eventually(`containers leave by ${way}`, async () => {
      const egress = await this.egress();
      return egress.way === way ? egress : undefined;
    });
  }

  /** Ends the engine, and what keeps its namespaces, without a warning. */
  async kill(): Promise<void> {
    const { stdout } = await this.#slipway(["engine", "status", "--format", "json"]);
    process.kill((JSON.parse(stdout) as { pid: number }).pid, "SIGKILL");
    process.kill(this.anchor, "SIGKILL");
  }

  get anchor(): number {
    return (JSON.parse(readFileSync(join(this.root, "run", "anchor.json"), "utf8")) as { pid: number }).pid;
  }

  async end(): Promise<void> {
    const host = `unix://${this.root}/engine.sock`;
    const { stdout } = await run("docker", ["-H", host, "ps", "-aq"]);
    const all = stdout.split("\n").filter(Boolean);
    if (all.length > 0) await run("docker", ["-H", host, "rm", "-f", ...all]);
    await this.#slipway(["engine", "stop"]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #call(container: string, patience: number, places: readonly string[]): Promise<string[]> {
    const said = await this.docker("exec", container, "node", "-e", caller, String(patience), ...places);
    return JSON.parse(said) as string[];
  }

  async #slipway(
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const user = this.#user;
    const acting = user === undefined ? {} : { user, folder: await copyPackage(user) };
    return this.#machine.slipway(this.root, words, { ...acting, env });
  }
}
