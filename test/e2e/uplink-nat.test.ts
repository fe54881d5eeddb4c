// Ways out of containers of an engine of root, on a machine that forwards nothing and whose firewall changes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GIVES_BACK, Machine, MACHINE, OUTSIDE, TELLS } from "../support/machine.ts";
import { processesOf } from "../support/footprint.ts";
import { childrenOf, commandName, killAndWait } from "../support/proc.ts";
import { eventually, run, succeed } from "../support/processes.ts";
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

/** All settings of the machine's network that are not of the engine's own interface. */
const settings = (machine: Machine): string =>
  machine.sh("cd /proc/sys/net/ipv4 && grep -r . ip_forward conf/all conf/default conf/eth0 conf/lo | sort");

/** A counter of a network namespace that some script's output shows. */
const counter = (snmp: string, protocol: string, name: string): number => {
  const [names = [], values = []] = [...snmp.matchAll(new RegExp(`^${protocol}: (.*)$`, "gm"))].map(
    ([, text = ""]) => text.split(" "),
  );
  return Number(values[names.indexOf(name)]);
};
const snmp = "cat /proc/net/snmp";

/** Sends a line every 20 ms and fails when one does not come back. */
const conversation = `
const socket = require("net").connect(${GIVES_BACK}, "${OUTSIDE}");
let said = 0, heard = 0;
socket.on("error", (error) => { console.log(error.code); process.exit(); });
socket.on("data", (bytes) => { heard += bytes.length; });
setInterval(() => socket.write("."), 20);
process.stdin.on("data", () => { const before = heard; setTimeout(() => console.log(heard > before ? "goes on" : "stands still"), 500); });
socket.on("connect", () => console.log("open"));
process.stdin.on("end", () => process.exit());
`;

/** Prints how long the answer to a datagram of that length is. */
const datagram = (length: number): string => `
const socket = require("dgram").createSocket("udp4");
socket.on("message", (said) => { console.log(said.length); socket.close(); });
socket.connect(${GIVES_BACK}, "${OUTSIDE}", () => socket.send(Buffer.alloc(${length})));
setTimeout(() => { console.log("silence"); process.exit(); }, 5000).unref();
`;

describe.skipIf(unavailable !== undefined)("an engine of root", () => {
  let machine: Machine;
  let engine: EngineThere;
  let folder: string;
  let before: string;
  /** Names of all tables of nf_tables on the machine. */
  const tables = (): string[] => machine.sh(join(folder, "nft-tables")).split("\n").filter(Boolean);
  /** Runs that in the engine's network namespace. */
  const within = (script: string): Promise<string> =>
    succeed("nsenter", ["-t", String(engine.anchor), "-n", "sh", "-ec", script]);
  /** The addresses of the pair: the machine's end, the engine's. */
  const pair = (): [string, string] => {
    const [, host = "", inner = ""] =
      /inet (\S+) peer (\S+)\//.exec(machine.sh(`ip address show ${ends(machine)[0]}`)) ?? [];
    return [host, inner];
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "slipway-nat-"));
    compileDriver(join(folder, "nft-tables"), "nft-tables.c", []);
    machine = await Machine.make();
    machine.sh("for each in all default eth0; do echo 1 > /proc/sys/net/ipv4/conf/$each/rp_filter; done");
    await machine.serve(`require("net").createServer((s) => s.end("own")).listen(7001, "127.0.0.1");
      require("dgram").createSocket("udp4").bind(7003);
      require("net").createServer((s) => s.end("all")).listen(7002, "0.0.0.0", () => console.log("ready"));`);
    before = settings(machine);
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

  it("leaves a machine that forwards nothing, and changes none of its settings", async () => {
    expect((await engine.leavesBy("nat")).refused).toEqual([]);
    await reachesTheWorld();
    expect(settings(machine)).toBe(before);
    await within("echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter");
    await reachesTheWorld();
  });

  it("mends what whoever switches forwarding on and off does to its own interface", async () => {
    machine.forward(true);
    machine.forward(false);
    const own = `/proc/sys/net/ipv4/conf/${ends(machine)[0]}/forwarding`;
    await eventually("its own forwards", () => machine.sh(`cat ${own}`) === "1\n" || undefined);
    await reachesTheWorld();
    expect((await engine.egress()).way).toBe("nat");
    expect(settings(machine)).toBe(before);
  });

  it("has datagrams of every length answered, and hears of narrower ways", async () => {
    const answered = (length: number): Promise<string> =>
      engine.docker("exec", "one", "node", "-e", datagram(length));
    expect(await answered(8000)).toBe("8000\n");
    for (const each of [machine.sh, machine.outside]) each.call(machine, "ip link set eth0 mtu 9000");
    expect(await answered(4000)).toBe("4000\n");
    for (const each of [machine.sh, machine.outside]) each.call(machine, "ip link set eth0 mtu 1500");
    machine.outside(`ip link add narrow mtu 1300 type veth peer name far && ip link set far up && ip address add 10.8.0.1/24 dev narrow && ip link set narrow up
      echo 1 > /proc/sys/net/ipv4/ip_forward`);
    const send = `require("dgram").createSocket("udp4").connect(9, "10.8.0.9", function () { this.send(Buffer.alloc(1400), () => this.close()); })`;
    await engine.docker("exec", "one", "node", "-e", send);
    await eventually(
      "the container knows",
      async () =>
        (await engine.docker("exec", "one", "ip", "route", "get", "10.8.0.9")).includes("mtu 1300") ||
        undefined,
    );
  });

  it("goes over to the proxy where a firewall refuses either half, and back; connections of the proxy go on", async () => {
    machine.sh("iptables -P FORWARD DROP");
    expect((await engine.leavesBy("proxy")).refused[0]?.reason).toContain("firewall");
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
    machine.sh("iptables -P FORWARD ACCEPT");
    await engine.leavesBy("nat");
    talk.stdin.write("?");
    await says("goes on");
    await reachesTheWorld();

    machine.sh("iptables -A OUTPUT -d 169.254.0.0/16 -j DROP");
    await engine.leavesBy("proxy");
    await reachesTheWorld();
    talk.stdin.write("?");
    await says("goes on");
    talk.stdin.end();
    await once(talk, "exit");
    machine.sh("iptables -F OUTPUT");
    await engine.leavesBy("nat");
  });

  it("has ports refused, and all that NAT must not open stays closed", async () => {
    await reachesTheWorld();
    expect(await engine.call("one", `tcp ${OUTSIDE} 9`, `udp ${OUTSIDE} 9`)).toEqual([
      "ECONNREFUSED",
      "ECONNREFUSED",
    ]);
    const [host, inner] = pair();
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
  });

  it("lets nobody in, whether the machine forwards or not", async () => {
    const [, inner] = pair();
    // Nobody on the machine comes in by it, however he routes.
    machine.sh(`ip route add 10.90.0.0/24 via ${inner} dev ${ends(machine)[0]} onlink`);
    const { code } = await run("nsenter", ["-t", String(machine.pid), "-n", "busybox", "ping", "-c", "1", "-W", "1", "10.90.0.2"]); // prettier-ignore
    expect(code).not.toBe(0);
    machine.outside(`ip route add ${inner} via ${MACHINE}`);
    for (const forwards of [false, true]) {
      machine.forward(forwards);
      const before = [
        counter(machine.sh(snmp), "Ip", "InReceives"),
        counter(await within(snmp), "Ip", "InReceives"),
      ];
      machine.outside(`bash -c "echo > /dev/udp/${inner}/9"`);
      expect(counter(machine.sh(snmp), "Ip", "InReceives")).toBeGreaterThan(before[0] ?? 0);
      expect(counter(await within(snmp), "Ip", "InReceives")).toBe(before[1]);
    }
    machine.forward(false);
  });

  it("lets out nothing under a name that is not the machine's, and nothing to the machine itself", async () => {
    // A reply to nothing belongs to no connection, so its sender is not translated.
    const reply = `socket(S, PF_INET, SOCK_RAW, 1); send(S, pack("CCnnn", 0, 0, 0xffff, 0, 0), 0, pack_sockaddr_in(0, inet_aton("${OUTSIDE}"))) or die $!`;
    const replies = counter(machine.outside(snmp), "Icmp", "InEchoReps");
    await engine.docker("exec", "one", "perl", "-MSocket", "-e", reply);
    const heard = counter(machine.sh(snmp), "Udp", "InDatagrams");
    expect(await engine.callInVain("one", "udp 10.9.0.255 7003")).toEqual(["silence"]);
    expect(counter(machine.sh(snmp), "Udp", "InDatagrams")).toBe(heard);
    expect(counter(machine.outside(snmp), "Icmp", "InEchoReps")).toBe(replies);
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

  it("leaves nothing when it is killed, though its containers live on", async () => {
    expect(tables().filter((name) => name.startsWith("slipway"))).toHaveLength(1);
    const shims = processesOf(engine.root).filter((pid) => commandName(pid) === "slipway-shim");
    await engine.kill();
    try {
      await eventually("no table", () => !tables().some((name) => name.startsWith("slipway")) || undefined);
      await eventually("no interface", () => ends(machine).length === 0 || undefined);
    } finally {
      for (const shim of shims) await killAndWait(shim);
      // Its containers' control groups are for the next engine to clear up.
      await engine.start();
    }
  });
});

describe.skipIf(unavailable !== undefined)("a wish that cannot be", () => {
  it("is an error of the engine's start", async () => {
    const machine = await Machine.make();
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
