import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/processes.ts";
import { NetStage, missingForNetworkTests } from "./net-stage.ts";
import type { Peer, Side } from "./net-stage.ts";

const missing = missingForNetworkTests();
if (missing !== undefined) console.log(`native networking: skipped: ${missing}`);

const A = 1;
const PTR = 12;
const AAAA = 28;

/** A question as a client sends it. `size` adds an OPT record that says how much it takes. */
function question(name: string, type: number, size?: number): string {
  const labels = name.split(".").flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  const head = Buffer.from([0xbe, 0xef, 1, 0, 0, 1, 0, 0, 0, 0, 0, size === undefined ? 0 : 1]);
  const opt = size === undefined ? [] : [Buffer.from([0, 0, 41, size >> 8, size & 255, 0, 0, 0, 0, 0, 0])];
  return Buffer.concat([head, ...labels, Buffer.from([0, type >> 8, type, 0, 1]), ...opt]).toString("hex");
}

interface Answer {
  readonly code: number;
  readonly truncated: boolean;
  readonly question: string;
  readonly ttl: number | undefined;
  readonly records: string[];
}

function readAnswer(hex: unknown): Answer {
  const bytes = Buffer.from(String(hex), "hex");
  expect(bytes.readUInt16BE(0)).toBe(0xbeef);
  let at = bytes.indexOf(0, 12) + 5;
  const end = at;
  const records: string[] = [];
  let ttl: number | undefined;
  for (let left = bytes.readUInt16BE(6); left > 0; left--) {
    ttl = bytes.readUInt32BE(at + 6);
    const size = bytes.readUInt16BE(at + 10);
    const data = bytes.subarray(at + 12, at + 12 + size);
    records.push(size === 4 ? data.join(".") : data.toString("hex"));
    at += 12 + size;
  }
  return {
    code: bytes.readUInt8(3) & 15,
    truncated: (bytes.readUInt8(2) & 2) !== 0,
    question: bytes.subarray(12, end).toString("latin1"),
    ttl,
    records,
  };
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

describe.skipIf(missing !== undefined)("native networking", () => {
  let stage: NetStage;
  let host: number;
  let anchor: number;
  let one: number;
  let two: number;
  let other: number;
  let onHost: Peer;
  let inOne: Peer;
  let inTwo: Peer;
  let inOther: Peer;

  const ask = async (name: string, type: number, size?: number): Promise<Answer> =>
    readAnswer(await inOne.ask("dns-udp", { packet: question(name, type, size) }));
  const askTcp = async (name: string, type: number): Promise<Answer> =>
    readAnswer(await inOne.ask("dns-tcp", { packet: question(name, type) }));

  beforeAll(async () => {
    stage = new NetStage();
    [host, anchor, one, two, other] = await Promise.all([
      stage.namespace(), stage.namespace(), stage.namespace(), stage.namespace(), stage.namespace(),
    ]); // prettier-ignore
    stage.inside(host, "ip", "link", "set", "lo", "up");
    // As on a host with Docker: new interfaces would forward.
    stage.inside(anchor, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward");
    const complaints = [
      stage.net(anchor, "bridge-add", "br-a", "10.1.0.1/24", "fd00:1::1/64"),
      stage.net(anchor, "bridge-add", "br-b", "10.2.0.1/24", "", 1400),
      stage.net(
        anchor,
        "connect",
        one,
        "eth0",
        "br-a",
        "10.1.0.2/24",
        "02:42:0a:01:00:02",
        "10.1.0.1",
        "fd00:1::2/64",
        "fd00:1::1",
        "",
        "10.3.0.0/24,fd00:3::/64",
      ),
      stage.net(
        anchor,
        "connect",
        two,
        "eth%d",
        "br-a",
        "10.1.0.3/24",
        "02:42:0a:01:00:03",
        "10.1.0.1",
        "",
        "",
        "",
        "",
      ),
      stage.net(
        anchor,
        "connect",
        other,
        "eth0",
        "br-b",
        "10.2.0.2/24",
        "02:42:0a:02:00:02",
        "10.2.0.1",
        "",
        "",
        1400,
        "",
      ),
    ];
    const complaint = complaints.find((text) => text !== undefined);
    if (complaint !== undefined) throw new Error(complaint);
    [onHost, inOne, inTwo, inOther] = [stage.peer(host), stage.peer(one), stage.peer(two), stage.peer(other)];
    await Promise.all([
      inOne.ask("tcp-echo", { address: "10.1.0.2", port: 80 }),
      inOne.ask("udp-echo", { address: "10.1.0.2", port: 81 }),
      inOther.ask("tcp-echo", { address: "10.2.0.2", port: 80 }),
    ]);
  });
  afterAll(() => stage?.clean());

  describe("interfaces", () => {
    it("have the name, addresses, MAC, MTU and routes asked for, and no IPv6 where there is none", () => {
      const first = stage.inside(one, "ip", "addr", "show", "eth0");
      expect(first).toContain("link/ether 02:42:0a:01:00:02");
      expect(first).toContain("inet 10.1.0.2/24 brd 10.1.0.255");
      expect(first).toContain("inet6 fd00:1::2/64");
      expect(stage.inside(one, "ip", "route")).toContain("default via 10.1.0.1 dev eth0");
      expect(stage.inside(one, "ip", "-6", "route")).toContain("default via fd00:1::1 dev eth0");
      expect(stage.inside(one, "ip", "route")).toContain("10.3.0.0/24 dev eth0");
      expect(stage.inside(one, "ip", "-6", "route")).toContain("fd00:3::/64 dev eth0");
      const second = stage.inside(other, "ip", "addr", "show", "eth0");
      expect(second).toContain("mtu 1400");
      expect(second).not.toContain("inet6");
    });

    it("bring members of one network together", async () => {
      expect(await inTwo.ask("exchange", { address: "10.1.0.2", port: 80, bytes: 100_000 })).toBe(true);
    });

    it("lead from no network to another, not even by way of its gateway", async () => {
      expect(stage.inside(anchor, "cat", "/proc/sys/net/ipv4/ip_forward")).toBe("1\n");
      expect(await inTwo.ask("knock", { address: "10.2.0.2", port: 80, milliseconds: 500 })).not.toBe(
        "connected",
      );
      stage.inside(two, "ip", "route", "replace", "10.2.0.0/24", "via", "10.1.0.1");
      expect(await inTwo.ask("knock", { address: "10.2.0.2", port: 80, milliseconds: 500 })).not.toBe(
        "connected",
      );
      // The other gateway's address belongs to the namespace of the bridges, in which nothing listens.
      expect(await inTwo.ask("knock", { address: "10.2.0.1", port: 80, milliseconds: 10_000 })).toBe(
        "ECONNREFUSED",
      );
      expect(await inOther.ask("knock", { address: "10.2.0.2", port: 80, milliseconds: 10_000 })).toBe(
        "connected",
      );
    });

    it("come and go while the container runs, and take the default route along", async () => {
      const container = await stage.namespace();
      const add = (bridge: string, network: number, gateway: string): string | undefined =>
        stage.net(
          anchor, "connect", container, "eth%d", bridge, `10.${network}.0.9/24`, `02:42:0a:0${network}:00:09`, gateway, "", "", "", "",
        ); // prettier-ignore
      expect(add("br-b", 2, "10.2.0.1")).toBeUndefined();
      expect(add("br-a", 1, "10.1.0.1")).toBeUndefined();
      expect(stage.inside(container, "ip", "-br", "addr")).toMatch(
        /eth0@.*10\.2\.0\.9\/24[^]*eth1@.*10\.1\.0\.9\/24/,
      );
      expect(stage.inside(container, "ip", "route")).toContain("default via 10.1.0.1 dev eth1");
      expect(stage.net(anchor, "disconnect", container, "02:42:0a:01:00:09")).toBeUndefined();
      expect(stage.net(anchor, "disconnect", container, "02:42:0a:01:00:09")).toBeUndefined();
      expect(stage.inside(container, "ip", "-br", "addr")).not.toContain("eth1");
      expect(stage.net(anchor, "gateway", container, "02:42:0a:02:00:09", "10.2.0.1")).toBeUndefined();
      expect(stage.inside(container, "ip", "route")).toContain("default via 10.2.0.1 dev eth0");
    });

    it("are refused with the step that failed", () => {
      expect(
        stage.net(anchor, "connect", one, "eth5", "br-none", "10.1.0.5/24", "", "", "", "", "", ""),
      ).toBe("slipway-native: interface: br-none: No such device\n");
      expect(stage.net(anchor, "bridge-add", "br-c", "10.1.0/24")).toBe(
        "slipway-native: address: 10.1.0/24: not an IP address\n",
      );
      expect(stage.net(anchor, "connect", one, "eth0", "br-a", "10.1.0.5/24", "", "", "", "", "", "")).toBe(
        "slipway-native: create interface: eth0: File exists\n",
      );
      expect(stage.net(anchor, "bridge-del", "br-none")).toBeUndefined();
    });
  });

  describe("published ports", () => {
    let side: Side;
    const port = (protocol: string): number =>
      side.ports.find((bound) => bound.protocol === protocol)?.port ?? 0;
    beforeAll(async () => {
      side = await stage.side(
        host, anchor, one,
        "publish", "tcp", "", 0, "10.1.0.2", 80, "publish", "udp", "127.0.0.1", 0, "10.1.0.2", 81,
        "publish", "tcp", "127.0.0.1", 0, "10.1.0.2", 9, "publish", "tcp", "127.0.0.1", 0, "10.1.0.2", 84,
      ); // prettier-ignore
    });

    it("are bound on both families with one number, which is told", () => {
      expect(side.ports).toEqual([
        { protocol: "tcp", address: "0.0.0.0", port: port("tcp"), target: 80 },
        { protocol: "tcp", address: "::", port: port("tcp"), target: 80 },
        { protocol: "udp", address: "127.0.0.1", port: port("udp"), target: 81 },
        { protocol: "tcp", address: "127.0.0.1", port: expect.any(Number), target: 9 },
        { protocol: "tcp", address: "127.0.0.1", port: expect.any(Number), target: 84 },
      ]);
      expect(port("tcp")).toBeGreaterThan(0);
    });

    it("carry bytes unchanged both ways, and the end of what one side says, over IPv4 and IPv6", async () => {
      for (const address of ["127.0.0.1", "::1"]) {
        expect(await onHost.ask("exchange", { address, port: port("tcp"), bytes: 20_000_000 })).toBe(true);
      }
      expect(await onHost.ask("exchange", { address: "127.0.0.1", port: port("tcp"), bytes: 0 })).toBe(true);
    });

    it("carry two thousand connections at once, and keep no descriptor of them", async () => {
      const before = side.descriptors();
      const options = { address: "127.0.0.1", port: port("tcp"), bytes: 3000, count: 2000 };
      expect(await onHost.ask("exchange-many", options)).toBe(2000);
      await eventually("closed descriptors", () => side.descriptors() <= before || undefined);
    });

    it("let clients wait when descriptors have run out, and serve them all", async () => {
      const place = ["publish", "tcp", "127.0.0.1", 0, "10.1.0.2", 80];
      const small = await stage.side(host, anchor, one, ...place);
      stage.limitDescriptors(small, 40);
      const options = { address: "127.0.0.1", port: small.ports[0]?.port, bytes: 2000, count: 200 };
      expect(await onHost.ask("exchange-many", options)).toBe(200);
    });

    it("break the connection when the container does not take it", async () => {
      const closed = side.ports.find(({ target }) => target === 9)?.port;
      const before = side.descriptors();
      await expect(onHost.ask("exchange", { address: "127.0.0.1", port: closed, bytes: 10 })).rejects.toThrow(
        "ECONNRESET",
      );
      await eventually("closed descriptors", () => side.descriptors() <= before || undefined);
    });

    it("are given up when a client resets them after its last word", async () => {
      await inOne.ask("tcp-answer-end", { address: "10.1.0.2", port: 84 });
      const before = side.descriptors();
      const target = side.ports.find((bound) => bound.target === 84)?.port;
      await onHost.ask("end-and-reset", { address: "127.0.0.1", port: target });
      const isClosed = await eventually(
        "closed descriptors",
        () => side.descriptors() <= before || undefined,
      );
      expect(isClosed).toBe(true);
    });

    it("carry datagrams, each client's answers to that client", async () => {
      const texts = Array.from({ length: 50 }, (_, index) => `datagram ${index}`);
      const answers = await Promise.all(
        texts.map((text) => onHost.ask("udp-exchange", { address: "127.0.0.1", port: port("udp"), text })),
      );
      expect(answers).toEqual(texts.map((text) => ({ text, from: "127.0.0.1" })));
    });

    it("carry the datagrams of many clients that all write before the first is taken", async () => {
      const burst = { address: "127.0.0.1", port: port("udp"), count: 400, sleeper: side.pid };
      expect(await onHost.ask("udp-burst", burst)).toBe(400);
    });

    it("are refused in Docker's words when they are taken", async () => {
      await expect(
        stage.side(host, anchor, one, "publish", "tcp", "", port("tcp"), "10.1.0.2", 80),
      ).rejects.toThrow(`slipway-native: Bind for 0.0.0.0:${port("tcp")} failed: port is already allocated`);
      await expect(
        stage.side(host, anchor, one, "publish", "tcp", "192.0.2.1", 80, "10.1.0.2", 80),
      ).rejects.toThrow("Bind for 192.0.2.1:80 failed: Cannot assign requested address");
    });

    it("are refused with the remedy where they are root's", () => {
      expect(stage.publishAsNobody(host, 80)).toBe(
        "slipway-native: Bind for 127.0.0.1:80 failed: permission denied: ports below the value of the sysctl " +
          "net.ipv4.ip_unprivileged_port_start are root's; publish on a higher port, or lower that value\n",
      );
    });
  });

  describe("the resolver", () => {
    let side: Side;
    let table: string;
    beforeAll(async () => {
      table = join(stage.folder, "one.names");
      replace(join(stage.folder, "back.names"), "10.2.0.7 store\n");
      const many = Array.from({ length: 200 }, (_, index) => `10.9.0.${index} many\n`).join("");
      const crowd = Array.from({ length: 1000 }, (_, index) => `10.8.${index >> 8}.${index & 255} crowd\n`);
      replace(
        table,
        `10.1.0.2 web www\n10.1.0.3 WEB api\nfd00:1::2 web\n${many}${crowd.join("")}alias db store\ninclude back.names\nrubbish here\n`,
      );
      await Promise.all([
        onHost.ask("upstream", { address: "127.0.0.2", kind: "servfail" }),
        onHost.ask("upstream", { address: "127.0.0.3", kind: "answer" }),
      ]);
      side = await stage.side(
        host, anchor, one, "resolver", 61_053, "names", table, "upstream", "127.0.0.2", "upstream", "127.0.0.3",
      ); // prettier-ignore
    });

    it("answers with all addresses of a name, another one first each time, for 600 seconds", async () => {
      const first = await ask("web", A);
      const second = await ask("web", A);
      expect(first.records.toSorted()).toEqual(["10.1.0.2", "10.1.0.3"]);
      expect([first.ttl, first.code]).toEqual([600, 0]);
      const third = await ask("web", A);
      expect(new Set([first, second, third].map(({ records }) => records[0])).size).toBe(2);
    });

    it("does not mind case, and gives the question back as it was written", async () => {
      const answer = await ask("wWw", A);
      expect(answer.records).toEqual(["10.1.0.2"]);
      expect(answer.question).toBe("\x03wWw\0\0\x01\0\x01");
    });

    it("answers AAAA with what there is: the address, or nothing and no error", async () => {
      expect((await ask("web", AAAA)).records).toEqual(["fd000001000000000000000000000002"]);
      expect(await ask("api", AAAA)).toMatchObject({ code: 0, records: [] });
    });

    it("answers for addresses", async () => {
      expect((await ask("2.0.1.10.in-addr.arpa", PTR)).records).toEqual([
        Buffer.from("\x03web\0").toString("hex"),
      ]);
      const six = "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa";
      expect((await ask(six, PTR)).records).toEqual([Buffer.from("\x03web\0").toString("hex")]);
    });

    it("knows the tables that a table includes, and follows their replacement", async () => {
      expect((await ask("store", A)).records).toEqual(["10.2.0.7"]);
      replace(join(stage.folder, "back.names"), "10.2.0.8 store depot\n");
      expect((await ask("store", A)).records).toEqual(["10.2.0.8"]);
      expect((await ask("depot", A)).records).toEqual(["10.2.0.8"]);
    });

    it("lets one name stand for another, wherever that is now", async () => {
      expect((await ask("db", A)).records).toEqual((await ask("store", A)).records);
      replace(join(stage.folder, "back.names"), "10.2.0.9 store\n10.2.0.8 depot\n");
      expect((await ask("DB", A)).records).toEqual(["10.2.0.9"]);
    });

    it("says that an answer is cut where it does not fit, and gives all of it over TCP", async () => {
      const short = await ask("many", A);
      expect(short.truncated).toBe(true);
      expect(short.records.length).toBeGreaterThan(20);
      const long = await ask("many", A, 4096);
      expect([long.truncated, long.records.length]).toEqual([false, 200]);
      const tcp = await askTcp("many", A);
      expect([tcp.truncated, tcp.records.length]).toEqual([false, 200]);
      expect(new Set((await askTcp("crowd", A)).records).size).toBe(1000);
    });

    it("leaves port 53 of all addresses to the container", async () => {
      const own = { address: "0.0.0.0", port: 53 };
      await Promise.all([inOne.ask("udp-echo", own), inOne.ask("tcp-echo", own)]);
      for (const [peer, address] of [
        [inTwo, "10.1.0.2"],
        [inOne, "127.0.0.1"],
      ] as const) {
        expect(await peer.ask("udp-exchange", { address, port: 53, text: "mine" })).toEqual({ text: "mine", from: address }); // prettier-ignore
        expect(await peer.ask("exchange", { address, port: 53, bytes: 100_000 })).toBe(true);
      }
      expect((await ask("www", A)).records).toEqual(["10.1.0.2"]);
      expect((await askTcp("www", A)).records).toEqual(["10.1.0.2"]);
    });

    it("sends other questions on, to the next upstream when one fails", async () => {
      expect(await ask("example.test", A)).toMatchObject({ code: 0, records: ["192.0.2.1"] });
      expect(await askTcp("example.test", A)).toMatchObject({ code: 0, records: ["192.0.2.1"] });
      expect(await onHost.ask("asked 127.0.0.2")).toBe(2);
      expect(await onHost.ask("asked 127.0.0.3")).toBe(2);
    });

    it("survives whatever is sent to it", async () => {
      const packets = [
        question("web", A), question("web", AAAA, 4096), question("x.example.test", A, 1232),
        question("2.0.1.10.in-addr.arpa", PTR), question(`${"a".repeat(63)}.${"b".repeat(63)}.test`, A),
      ]; // prettier-ignore
      const before = side.descriptors();
      await inOne.ask("dns-fuzz", { packets, count: 8000, seed: 20_260_101 });
      await inOne.ask("dns-fuzz-tcp", { packets, count: 300, seed: 7 });
      const upstreamPort = stage
        .inside(host, "ss", "-Hulnp")
        .split("\n")
        .find((line) => line.includes(`pid=${side.pid},`) && !line.includes("127.0.0.11"))
        ?.match(/:(\d+)\s/)?.[1];
      if (upstreamPort !== undefined)
        await onHost.ask("flood-port", {
          address: "127.0.0.1",
          port: Number(upstreamPort),
          packets,
          count: 2000,
          seed: 3,
        });
      expect((await ask("www", A)).records).toEqual(["10.1.0.2"]);
      expect(side.running()).toBe(true);
      await eventually("closed connections", () => side.descriptors() <= before || undefined);
    });
  });

  it("answers SERVFAIL for unknown names when no upstream answers, and when there is none", async () => {
    const silent = await stage.namespace();
    const peer = stage.peer(silent);
    stage.inside(silent, "ip", "link", "set", "lo", "up");
    await onHost.ask("upstream", { address: "127.0.0.4", kind: "silent" });
    await stage.side(
      host,
      anchor,
      silent,
      "resolver",
      61_053,
      "upstream",
      "127.0.0.4",
      "names",
      "/no/such/table",
    );
    expect(readAnswer(await peer.ask("dns-udp", { packet: question("a.test", A) })).code).toBe(2);
    const alone = await stage.namespace();
    const lonely = stage.peer(alone);
    stage.inside(alone, "ip", "link", "set", "lo", "up");
    // As where the kernel takes no rules.
    await stage.side(host, anchor, alone, "resolver", 53);
    expect(readAnswer(await lonely.ask("dns-udp", { packet: question("a.test", A, 1232) })).code).toBe(2);
  });

  it("asks upstreams over IPv6, and over TCP there, too, when one over IPv4 is silent", async () => {
    const place = await stage.namespace();
    const peer = stage.peer(place);
    stage.inside(place, "ip", "link", "set", "lo", "up");
    await onHost.ask("upstream", { address: "127.0.0.7", kind: "silent" });
    await onHost.ask("upstream", { address: "::1", kind: "truncated" });
    await stage.side(host, anchor, place, "resolver", 61_053, "upstream", "127.0.0.7", "upstream", "::1");
    const tcp = readAnswer(await peer.ask("dns-tcp", { packet: question("a.test", A) }));
    expect([tcp.truncated, tcp.records.length]).toEqual([false, 60]);
  });

  it("cuts an upstream's answer that the client cannot take, and gives it whole over TCP", async () => {
    const place = await stage.namespace();
    const peer = stage.peer(place);
    stage.inside(place, "ip", "link", "set", "lo", "up");
    await onHost.ask("upstream", { address: "127.0.0.5", kind: "large" });
    await stage.side(host, anchor, place, "resolver", 61_053, "upstream", "127.0.0.5");
    const udp = readAnswer(await peer.ask("dns-udp", { packet: question("a.test", A) }));
    expect([udp.truncated, udp.records.length]).toEqual([true, 0]);
    const tcp = readAnswer(await peer.ask("dns-tcp", { packet: question("a.test", A) }));
    expect([tcp.truncated, tcp.records.length]).toEqual([false, 60]);
  });

  it("asks an upstream over TCP for what does not fit into a datagram, on a connection after another", async () => {
    const place = await stage.namespace();
    const peer = stage.peer(place);
    stage.inside(place, "ip", "link", "set", "lo", "up");
    await onHost.ask("upstream", { address: "127.0.0.6", kind: "truncated" });
    await stage.side(host, anchor, place, "resolver", 61_053, "upstream", "127.0.0.6");
    const udp = readAnswer(await peer.ask("dns-udp", { packet: question("a.test", A) }));
    expect([udp.truncated, udp.records.length]).toEqual([true, 0]);
    for (const name of ["a.test", "b.test", "c.test", "d.test", "e.test"]) {
      const tcp = readAnswer(await peer.ask("dns-tcp", { packet: question(name, A) }));
      expect([tcp.truncated, tcp.records.length], name).toEqual([false, 60]);
    }
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        peer.ask("dns-tcp", { packet: question(`n${index}.test`, A) }),
      ),
    );
    expect(many.map((reply) => readAnswer(reply).records.length)).toEqual(many.map(() => 60));
  });

  describe("ways out", () => {
    it("lead to any address but this machine's own loopback, however it is written", async () => {
      const host = await stage.namespace();
      stage.inside(host, "ip", "link", "set", "lo", "up");
      for (const address of ["192.0.2.1", "10.0.0.1", "169.254.169.254"])
        expect(stage.way(host, "outside", address, 80)).toBe(`${address} 80`);
      expect(stage.way(host, "outside", "2001:db8::5", 80)).toBe("2001:db8::5 80");
      for (const address of [
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "0.1.2.3",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:192.0.2.1",
        "ff02::1",
        "fe80::1",
      ])
        expect(stage.way(host, "outside", address, 80), address).toBe("nowhere");
    });

    it("lead from a gateway to the address that the host has for the world, or to what listens on all", async () => {
      const host = await stage.namespace();
      stage.inside(host, "ip", "link", "set", "lo", "up");
      expect(stage.way(host, "host", "172.18.0.1", 80)).toBe("127.77.83.87 80");
      expect(stage.way(host, "host", "fd00::1", 80)).toBe("127.77.83.87 80");
      stage.inside(host, "ip", "link", "add", "up0", "type", "veth", "peer", "name", "up1");
      stage.inside(host, "ip", "address", "add", "192.0.2.7/24", "dev", "up0");
      stage.inside(host, "ip", "link", "set", "up0", "up");
      stage.inside(host, "ip", "route", "add", "default", "via", "192.0.2.1");
      expect(stage.way(host, "host", "172.18.0.1", 80)).toBe("192.0.2.7 80");
      expect(stage.way(host, "host", "fd00::1", 80)).toBe("192.0.2.7 80");
    });
  });
});
