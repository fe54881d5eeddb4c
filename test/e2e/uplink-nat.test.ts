// Ways out of containers of an engine of root, on machines that forward and on such that do not.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GIVES_BACK, Machine, MACHINE, OUTSIDE, TELLS } from "../support/machine.ts";
import { processesOf } from "../support/footprint.ts";
import { childrenOf, commandName, killAndWait } from "../support/proc.ts";
import { eventually, run } from "../support/processes.ts";
import { EngineThere } from "../support/ways-out.ts";
import { compileDriver } from "../native/driver.ts";
import { missingForNetworkTests } from "../native/net-stage.ts";

const hasTools =
  (await run("sh", ["-c", "command -v docker && command -v iptables && command -v ip"])).code === 0;
const unavailable =
  missingForNetworkTests() ?? (hasTools ? undefined : "docker, iptables or ip is not installed");
if (unavailable !== undefined) console.log(`NAT out of containers: skipped: ${unavailable}`);

/** What the engine adds to the machine's interfaces. */
const ends = (machine: Machine): string[] => machine.links().filter((name) => name.startsWith("slw"));

/** Sends a line every 20 ms and fails when one does not come back. */
const conversation = `
const socket = require("net").connect(${GIVES_BACK}, "${OUTSIDE}");
let said = 0, heard = 0;
socket.on("error", (error) => { console.log(error.code); process.exit(); });
socket.on("data", (bytes) => { heard += bytes.length; });
setInterval(() => socket.write("."), 20);
process.stdin.on("data", () => { const before = heard; setTimeout(() => console.log(heard > before ? "goes on" : "stands still"), 500); });
socket.on("connect", () => console.log("open"));
`;

describe.skipIf(unavailable !== undefined)("an engine of root", () => {
  let machine: Machine;
  let engine: EngineThere;
  let folder: string;
  /** Names of all tables of nf_tables on the machine. */
  const tables = (): string[] => machine.sh(join(folder, "nft-tables")).split("\n").filter(Boolean);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "slipway-nat-"));
    compileDriver(join(folder, "nft-tables"), "nft-tables.c", []);
    machine = await Machine.make({ forwards: false });
    await machine.serve(`require("net").createServer((s) => s.end("own")).listen(7001, "127.0.0.1");
      require("net").createServer((s) => s.end("all")).listen(7002, "0.0.0.0", () => console.log("ready"));`);
    engine = new EngineThere(machine);
    await engine.start();
    await engine.docker("network", "create", "--subnet", "10.90.0.0/24", "app");
    await engine.docker("network", "create", "--internal", "--subnet", "10.91.0.0/24", "closed");
    await engine.docker("network", "create", "--subnet", "10.92.0.0/24", "other");
    await engine.container("one", "--network", "app");
    await engine.container("neighbour", "--network", "other", "--ip", "10.92.0.9");
    await engine.container("shut", "--network", "closed");
  });
  afterAll(async () => {
    await engine?.end();
    await machine?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const reachesTheWorld = async (): Promise<void> => {
    expect(await engine.call("one", `tcp ${OUTSIDE} ${TELLS}`, `udp ${OUTSIDE} ${TELLS}`)).toEqual([
      MACHINE,
      MACHINE,
    ]);
    const ping = await engine.docker("exec", "one", "busybox", "ping", "-c", "1", "-W", "5", OUTSIDE);
    expect(ping).toContain("1 packets received");
  };

  it("leaves a machine alone that forwards nothing", async () => {
    const { refused } = await engine.leavesBy("proxy");
    await reachesTheWorld();
    expect(refused).toEqual([
      { way: "nat", reason: "the machine forwards nothing: net.ipv4.ip_forward is 0" },
    ]);
    expect(ends(machine)).toEqual([]);
    expect(tables()).toEqual([]);
  });

  it("goes over to NAT where it works, and back where a firewall comes; connections of the proxy go on", async () => {
    const talk = spawn("docker", [
      "-H",
      `unix://${engine.root}/engine.sock`,
      "exec",
      "-i",
      "one",
      "node",
      "-e",
      conversation,
    ]);
    let printed = "";
    talk.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const says = (what: string): Promise<true> =>
      eventually(`"${what}"`, () => printed.endsWith(`${what}\n`) || undefined);
    await says("open");
    machine.forward(true);
    await engine.leavesBy("nat");
    talk.stdin.write("?");
    await says("goes on");
    await reachesTheWorld();

    machine.sh("iptables -P FORWARD DROP");
    expect((await engine.leavesBy("proxy")).refused[0]?.reason).toContain("firewall");
    await reachesTheWorld();
    talk.stdin.write("?");
    await says("goes on");
    talk.kill();
    machine.sh("iptables -P FORWARD ACCEPT");
    await engine.leavesBy("nat");
  });

  it("has ports refused, and all that NAT must not open stays closed", async () => {
    await reachesTheWorld();
    expect(await engine.call("one", `tcp ${OUTSIDE} 9`, `udp ${OUTSIDE} 9`)).toEqual([
      "ECONNREFUSED",
      "ECONNREFUSED",
    ]);
    const [end = ""] = ends(machine);
    const gateway = /inet (\S+) peer (\S+)\//.exec(machine.sh(`ip address show ${end}`));
    const [, host = "", inner = ""] = gateway ?? [];
    expect(
      await engine.call(
        "one",
        `tcp ${MACHINE} 7002`,
        `tcp ${host} 7002`,
        "tcp host.docker.internal 7002",
        "tcp 10.90.0.1 7002",
      ),
    ).toEqual(["all", "all", "all", "all"]);
    const loopbackOnly = [MACHINE, host, inner, "127.0.0.1"].map((address) => `tcp ${address} 7001`);
    for (const said of await engine.callInVain("one", ...loopbackOnly))
      expect(said).toMatch(/^ECONN(REFUSED|RESET)$/);
    const neighbour = ["udp 10.92.0.9 7002", "tcp 10.92.0.9 7002"];
    expect(await engine.callInVain("one", ...neighbour)).toEqual(["silence", "silence"]);
    expect(await engine.call("shut", `tcp ${OUTSIDE} ${TELLS}`)).toEqual(["ENETUNREACH"]);
    // Nobody on the machine comes in by it, however he routes.
    machine.sh(`ip route add 10.90.0.0/24 via ${inner} dev ${end} onlink`);
    const { code } = await run("nsenter", [
      "-t",
      String(machine.pid),
      "-n",
      "busybox",
      "ping",
      "-c",
      "1",
      "-W",
      "1",
      "10.90.0.2",
    ]);
    expect(code).not.toBe(0);
  });

  it("shares the machine with another of the same subnets", async () => {
    const other = new EngineThere(machine);
    try {
      await other.start("nat");
      await other.docker("network", "create", "--subnet", "10.90.0.0/24", "app");
      await other.container("two", "--network", "app");
      await other.leavesBy("nat");
      expect(await other.call("two", `tcp ${OUTSIDE} ${TELLS}`)).toEqual([MACHINE]);
      expect(await engine.call("one", `tcp ${OUTSIDE} ${TELLS}`)).toEqual([MACHINE]);
      expect(ends(machine)).toHaveLength(2);
    } finally {
      await other.end();
    }
    await eventually("one pair", () => ends(machine).length === 1 || undefined);
  });

  it("goes back to the proxy at once when what keeps the uplink is killed, and has another soon", async () => {
    const keeper = (): number | undefined =>
      childrenOf(engine.anchor).find((pid) => commandName(pid) === "slipway-uplink");
    await killAndWait(keeper() ?? 0);
    await reachesTheWorld();
    await eventually("another", keeper);
    await engine.leavesBy("nat");
    expect(ends(machine)).toHaveLength(1);
  });

  it("leaves nothing when it is killed", async () => {
    expect(tables().filter((name) => name.startsWith("slipway"))).toHaveLength(1);
    const shims = processesOf(engine.root).filter((pid) => commandName(pid) === "slipway-shim");
    await engine.kill();
    await eventually("no table", () => !tables().some((name) => name.startsWith("slipway")) || undefined);
    for (const shim of shims) await killAndWait(shim);
    await eventually("no interface", () => ends(machine).length === 0 || undefined);
    // Its containers' control groups are for the next engine to clear up.
    await engine.start();
  });
});

describe.skipIf(unavailable !== undefined)("a wish that cannot be", () => {
  it("is an error of the engine's start", async () => {
    const machine = await Machine.make({ forwards: false });
    const engine = new EngineThere(machine);
    try {
      await expect(engine.start("pasta")).rejects.toThrow(
        "SLIPWAY_EGRESS=pasta is impossible here: it is for engines of ordinary users",
      );
    } finally {
      await engine.end();
      await machine.end();
    }
  });
});
