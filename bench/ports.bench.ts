// What the way to and from a container costs: bytes per second and round trips over a published port and out of a container, beside the
// same server without any container, beside a namespace behind ordinary NAT, and beside a real Docker Engine.
import { spawn } from "node:child_process";
import type { EngineUnderTest } from "../test/support/engines.ts";
import { freePort } from "../test/support/ports.ts";
import { eventually } from "../test/support/processes.ts";
import { onAllEngines } from "./each-engine.ts";
import { median, type Bench, type BenchRow } from "./measure.ts";
import { NAT_SERVER, NatStage, natUnavailable } from "./nat-stage.ts";

/** The first byte a client sends says what it wants: a stream of bytes, or each byte back. */
const server = `
require("net").createServer((socket) => {
  socket.setNoDelay();
  socket.on("error", () => socket.destroy());
  socket.once("data", (first) => {
    if (first[0] === 69) {
      socket.write(first);
      return socket.on("data", (bytes) => socket.write(bytes));
    }
    let left = Number(first.subarray(1));
    const block = Buffer.alloc(256 * 1024);
    const more = () => {
      while (left > 0 && socket.write(block)) left -= block.length;
      if (left <= 0) socket.end();
    };
    socket.on("drain", () => { left -= block.length; more(); });
    more();
  });
}).listen(Number(process.argv[1] ?? 0), "0.0.0.0", function () { console.log(this.address().port); });
`;

/** Prints megabytes per second and microseconds of each round trip, as JSON. */
const client = `
const { connect } = require("net");
const [host, port, bytes, trips] = process.argv.slice(1);
const megabytes = () => new Promise((resolve, reject) => {
  const socket = connect(Number(port), host);
  let received = 0, start;
  socket.on("connect", () => { start = process.hrtime.bigint(); socket.write("B" + bytes); });
  socket.on("data", (chunk) => { received += chunk.length; });
  socket.on("error", reject);
  socket.on("end", () => resolve(received / 1e6 / (Number(process.hrtime.bigint() - start) / 1e9)));
});
const roundTrips = () => new Promise((resolve, reject) => {
  const socket = connect(Number(port), host);
  const times = [];
  let start;
  const send = () => { start = process.hrtime.bigint(); socket.write("E"); };
  socket.setNoDelay();
  socket.on("connect", send);
  socket.on("error", reject);
  socket.on("data", () => {
    times.push(Number(process.hrtime.bigint() - start) / 1000);
    if (times.length < Number(trips)) return send();
    socket.destroy();
    resolve(times);
  });
});
megabytes().then(async (rate) => console.log(JSON.stringify({ rate, times: await roundTrips() })));
`;

interface Figures {
  readonly rates: number[];
  readonly times: number[];
}

/** A way to a server that can be tried again and again. */
interface Way {
  readonly name: string;
  measure(): Promise<{ rate: number; times: number[] }>;
}

interface Amounts {
  readonly bytes: number;
  readonly trips: number;
}

function output(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], timeout: 60_000 });
  let text = "";
  child.stdout.on("data", (part: Buffer) => (text += String(part)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${command} exited with ${code}`)),
    );
  });
}

function clientArguments(host: string, port: number, amounts: Amounts): string[] {
  return ["-e", client, host, String(port), String(amounts.bytes), String(amounts.trips)];
}

interface Place {
  readonly name: string;
  /** Whose network namespace the client is in; undefined: this one. */
  readonly pid?: number | undefined;
  readonly host?: string;
  readonly port: number;
}

function toPort({ name, pid, host = "127.0.0.1", port }: Place, amounts: Amounts): Way {
  const enter = pid === undefined ? [] : ["nsenter", "-t", String(pid), "-n"];
  const [command = "", ...args] = [...enter, process.execPath, ...clientArguments(host, port, amounts)];
  return {
    name,
    measure: async () => JSON.parse(await output(command, args)) as Awaited<ReturnType<Way["measure"]>>,
  };
}

/** From a container that runs to the port of a server on the host. */
function outOf(engine: EngineUnderTest, container: string, port: number, amounts: Amounts): Way {
  return {
    name: `out of a container, ${engine.name}`,
    async measure() {
      // A real engine's containers know the machine by the gateway of the predefined network.
      const host = engine.kind === "docker" ? "172.17.0.1" : "host.docker.internal";
      const args = clientArguments(host, port, amounts);
      const printed = await engine.succeed("exec", container, "node", ...args);
      return JSON.parse(printed) as Awaited<ReturnType<Way["measure"]>>;
    },
  };
}

/** A container that serves on a published port of the host, and the ways to it and out of it. */
async function waysOf(engine: EngineUnderTest, hostPort: number, amounts: Amounts): Promise<Way[]> {
  await engine.start();
  const port = await freePort();
  const command = ["node", "-e", server, "80"];
  const id = (await engine.succeed("run", "-d", "-p", `${port}:80`, "slipway/host", ...command)).trim();
  const pid = engine.networkPid;
  const way = toPort({ name: `published port, ${engine.name}`, pid, port }, amounts);
  const trial = toPort({ name: "trial", pid, port }, { bytes: 1, trips: 1 });
  await eventually("the server answers", () => trial.measure().catch(() => undefined));
  return [way, outOf(engine, id, hostPort, amounts)];
}

function rows(name: string, { rates, times }: Figures): BenchRow {
  const sorted = times.toSorted((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  return {
    text: `${name.padEnd(64)} ${median(rates).toFixed(0)} MB/s, round trip ${median(times).toFixed(0)} us (p95 ${p95.toFixed(0)})`,
  };
}

async function measureAll(ways: readonly Way[], rounds: number): Promise<Map<string, Figures>> {
  const figures = new Map<string, Figures>(ways.map(({ name }) => [name, { rates: [], times: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ways) {
      const { rate, times } = await way.measure();
      figures.get(way.name)?.rates.push(rate);
      figures.get(way.name)?.times.push(...times);
    }
  }
  return figures;
}

/** A server without any container, in this network namespace or in that of a process. */
async function direct(pid?: number): Promise<{ port: number; end: () => void }> {
  const port = await freePort();
  const enter = pid === undefined ? [] : ["nsenter", "-t", String(pid), "-n"];
  const [command = "", ...args] = [...enter, process.execPath, "-e", server, String(port)];
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return { port, end: () => child.kill() };
}

/** What is looked at beside engines, and how to end it. */
interface Reference {
  readonly ways: Way[];
  readonly hostPort: number;
  readonly servers: { end: () => void }[];
  readonly hasNat: boolean;
}

async function* compare(
  engines: readonly EngineUnderTest[],
  reference: Reference,
  options: { readonly amounts: Amounts; readonly quick: boolean },
): AsyncGenerator<BenchRow> {
  const { amounts, quick } = options;
  const ways = [...reference.ways];
  for (const engine of engines) {
    let port = reference.hostPort;
    if (engine.networkPid !== undefined) {
      const near = await direct(engine.networkPid);
      reference.servers.push(near);
      port = near.port;
    }
    ways.push(...(await waysOf(engine, port, amounts)));
  }
  const figures = await measureAll(ways, quick ? 1 : 5);
  for (const [name, measured] of figures) yield rows(name, measured);
  const rateOf = (name: string): number => median(figures.get(name)?.rates ?? []);
  const bundled = engines.find(({ kind, user }) => kind === "bundled" && user === undefined);
  const docker = engines.find(({ kind }) => kind === "docker");
  if (bundled === undefined) return;
  const ours = rateOf(`published port, ${bundled.name}`);
  yield atLeast("published port / direct", ours / rateOf("direct"), 0.5);
  const out = rateOf(`out of a container, ${bundled.name}`);
  if (reference.hasNat)
    yield { text: `way out / NAT's: ratio ${(out / rateOf("out of a namespace behind NAT")).toFixed(2)}` };
  if (docker === undefined) return;
  yield atLeast("published port / dockerd's", ours / rateOf(`published port, ${docker.name}`), 0.8);
  yield atLeast("way out / dockerd's", out / rateOf(`out of a container, ${docker.name}`), 0.5);
}

export const bench: Bench = {
  claim:
    "a published port carries at least half of what a server without a container does; it and the way out carry about as much as dockerd's",
  async *run({ quick }) {
    const amounts = quick ? { bytes: 64e6, trips: 100 } : { bytes: 1e9, trips: 2000 };
    const host = await direct();
    const servers = [host];
    const nat = new NatStage();
    try {
      const ways: Way[] = [toPort({ name: "direct", port: host.port }, amounts)];
      const noNat = natUnavailable();
      if (noNat === undefined) {
        await nat.make();
        const outer = await direct(nat.outer);
        servers.push(outer);
        const place = { pid: nat.inner, host: NAT_SERVER, port: outer.port };
        ways.push(toPort({ name: "out of a namespace behind NAT", ...place }, amounts));
      } else yield { text: `out of a namespace behind NAT: left out, ${noNat}` };
      const reference = { ways, hostPort: host.port, servers, hasNat: noNat === undefined };
      yield* onAllEngines((engines) => compare(engines, reference, { amounts, quick }));
    } finally {
      for (const each of servers) each.end();
      await nat.end();
    }
  },
};

function atLeast(name: string, ratio: number, goal: number): BenchRow {
  const met = ratio >= goal;
  return {
    text: `${name.padEnd(64)} ratio ${ratio.toFixed(2)}, goal at least ${goal}: ${met ? "met" : "MISSED"}`,
    met,
  };
}
