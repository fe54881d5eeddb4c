// What containers reach beyond their networks, in a world of its own: a namespace that stands for the host, with a firewall that forwards
// nothing, and one that stands for everybody else.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Directive } from "../../src/engine/collaborators.ts";
import { newNetworkNamespace, type NetworkNamespace } from "../support/network-namespace.ts";
import { childrenOf, commandName, descriptorsOf, isAlive, readProc } from "../support/proc.ts";
import { eventually } from "../support/processes.ts";
import { Peer, missingForNetworkTests } from "./net-stage.ts";
import { Stage, engineUsers } from "./stage.ts";
import type { EngineUser, Running } from "./stage.ts";

const HOST = "198.18.0.1";
const OUTSIDE = "198.18.0.2";
const OUTSIDE6 = "2001:db9::2";
/** Milliseconds until no answer is called silence: where one is due, and where none is. */
const PATIENCE = 15_000;
const IMPATIENCE = 1500;
const hasFirewallTool = ["/usr/sbin/iptables", "/sbin/iptables"].some((path) => existsSync(path));

function inside(pid: number, ...command: string[]): string {
  return execFileSync("nsenter", ["-t", String(pid), "-n", ...command], { encoding: "utf8" });
}

/** The one that carries now; `but` has ended. */
function carrierOf(anchor: number, but = 0): Promise<number> {
  return eventually("a carrier", () =>
    childrenOf(anchor).find((pid) => pid !== but && commandName(pid) === "slipway-egress"),
  );
}

/** A host and the rest of the world. */
class World {
  readonly #namespaces: NetworkNamespace[] = [];
  readonly #peers: Peer[] = [];
  host = 0;
  outside = 0;

  async make(): Promise<void> {
    this.host = await this.#namespace();
    this.outside = await this.#namespace();
    const outside = String(this.outside);
    inside(this.host, "ip", "link", "add", "out0", "type", "veth", "peer", "name", "in0", "netns", outside);
    for (const [pid, link, v4, v6] of [
      [this.host, "out0", HOST, "2001:db9::1"],
      [this.outside, "in0", OUTSIDE, OUTSIDE6],
    ] as const) {
      inside(pid, "ip", "address", "add", `${v4}/24`, "dev", link);
      inside(pid, "ip", "address", "add", `${v6}/64`, "dev", link, "nodad");
      for (const name of ["lo", link]) inside(pid, "ip", "link", "set", name, "up");
    }
    inside(this.host, "ip", "route", "add", "default", "via", OUTSIDE);
    inside(this.outside, "sysctl", "-w", "net.ipv4.ip_forward=1");
    inside(this.host, "ip", "route", "add", "default", "via", OUTSIDE6);
    // As Docker and ufw leave it.
    if (spawnSync("iptables", ["--version"]).status === 0)
      inside(this.host, "iptables", "-P", "FORWARD", "DROP");
  }

  async #namespace(): Promise<number> {
    const made = await newNetworkNamespace();
    this.#namespaces.push(made);
    return made.pid;
  }

  peer(pid: number): Peer {
    const peer = new Peer(pid);
    this.#peers.push(peer);
    return peer;
  }

  /** All that an engine could have changed in the host's network. */
  state(): string {
    const rules = hasFirewallTool ? inside(this.host, "iptables-save") : "";
    return [
      inside(this.host, "ip", "-o", "link"),
      inside(this.host, "ip", "rule"),
      inside(this.host, "ip", "route", "show", "table", "all"),
      inside(this.host, "ip", "-6", "route", "show", "table", "all"),
      inside(this.host, "sysctl", "net.ipv4.ip_forward", "net.ipv4.conf.all.route_localnet"),
      rules.replace(/^#.*$/gm, "").replaceAll(/\[\d+:\d+\]/g, ""),
    ]
      .join("\n")
      .split("\n")
      .filter((line) => !line.includes("fe80:")) // the kernel's own, a while after an interface is up
      .join("\n");
  }

  /** The same twice: the kernel brings interfaces up, and their routes with them, in its own time. */
  settledState(): Promise<string> {
    let last = "";
    return eventually("the host's network has come up", async () => {
      await setTimeout(1500);
      const before = last;
      last = this.state();
      return last === before && /out0@.* state UP /.test(last) ? last : undefined;
    });
  }

  async end(): Promise<void> {
    for (const peer of this.#peers) peer.end();
    await Promise.all(this.#namespaces.map((each) => each.end()));
  }
}

interface Container {
  readonly running: Running;
  readonly pid: number;
  readonly peer: Peer;
}

function describeEgress(user: EngineUser): void {
  const world = new World();
  let stage: Stage;
  let isClean = false;
  let before = "";
  let carrier = 0;
  let web: Container;
  let far: Container;
  let lonely: Container;

  const net = (...args: string[]): void => {
    const anchor = ["--anchor", String(stage.anchor), ...(user.rootless ? ["--rootless"] : [])];
    const { file, words, ids } = stage.command([...anchor, "net", ...args]);
    const { status, stderr } = spawnSync(file, words, { encoding: "utf8", ...ids });
    if (status !== 0) throw new Error(stderr);
  };
  const start = async (network: number, more: readonly Directive[] = []): Promise<Container> => {
    const v6 = network === 1 ? [`fd01::2/64`, `fd01::1`] : ["", ""];
    const running = stage.run({
      args: ["sleep", "3600"],
      more: [
        ["endpoint", "eth0", `br-${network}`, `10.${network}.0.2/24`, "", `10.${network}.0.1`, ...v6, "", ""],
        ...more,
      ],
    });
    const pid = Number(await running.client.first("R"));
    await running.client.first("S");
    return { running, pid, peer: world.peer(pid) };
  };
  const listen = (
    from: Container,
    address: string,
    port: number,
    milliseconds = PATIENCE,
  ): Promise<unknown> => from.peer.ask("listen", { address, port, milliseconds });
  const descriptors = (): number => descriptorsOf(carrier);

  beforeAll(async () => {
    await world.make();
    before = await world.settledState();
    stage = await Stage.make(user, world.host);
    carrier = await carrierOf(stage.anchor);
    net("bridge-add", "br-1", "10.1.0.1/24", "fd01::1/64", "", "outbound");
    net("bridge-add", "br-2", "10.2.0.1/24", "", "", "outbound");
    net("bridge-add", "br-3", "10.3.0.1/24");
    const published: Directive[] = [
      ["publish", "tcp", "", "18080", "10.1.0.2", "80"],
      ["publish", "tcp", "127.0.0.1", "18081", "10.1.0.2", "80"],
      ["publish", "udp", "", "18080", "10.1.0.2", "80"],
    ];
    [web, far, lonely] = await Promise.all([start(1, published), start(2), start(3)]);
    const outside = world.peer(world.outside);
    const host = world.peer(world.host);
    await Promise.all([
      ...[OUTSIDE, OUTSIDE6].flatMap((address) => [
        outside.ask("tcp-greeting", { address, port: 7000 }),
        outside.ask("tcp-echo", { address, port: 7001 }),
        outside.ask("udp-echo", { address, port: 7001 }),
      ]),
      host.ask("tcp-greeting", { address: "0.0.0.0", port: 7100 }),
      host.ask("tcp-greeting", { address: "127.0.0.1", port: 7101 }),
      host.ask("udp-echo", { address: "0.0.0.0", port: 7100 }),
      web.peer.ask("tcp-greeting", { address: "0.0.0.0", port: 80 }),
      web.peer.ask("udp-echo", { address: "0.0.0.0", port: 80 }),
    ]);
  });
  afterAll(async () => {
    if (!isClean) await stage?.clean();
    await world.end();
  });

  it("reaches the outside over TCP and UDP, from the host's own addresses", async () => {
    expect(await listen(web, OUTSIDE, 7000)).toBe(HOST);
    expect(await listen(far, OUTSIDE, 7000)).toBe(HOST);
    expect(await listen(web, OUTSIDE6, 7000)).toBe("2001:db9::1");
    for (const address of [OUTSIDE, OUTSIDE6]) {
      expect(await web.peer.ask("exchange", { address, port: 7001, bytes: 4_000_000 })).toBe(true);
      expect(await web.peer.ask("udp-exchange", { address, port: 7001, text: "hello" })).toEqual({
        text: "hello",
        from: address,
      });
    }
    const large = "x".repeat(9000);
    expect(await far.peer.ask("udp-exchange", { address: OUTSIDE, port: 7001, text: large })).toEqual({
      text: large,
      from: OUTSIDE,
    });
  });

  it("is told when nobody listens outside", async () => {
    expect(await listen(web, OUTSIDE, 7999)).toBe("ECONNRESET");
  });

  it("reaches by its gateway what listens on all addresses of the host, and never what is on its loopback", async () => {
    expect(await listen(web, "10.1.0.1", 7100)).toBe(HOST);
    expect(await listen(web, "fd01::1", 7100)).not.toBe(HOST); // IPv4 only
    expect(await listen(web, HOST, 7100)).toBe(HOST);
    expect(await web.peer.ask("udp-exchange", { address: "10.1.0.1", port: 7100, text: "up" })).toEqual({
      text: "up",
      from: "10.1.0.1",
    });
    for (const address of ["10.1.0.1", HOST]) expect(await listen(web, address, 7101)).toBe("ECONNRESET");
    // A container that may change its own routes gets no farther: nobody but its own loopback is there.
    inside(web.pid, "ip", "route", "add", "local", "127.0.0.9", "dev", "lo");
    expect(await listen(web, "127.0.0.9", 7101)).toBe("ECONNREFUSED");
  });

  it("reaches published ports by its gateway and the host's address: another's and its own", async () => {
    expect(await listen(far, "10.2.0.1", 18080)).toBe("10.1.0.1");
    expect(await listen(far, HOST, 18080)).toBe("10.1.0.1");
    expect(await listen(web, "10.1.0.1", 18080)).toBe("10.1.0.1");
    expect(await listen(web, "fd01::1", 18080)).toBe("10.1.0.1");
    expect(await far.peer.ask("udp-exchange", { address: "10.2.0.1", port: 18080, text: "up" })).toEqual({
      text: "up",
      from: "10.2.0.1",
    });
    // Published for the host's own use only.
    expect(await listen(far, "10.2.0.1", 18081)).toBe("ECONNRESET");
  });

  it("does not reach another network's containers by their addresses", async () => {
    expect(await listen(far, "10.1.0.2", 80, IMPATIENCE)).toBe("SILENCE");
    expect(await listen(far, "10.3.0.1", 7100)).toBe(HOST); // a gateway is the host, whichever it is
  });

  it("reaches nothing from an internal network, whatever routes it makes", async () => {
    expect(await listen(lonely, "10.3.0.1", 7100)).toBe("ECONNREFUSED");
    inside(lonely.pid, "ip", "route", "replace", "default", "via", "10.3.0.1");
    expect(await listen(lonely, OUTSIDE, 7000, IMPATIENCE)).toBe("SILENCE");
    expect(await listen(lonely, HOST, 7100, IMPATIENCE)).toBe("SILENCE");
  });

  it("leaves the host's network as it was", () => {
    expect(world.state()).toBe(before);
  });

  it("is carried by a process that may do nothing else", () => {
    const status = readProc(carrier, "status");
    expect(status).toContain("Name:\tslipway-egress");
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(new RegExp(`^Uid:\\t${user.rootless ? user.uid : 65534}\\t`, "m"));
  });

  it("keeps no descriptor of connections that have ended", async () => {
    const idle = descriptors();
    const many = { address: OUTSIDE, port: 7001, bytes: 10_000, count: 300 };
    expect(await web.peer.ask("exchange-many", many)).toBe(300);
    await eventually("all descriptors closed", () => descriptors() <= idle + 4 || undefined);
  });

  it("carries two thousand connections at once", async () => {
    const idle = descriptors();
    const many = { address: OUTSIDE, port: 7001, bytes: 1000, count: 2000 };
    expect(await web.peer.ask("exchange-many", many)).toBe(2000);
    await eventually("all descriptors closed", () => descriptors() <= idle + 4 || undefined);
  });

  it("lets no container take all flows of datagrams from the others", async () => {
    await web.peer.ask("udp-flood", { address: OUTSIDE, port: 7002, count: 3000 });
    expect(descriptors()).toBeLessThan(2 * 1024 + 100);
    // Its own newest ones come first.
    expect(await web.peer.ask("udp-exchange", { address: OUTSIDE, port: 7001, text: "more" })).toEqual({
      text: "more",
      from: OUTSIDE,
    });
    expect(await far.peer.ask("udp-exchange", { address: OUTSIDE, port: 7001, text: "still" })).toEqual({
      text: "still",
      from: OUTSIDE,
    });
  });

  const mayPing = (groups: string): string =>
    inside(world.host, "sysctl", "-w", `net.ipv4.ping_group_range=${groups}`);
  const ping = (from: Container, address: string, seconds = 10): string =>
    spawnSync(
      "nsenter",
      [
        "-t",
        String(from.pid),
        "-n",
        "busybox",
        "ping",
        "-c",
        "2",
        "-i",
        "0.2",
        "-W",
        String(seconds),
        "-s",
        "3000",
        address,
      ],
      {
        encoding: "utf8",
      },
    ).stdout;

  /** A carrier decides when it starts. */
  const renewCarrier = async (): Promise<void> => {
    process.kill(carrier, "SIGKILL");
    carrier = await carrierOf(stage.anchor, carrier);
  };

  it("goes on when what carries it is killed", async () => {
    await renewCarrier();
    expect(await listen(web, OUTSIDE, 7000)).toBe(HOST);
    expect(await listen(web, "10.1.0.1", 7100)).toBe(HOST);
    expect(await web.peer.ask("udp-exchange", { address: OUTSIDE, port: 7001, text: "again" })).toEqual({
      text: "again",
      from: OUTSIDE,
    });
    await renewCarrier();
    expect(await listen(far, OUTSIDE, 7000)).toBe(HOST);
  });

  it("pings the outside where the host lets its user, and only what answers", async () => {
    // A new namespace lets nobody but root.
    expect(ping(web, OUTSIDE, user.rootless ? 1 : 10)).toContain(
      user.rootless ? "100% packet loss" : " 0% packet loss",
    );
    mayPing("0 2147483647");
    await renewCarrier();
    expect(ping(web, OUTSIDE)).toContain("2 packets received, 0% packet loss");
    expect(ping(web, OUTSIDE6)).toContain("2 packets received, 0% packet loss");
    expect(ping(web, "10.1.0.1")).toContain("0% packet loss");
    expect(ping(web, "fd01::1")).toContain("0% packet loss");
    for (const address of ["198.18.0.77", "2001:db9::77", "10.2.0.2"])
      expect(ping(web, address, 1), address).not.toMatch(/[12] packets received/);
    const hops = spawnSync("nsenter", ["-t", String(web.pid), "-n", "busybox", "traceroute", "-n", "-I", "-m", "2", "-q", "1", "-w", "5", "203.0.113.9"], { encoding: "utf8" }); // prettier-ignore
    expect(hops.stdout).toContain(`1  ${OUTSIDE} `);
    expect(ping(lonely, OUTSIDE, 1)).not.toMatch(/[12] packets received/);
  });

  it("is told when nobody takes its datagrams", async () => {
    for (const address of [OUTSIDE, OUTSIDE6, HOST, "10.1.0.1"])
      expect(await web.peer.ask("udp-refusal", { address, port: 7998 }), address).toBe("ECONNREFUSED");
  });

  it("goes on where others wait for what never answers, also when they hold all descriptors", async () => {
    // Packets to there are lost without a word.
    inside(world.outside, "ip", "route", "add", "blackhole", "192.0.2.0/24");
    // A carrier has as many as the anchor that starts it.
    const ids = user.rootless ? { uid: user.uid, gid: user.uid } : {};
    execFileSync("prlimit", ["--pid", String(stage.anchor), "--nofile=150:150"], ids);
    await renewCarrier();
    await web.peer.ask("knock-many", { address: "192.0.2.9", port: 80, count: 100 });
    await eventually("no descriptor is left", () => descriptors() > 145 || undefined);
    expect(await listen(far, OUTSIDE, 7000)).toBe(HOST);
  });

  it("ends with the engine's namespaces", async () => {
    await stage.clean();
    isClean = true;
    await eventually("the carrier has ended", () => !isAlive(carrier) || undefined);
    expect(world.state()).toBe(before);
  });
}

const missing = missingForNetworkTests();
for (const user of engineUsers()) {
  const unavailable = missing ?? user.unavailable;
  if (unavailable !== undefined) console.log(`traffic out, as ${user.name}: skipped: ${unavailable}`);
  describe.skipIf(unavailable !== undefined)(`a container of ${user.name}`, () => {
    describeEgress(user);
  });
}
