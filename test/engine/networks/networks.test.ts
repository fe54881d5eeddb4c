import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EndpointSettings } from "../../../src/engine/api-types/network.ts";
import type { EngineContext, NetworkMember, NetworkMembers } from "../../../src/engine/collaborators.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { openNetworks } from "../../../src/engine/networks/index.ts";
import type { Networks } from "../../../src/engine/networks/index.ts";

type Endpoints = Record<string, EndpointSettings>;

let root = "";
let calls: string[][] = [];
let events: string[] = [];
let refuseCall: ((args: readonly string[]) => boolean) | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-networks-"));
  calls = [];
  events = [];
  refuseCall = undefined;
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function unused(): never {
  throw new Error("networks do not use this");
}

function context(): EngineContext {
  return {
    root,
    cgroups: { version: 2, directories: {}, tops: {}, files: new Set() },
    native: {
      binary: "",
      rootless: false,
      anchor: () => Promise.resolve(4711),
      call: (args) => {
        calls.push([...args]);
        if (refuseCall?.(args)) return Promise.reject(new EngineError("failed", "the binary refuses"));
        return Promise.resolve(Buffer.alloc(0));
      },
      stream: unused,
      ready: unused,
      shim: unused,
      remove: unused,
    },
    emit: ({ Action, Actor }) =>
      events.push(
        `${Action} ${Actor.Attributes["name"]} ${(Actor.Attributes["container"] ?? "").slice(0, 2)}`.trim(),
      ),
    log: (message) => events.push(`log: ${message}`),
  };
}

/** Containers as networks/ sees them. */
class Containers implements NetworkMembers {
  /** MAC addresses of interfaces that are being changed, by id of the container. */
  readonly unsettled = new Map<string, string>();
  #turn: Promise<void> = Promise.resolve();
  readonly all = new Map<
    string,
    { member: NetworkMember; running: boolean; pid: number; networkMode: string; endpoints: Endpoints }
  >();

  add(name: string, endpoints: Endpoints, networkMode = "front"): NetworkMember {
    const member = memberNamed(name);
    this.all.set(member.id, { member, running: false, pid: 0, networkMode, endpoints });
    return member;
  }

  membersOf(networkName: string): { member: NetworkMember; running: boolean; endpoint: EndpointSettings }[] {
    return [...this.all.values()].flatMap(({ member, running, endpoints }) => {
      const endpoint = endpoints[networkName];
      return endpoint === undefined ? [] : [{ member, running, endpoint }];
    });
  }

  find(ref: string): NonNullable<ReturnType<typeof this.all.get>> {
    const found = [...this.all.values()].find(({ member }) => member.name === ref || member.id === ref);
    if (found === undefined) throw new EngineError("not-found", `No such container: ${ref}`);
    return found;
  }

  inTurn(_ref: string, change: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.catch(() => undefined).then(change);
    return this.#turn;
  }

  noteUnsettled(id: string, mac: string | undefined): void {
    if (mac === undefined) this.unsettled.delete(id);
    else this.unsettled.set(id, mac);
  }

  saveEndpoints(id: string, endpoints: Endpoints): Promise<void> {
    this.find(id).endpoints = endpoints;
    this.unsettled.delete(id);
    return Promise.resolve();
  }
}

let count = 0;
function memberNamed(name: string): NetworkMember {
  const id = (++count).toString(16).padStart(2, "0").repeat(32);
  return { id, name, hostname: id.slice(0, 12) };
}

async function open({ hasResolverRules = true } = {}): Promise<{
  networks: Networks;
  containers: Containers;
}> {
  const networks = await openNetworks(context(), { hasResolverRules });
  const containers = new Containers();
  networks.setMembers(containers);
  return { networks, containers };
}

/** A container that runs on these networks. */
async function run(
  { networks, containers }: { networks: Networks; containers: Containers },
  name: string,
  asked: Record<string, EndpointSettings>,
  pid = 99,
): Promise<{
  member: NetworkMember;
  endpoints: Endpoints;
  directives: (readonly string[])[];
  address: string | undefined;
}> {
  const mode = Object.keys(asked)[0] ?? "bridge";
  const member = containers.add(name, {}, mode);
  const prepared = networks.networking.prepare({ member: member, networkMode: mode, endpoints: asked });
  const up = await networks.networking.up(member, prepared);
  Object.assign(containers.find(member.id), { running: true, pid, endpoints: up.endpoints });
  return { member, ...up };
}

function table(id: string): string {
  return readFileSync(join(root, "networks", `${id}.names`), "utf8");
}

const none: ReadonlyMap<string, readonly string[]> = new Map();

describe("networks", () => {
  it("has bridge, host and none from the start, the same after a restart", async () => {
    const first = (await open()).networks.backend.list(none);
    expect(first.map(({ Name, Driver }) => [Name, Driver])).toEqual([
      ["bridge", "bridge"],
      ["host", "host"],
      ["none", "null"],
    ]);
    expect((await open()).networks.backend.list(none)).toEqual(first);
    const { networks } = await open();
    await expect(networks.backend.remove("bridge")).rejects.toThrow(
      "bridge is a pre-defined network and cannot be removed",
    );
  });

  it("creates, lists, finds by name, id and prefix, keeps over a restart, removes", async () => {
    const { networks } = await open();
    const { Id, Warning } = await networks.backend.create({
      Name: "front",
      Labels: { a: "1" },
      Options: { x: "y" },
    });
    expect(Warning).toBe("driver options without effect: x");
    expect(networks.backend.inspect(Id.slice(0, 12))).toMatchObject({
      Name: "front",
      Id,
      Scope: "local",
      Driver: "bridge",
      IPAM: { Driver: "default", Config: [{ Subnet: "172.18.0.0/16", Gateway: "172.18.0.1" }] },
      Containers: {},
      Labels: { a: "1" },
    });
    const again = await open();
    expect(again.networks.backend.inspect("front").Id).toBe(Id);
    await again.networks.backend.remove("front");
    expect(() => again.networks.backend.inspect("front")).toThrow("network front not found");
    expect(readdirSync(join(root, "networks")).filter((file) => file.startsWith(Id))).toEqual([]);
    expect(events).toEqual(["create front", "destroy front"]);
  });

  it("makes one like a configuration, which cannot be used itself and stays as long as it is used", async () => {
    const opened = await open();
    const { backend } = opened.networks;
    await backend.create({
      Name: "plan",
      ConfigOnly: true,
      IPAM: { Config: [{ Subnet: "10.5.0.0/24" }] },
      Options: { "com.docker.network.driver.mtu": "1400" },
      Labels: { a: "1" },
    });
    expect(backend.inspect("plan")).toMatchObject({ ConfigOnly: true, Driver: "null" });
    await backend.create({ Name: "made", ConfigFrom: { Network: "plan" } });
    expect(backend.inspect("made")).toMatchObject({
      Driver: "bridge",
      ConfigFrom: { Network: "plan" },
      IPAM: { Config: [{ Subnet: "10.5.0.0/24", Gateway: "10.5.0.1" }] },
      Options: { "com.docker.network.driver.mtu": "1400" },
      Labels: { a: "1" },
    });
    await expect(run(opened, "web", { plan: {} })).rejects.toThrow("configuration-only network");
    await expect(backend.remove("plan")).rejects.toThrow('configuration network "plan" is in use');
    await expect(
      backend.create({ Name: "other", ConfigFrom: { Network: "plan" }, Options: { a: "b" } }),
    ).rejects.toThrow("network driver options are not supported");
    await backend.remove("made");
    await backend.remove("plan");
  });

  it("refuses a second one of a name even when both are asked for at once, and never gives two the same subnet", async () => {
    const { networks } = await open();
    const results = await Promise.allSettled([
      networks.backend.create({ Name: "front" }),
      networks.backend.create({ Name: "front" }),
      networks.backend.create({ Name: "back" }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const subnets = networks.backend
      .list(none)
      .flatMap(({ IPAM }) => IPAM.Config.map(({ Subnet }) => Subnet));
    expect(new Set(subnets).size).toBe(subnets.length);
  });

  it.each([
    [{ Name: "default" }, "operation is not permitted on predefined default network"],
    [{ Name: "bridge" }, "operation is not permitted on predefined bridge network"],
    [{ Name: "a b" }, 'invalid network name "a b": only [a-zA-Z0-9][a-zA-Z0-9_.-]* are allowed'],
    [{ Name: "n", Driver: "host" }, 'only one instance of "host" network is allowed'],
    [{ Name: "n", Driver: "macvlan" }, 'network driver "macvlan" is not supported by this engine'],
    [{ Name: "n", Driver: "weave" }, 'plugin "weave" not found'],
    [{ Name: "n", Driver: "overlay" }, "This node is not a swarm manager"],
    [{ Name: "n", Scope: "global" }, "This node is not a swarm manager"],
    [{ Name: "n", ConfigFrom: { Network: "x" } }, 'configuration network "x" does not exist'],
  ])("refuses %j", async (body, message) => {
    const { networks } = await open();
    await expect(networks.backend.create(body)).rejects.toThrow(message);
  });

  it("puts a file that is not JSON aside, says so, and goes on", async () => {
    await open();
    const id = "12".repeat(32);
    writeFileSync(join(root, "networks", `${id}.json`), '{"id":"12');
    const { networks } = await open();
    expect(networks.backend.list(none)).toHaveLength(3);
    expect(existsSync(join(root, "networks", `${id}.json.quarantined`))).toBe(true);
    expect(events.join()).toContain(`${id}.json is damaged`);
  });

  it("are not found by what several ids begin with", async () => {
    const { networks } = await open();
    const digits: string[] = [];
    // Of seventeen ids two begin with the same digit; three more are of the predefined networks.
    for (let count = 0; count < 14; count++) {
      await networks.backend.create({ Name: `n${count}` });
    }
    for (const { Id } of networks.backend.list(none)) digits.push(Id.slice(0, 1));
    const digit = digits.find((one, index) => digits.indexOf(one) < index) ?? "";
    const matches = digits.filter((one) => one === digit).length;
    expect(() => networks.backend.inspect(digit)).toThrow(
      `network ${digit} is ambiguous (${matches} matches found on ID prefix)`,
    );
  });

  it("filters", async () => {
    const opened = await open();
    const { backend } = opened.networks;
    await backend.create({ Name: "shop_front", Labels: { project: "shop", role: "x" } });
    await backend.create({ Name: "shop_back", Labels: { project: "shop" }, Internal: true });
    await run(opened, "web", { shop_front: {} });
    const names = (filters: Record<string, string[]>): string[] =>
      backend.list(new Map(Object.entries(filters))).map(({ Name }) => Name);
    expect(names({ name: ["shop"] })).toEqual(["shop_front", "shop_back"]);
    expect(names({ name: ["^shop_b"] })).toEqual(["shop_back"]);
    expect(names({ label: ["project=shop", "role"] })).toEqual(["shop_front"]);
    expect(names({ type: ["builtin"] })).toEqual(["bridge", "host", "none"]);
    expect(names({ driver: ["null", "host"] })).toEqual(["host", "none"]);
    expect(names({ dangling: ["true"] })).toEqual(["shop_back"]);
    expect(() => names({ bogus: ["1"] })).toThrow("invalid filter 'bogus'");
    await expect(backend.prune(new Map([["until", ["1h", "2h"]]]))).rejects.toThrow(
      "more than one until filter specified",
    );
    expect(await backend.prune(none)).toEqual({ NetworksDeleted: ["shop_back"] });
    expect(events.at(-1)).toContain("prune");
  });
});

describe("a container's networks", () => {
  it("are checked when it is created", async () => {
    const { networks } = await open();
    const member = memberNamed("web");
    const prepare = (networkMode: string, endpoints: Record<string, EndpointSettings | null>): Endpoints =>
      networks.networking.prepare({ member, networkMode, endpoints, macAddress: "02:00:00:00:00:07" });
    expect(Object.keys(prepare("default", {}))).toEqual(["bridge"]);
    expect(Object.keys(prepare("host", { host: {} }))).toEqual(["host"]);
    expect(Object.keys(prepare("none", {}))).toEqual(["none"]);
    expect(prepare("container:other", {})).toEqual({});
    expect(() => prepare("front", {})).toThrow("network front not found");
    const { Id } = await networks.backend.create({ Name: "front" });
    await networks.backend.create({ Name: "back" });
    const prepared = prepare(Id.slice(0, 10), { [Id]: { Aliases: ["www"] }, back: null });
    expect(Object.keys(prepared)).toEqual(["front", "back"]);
    expect(prepared["front"]).toMatchObject({
      NetworkID: Id,
      Aliases: ["www"],
      IPAddress: "",
      EndpointID: "",
      MacAddress: "02:00:00:00:00:07",
    });
    expect(prepared["back"]?.MacAddress).toBe("");
    expect(prepared["front"]?.DNSNames).toEqual(["web", "www", member.id.slice(0, 12)]);
    expect(() => prepare("front", { back: { MacAddress: "02:00:00:00:00:07" } })).toThrow(
      "MAC address 02:00:00:00:00:07 is this container's on network front already",
    );
  });

  it("have nothing beside the machine's network, nor beside none", async () => {
    const { networks } = await open();
    await networks.backend.create({ Name: "front" });
    const prepare = (networkMode: string, network: string, leavesMode: boolean): string[] =>
      Object.keys(
        networks.networking.prepare({
          member: memberNamed("web"),
          networkMode,
          endpoints: { [network]: {} },
          leavesMode,
        }),
      );
    const conflict =
      "conflicting options: cannot attach both user-defined and non-user-defined network-modes";
    for (const [mode, network] of [
      ["host", "front"],
      ["host", "none"],
      ["front", "host"],
      ["none", "host"],
    ] as const) {
      for (const leavesMode of [true, false])
        expect(() => prepare(mode, network, leavesMode)).toThrow(conflict);
    }
    for (const [mode, network] of [
      ["none", "front"],
      ["front", "none"],
    ] as const) {
      expect(() => prepare(mode, network, false)).toThrow(conflict);
      expect(prepare(mode, network, true)).toEqual([network]);
    }
    for (const mode of ["none", "host"]) expect(prepare(mode, "default", true)).toEqual([mode]);
  });

  it("give it addresses, names and directives when it starts, and take them back when it ends", async () => {
    const opened = await open();
    const { networks } = opened;
    const front = await networks.backend.create({
      Name: "front",
      Options: { "com.docker.network.driver.mtu": "1400" },
    });
    const back = await networks.backend.create({ Name: "back", Internal: true });
    const { member, endpoints, directives, address } = await run(opened, "Web", {
      front: { Aliases: ["www"] },
      back: {},
    });

    expect(endpoints["front"]).toMatchObject({
      IPAddress: "172.18.0.2",
      IPPrefixLen: 16,
      Gateway: "172.18.0.1",
      MacAddress: "02:42:ac:12:00:02",
    });
    expect(endpoints["back"]).toMatchObject({ IPAddress: "172.19.0.2", Gateway: "" });
    expect(address).toBe("172.18.0.2");
    const [one, two, resolver, names] = directives;
    expect(one).toEqual([
      "endpoint",
      "eth0",
      `br-${back.Id.slice(0, 12)}`,
      "172.19.0.2/16",
      "02:42:ac:13:00:02",
      "",
      "",
      "",
      "",
      "",
    ]);
    expect(two).toEqual([
      "endpoint",
      "eth1",
      `br-${front.Id.slice(0, 12)}`,
      "172.18.0.2/16",
      "02:42:ac:12:00:02",
      "172.18.0.1",
      "",
      "",
      "1400",
      "",
    ]);
    expect(resolver).toEqual(["resolver", "61053"]);
    expect(names).toEqual(["names", join(root, "networks", `${member.id}.names`)]);
    expect(table(member.id)).toBe(
      `172.18.0.1 host.docker.internal\ninclude ${back.Id}.names\ninclude ${front.Id}.names\nports 172.18.0.2\n`,
    );
    const short = member.id.slice(0, 12);
    expect(table(front.Id)).toBe(`172.18.0.2 web.front web www.front www ${short}.front ${short}\n`);
    expect(calls).toContainEqual([
      "net",
      "bridge-add",
      `br-${front.Id.slice(0, 12)}`,
      "172.18.0.1/16",
      "",
      "1400",
      "outbound",
    ]);
    expect(networks.backend.inspect("front").Containers).toMatchObject({
      [member.id]: { Name: "Web", IPv4Address: "172.18.0.2/16" },
    });
    await expect(networks.backend.remove("front")).rejects.toThrow(
      `error while removing network: network front id ${front.Id} has active endpoints`,
    );

    const rest = await networks.networking.down(member, endpoints);
    expect(rest["front"]).toMatchObject({ IPAddress: "", MacAddress: "", EndpointID: "", Aliases: ["www"] });
    expect(table(front.Id)).toBe("");
    expect(existsSync(join(root, "networks", `${member.id}.names`))).toBe(false);
    const who = member.id.slice(0, 2);
    expect(events.slice(2).toSorted()).toEqual(
      [
        `connect front ${who}`,
        `connect back ${who}`,
        `disconnect front ${who}`,
        `disconnect back ${who}`,
      ].toSorted(),
    );
    await networks.backend.remove("front");
    expect(calls.at(-1)).toEqual(["net", "bridge-del", `br-${front.Id.slice(0, 12)}`]);
  });

  it("are told which subnets are on their bridge besides their own, and have the link-local addresses they ask for", async () => {
    const opened = await open();
    await opened.networks.backend.create({
      Name: "front",
      EnableIPv6: true,
      IPAM: {
        Config: [
          { Subnet: "10.71.0.0/30" },
          { Subnet: "10.71.1.0/24" },
          { Subnet: "fd00:71::/64" },
          { Subnet: "fd00:72::/64" },
        ],
      },
    });
    const asked = { IPAMConfig: { LinkLocalIPs: ["169.254.3.4", "fe80::77"] } };
    const first = await run(opened, "web", { front: asked });
    expect(first.directives[0]?.slice(3)).toEqual([
      "10.71.0.2/30,169.254.3.4/16",
      "02:42:0a:47:00:02",
      "10.71.0.1",
      "fd00:71::2/64,fe80::77/64",
      "fd00:71::1",
      "",
      "10.71.1.0/24,fd00:72::/64",
    ]);
    const second = await run(opened, "db", { front: {} });
    expect(second.directives[0]?.[3]).toBe("10.71.1.2/24");
    expect(second.directives[0]?.at(-1)).toBe("10.71.0.0/30,fd00:72::/64");
  });

  it("have interfaces of the names they ask for; the others are numbered around them", async () => {
    const opened = await open();
    for (const Name of ["a", "b", "c"]) await opened.networks.backend.create({ Name });
    const named = { DriverOpts: { "com.docker.network.endpoint.ifname": "eth1" } };
    const { directives } = await run(opened, "web", { a: {}, b: named, c: {} });
    expect(directives.slice(0, 3).map(([, name]) => name)).toEqual(["eth0", "eth1", "eth2"]);
    const again = await run(opened, "db", { a: {}, b: {}, c: { DriverOpts: { ...named.DriverOpts } } });
    expect(again.directives.slice(0, 3).map(([, name]) => name)).toEqual(["eth0", "eth2", "eth1"]);
  });

  it("have links, which only they themselves know", async () => {
    const opened = await open();
    const { Id } = await opened.networks.backend.create({ Name: "front" });
    const { member } = await run(opened, "web", { front: { Links: ["Shop-db-1:db", "cache", "a b:c"] } });
    expect(table(member.id)).toBe(
      `172.18.0.1 host.docker.internal\nalias db shop-db-1\nalias cache cache\ninclude ${Id}.names\nports 172.18.0.2\n`,
    );
  });

  it("leave port 53 to the resolver where the kernel takes no rules that give it another", async () => {
    const opened = await open({ hasResolverRules: false });
    const { directives } = await run(opened, "web", { bridge: {} });
    expect(directives.find(([name]) => name === "resolver")).toEqual(["resolver", "53"]);
  });

  it("have no names on the predefined network", async () => {
    const opened = await open();
    const { member, address, directives } = await run(opened, "web", { bridge: {} });
    expect(address).toBe("172.17.0.2");
    expect(directives.map(([name]) => name).filter((name) => name !== "upstream")).toEqual([
      "endpoint",
      "resolver",
      "names",
    ]);
    expect(table(member.id)).toBe("172.17.0.1 host.docker.internal\nports 172.17.0.2\n");
    expect(readdirSync(join(root, "networks")).filter((file) => file.endsWith(".names"))).toEqual([
      `${member.id}.names`,
    ]);
  });

  it("are as before when the start fails half-way", async () => {
    const opened = await open();
    const { networks } = opened;
    await networks.backend.create({ Name: "front" });
    await networks.backend.create({ Name: "back" });
    refuseCall = (args) => args[1] === "bridge-add";
    await expect(run(opened, "web", { front: {}, back: {} })).rejects.toThrow("the binary refuses");
    expect(networks.backend.inspect("front").Containers).toEqual({});
    expect(networks.backend.inspect("back").Containers).toEqual({});
    refuseCall = undefined;
    const { endpoints } = await run(opened, "api", { front: {} });
    expect(endpoints["front"]?.IPAddress).toBe("172.18.0.3");
  });

  it("keep static addresses free for those who asked for them", async () => {
    const opened = await open();
    await opened.networks.backend.create({ Name: "front" });
    opened.containers.add("db", { front: { IPAMConfig: { IPv4Address: "172.18.0.2" } } });
    expect((await run(opened, "web", { front: {} })).address).toBe("172.18.0.3");
    expect((await run(opened, "db2", { front: { IPAMConfig: { IPv4Address: "172.18.0.2" } } })).address).toBe(
      "172.18.0.2",
    );
    await expect(
      run(opened, "db3", { front: { IPAMConfig: { IPv4Address: "172.18.0.2" } } }),
    ).rejects.toThrow("Address already in use: 172.18.0.2 on network front");
  });

  it("are known again after a restart of the engine", async () => {
    const before = await open();
    const { Id } = await before.networks.backend.create({ Name: "front" });
    const { member, endpoints } = await run(before, "web", { front: {} });
    const after = await open();
    after.networks.networking.adopt(member, endpoints);
    await expect(after.networks.backend.remove("front")).rejects.toThrow("has active endpoints");
    expect((await run(after, "api", { front: {} })).address).toBe("172.18.0.3");
    expect(table(Id)).toContain("172.18.0.2 web");
    await after.networks.networking.down(member, endpoints);
    expect(table(Id)).not.toContain("172.18.0.2");
  });

  it("follow a new name", async () => {
    const opened = await open();
    const { Id } = await opened.networks.backend.create({ Name: "front" });
    const { member, endpoints } = await run(opened, "web", { front: { Aliases: ["www"] } });
    await opened.networks.networking.renamed({ ...member, name: "shop" }, endpoints);
    expect(table(Id)).toBe(
      `172.18.0.2 shop.front shop www.front www ${member.hostname}.front ${member.hostname}\n`,
    );
    expect(endpoints["front"]?.DNSNames).toEqual(["shop", "www", member.hostname]);
  });

  it("never hold one address twice, whoever comes and goes", async () => {
    const opened = await open();
    const { networking, backend } = opened.networks;
    await backend.create({ Name: "front", IPAM: { Config: [{ Subnet: "10.7.0.0/28" }] } });
    const action = fc.record({ who: fc.nat(19), starts: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
        const live = new Map<number, { member: NetworkMember; endpoints: Endpoints }>();
        for (const { who, starts } of actions) {
          const one = live.get(who);
          if (starts && one === undefined && live.size < 13) {
            const member = memberNamed(`c${who}`);
            const up = await networking.up(
              member,
              networking.prepare({ member: member, networkMode: "front", endpoints: {} }),
            );
            live.set(who, { member, endpoints: up.endpoints });
          } else if (!starts && one !== undefined) {
            await networking.down(one.member, one.endpoints);
            live.delete(who);
          }
          const addresses = Object.values(backend.inspect("front").Containers ?? {}).map(
            ({ IPv4Address }) => IPv4Address,
          );
          expect(addresses).toHaveLength(live.size);
          expect(new Set(addresses).size).toBe(addresses.length);
          for (const address of addresses) expect(address).toMatch(/^10\.7\.0\.([2-9]|1[0-4])\/28$/);
        }
        for (const { member, endpoints } of live.values()) await networking.down(member, endpoints);
      }),
      { numRuns: 30 },
    );
  });
});

describe("connect and disconnect", () => {
  it("change the record only, while the container does not run", async () => {
    const { networks, containers } = await open();
    await networks.backend.create({ Name: "front" });
    await networks.backend.create({ Name: "back" });
    const member = containers.add(
      "web",
      networks.networking.prepare({ member: memberNamed("web"), networkMode: "front", endpoints: {} }),
    );
    await networks.backend.connect("back", { Container: "web", EndpointConfig: { Aliases: ["www"] } });
    await networks.backend.connect("back", { Container: "web", EndpointConfig: { Aliases: ["www"] } });
    expect(Object.keys(containers.find(member.id).endpoints)).toEqual(["front", "back"]);
    await networks.backend.disconnect("front", "web", false);
    expect(Object.keys(containers.find(member.id).endpoints)).toEqual(["back"]);
    await expect(networks.backend.disconnect("front", "web", false)).rejects.toThrow(
      "is not connected to network front",
    );
    expect(calls).toEqual([]);
  });

  it("change a running container: interface, names and default route", async () => {
    const opened = await open();
    const { networks, containers } = opened;
    const alpha = await networks.backend.create({ Name: "alpha" });
    const front = await networks.backend.create({ Name: "front" });
    const { member } = await run(opened, "web", { front: {} }, 77);
    await networks.backend.connect("alpha", { Container: "web", EndpointConfig: { Aliases: ["www"] } });
    expect(calls.at(-1)).toEqual([
      "net",
      "connect",
      "77",
      "eth%d",
      `br-${alpha.Id.slice(0, 12)}`,
      "172.18.0.2/16",
      "02:42:ac:12:00:02",
      "172.18.0.1",
      "",
      "",
      "",
      "",
    ]);
    expect(table(member.id)).toContain(`include ${alpha.Id}.names\n`);
    expect(table(alpha.Id)).toContain("172.18.0.2 web.alpha web www.alpha www");
    expect(containers.find("web").endpoints["alpha"]?.IPAddress).toBe("172.18.0.2");
    await expect(networks.backend.connect("alpha", { Container: "web" })).rejects.toThrow(
      "endpoint with name web already exists in network alpha",
    );
    await networks.backend.disconnect("alpha", "web", false);
    expect(calls.slice(-2)).toEqual([
      ["net", "disconnect", "77", "02:42:ac:12:00:02"],
      ["net", "gateway", "77", "02:42:ac:13:00:02", "172.19.0.1"],
    ]);
    expect(table(member.id)).toBe(
      `172.19.0.1 host.docker.internal\ninclude ${front.Id}.names\nports 172.19.0.2\n`,
    );
    expect(table(alpha.Id)).toBe("");
  });

  it("lose none of several changes that are asked for at once", async () => {
    const opened = await open();
    const { networks, containers } = opened;
    const names = ["a", "b", "c", "d"];
    await Promise.all([...names, "front"].map((Name) => networks.backend.create({ Name })));
    await run(opened, "web", { front: {} });
    await Promise.all(names.map((name) => networks.backend.connect(name, { Container: "web" })));
    expect(Object.keys(containers.find("web").endpoints).toSorted()).toEqual([...names, "front"]);
    await Promise.all(names.map((name) => networks.backend.disconnect(name, "web", false)));
    expect(Object.keys(containers.find("web").endpoints)).toEqual(["front"]);
  });

  it("leave nothing behind when the interface cannot be made", async () => {
    const opened = await open();
    const { networks, containers } = opened;
    await networks.backend.create({ Name: "alpha" });
    await networks.backend.create({ Name: "front" });
    await run(opened, "web", { front: {} }, 77);
    refuseCall = (args) => args[1] === "connect";
    await expect(networks.backend.connect("alpha", { Container: "web" })).rejects.toThrow(
      "the binary refuses",
    );
    expect(calls.at(-1)).toEqual(["net", "disconnect", "77", "02:42:ac:12:00:02"]);
    expect(Object.keys(containers.find("web").endpoints)).toEqual(["front"]);
    expect(containers.unsettled.size).toBe(0);
    await networks.backend.remove("alpha");
  });

  it("are noted before they are begun, and undone by the engine that comes after one that was killed", async () => {
    const opened = await open();
    const { networks, containers } = opened;
    await networks.backend.create({ Name: "alpha" });
    await networks.backend.create({ Name: "front" });
    const { member } = await run(opened, "web", { alpha: {}, front: {} }, 77);
    const noted: (string | undefined)[] = [];
    refuseCall = () => {
      noted.push(containers.unsettled.get(member.id));
      return false;
    };
    await networks.backend.disconnect("alpha", "web", false);
    await networks.backend.connect("alpha", { Container: "web" });
    const mac = containers.find("web").endpoints["alpha"]?.MacAddress ?? "";
    expect(noted.filter((each) => each !== undefined)).toContain(mac);
    expect(containers.unsettled.size).toBe(0);

    const kept = await networks.networking.settle({ member, pid: 77 }, containers.find("web").endpoints, mac);
    expect(Object.keys(kept)).toEqual(["front"]);
    expect(calls.slice(-2)).toEqual([
      ["net", "disconnect", "77", mac],
      ["net", "gateway", "77", kept["front"]?.MacAddress, kept["front"]?.Gateway],
    ]);
  });

  it("are refused where there is no network of its own", async () => {
    const { networks, containers } = await open();
    await networks.backend.create({ Name: "front" });
    containers.add("h", {}, "host");
    containers.add("n", { none: {} }, "none");
    containers.add("s", {}, "container:h");
    await expect(networks.backend.connect("front", { Container: "h" })).rejects.toThrow(
      "sharing network namespace",
    );
    await expect(networks.backend.connect("front", { Container: "n" })).rejects.toThrow(
      "private (none) mode",
    );
    await expect(networks.backend.connect("front", { Container: "s" })).rejects.toThrow(
      "sharing network namespace",
    );
    await networks.backend.disconnect("none", "n", false);
    await networks.backend.connect("front", { Container: "n" });
    expect(Object.keys(containers.find("n").endpoints)).toEqual(["front"]);
    await expect(networks.backend.connect("host", { Container: "n" })).rejects.toThrow(
      "container cannot be disconnected from host network or connected to host network",
    );
    await expect(networks.backend.connect("front", { Container: "x" })).rejects.toThrow(
      "No such container: x",
    );
  });
});
