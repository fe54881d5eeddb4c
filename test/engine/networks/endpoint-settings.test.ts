import { describe, expect, it } from "vitest";
import type { EndpointSettings } from "../../../src/engine/api-types/network.ts";
import type { NetworkMember } from "../../../src/engine/collaborators.ts";
import {
  checkEndpoint,
  defaultGateways,
  dnsNames,
  endpointOrder,
  macFor,
  refuseSharedMac,
  restingEndpoint,
  withoutAddresses,
} from "../../../src/engine/networks/endpoint-settings.ts";
import type { NetworkRecord } from "../../../src/engine/networks/network-record.ts";

const member: NetworkMember = {
  id: "0123456789abcdef".repeat(4),
  name: "shop-web-1",
  hostname: "0123456789ab",
};

function network(name: string): NetworkRecord {
  return {
    id: "f".repeat(64),
    name,
    created: "2026-01-01T00:00:00.000Z",
    driver: "bridge",
    internal: false,
    attachable: false,
    ipv4: true,
    ipv6: false,
    subnets: [{ Subnet: "172.20.0.0/16", Gateway: "172.20.0.1" }],
    ipamOptions: {},
    options: {},
    labels: {},
  };
}

describe("dnsNames", () => {
  it("are the container's name, its aliases, its short id and its host name, each once", () => {
    expect(dnsNames(network("front"), { ...member, hostname: "www" }, ["web", "shop-web-1"])).toEqual([
      "shop-web-1",
      "web",
      "0123456789ab",
      "www",
    ]);
    expect(dnsNames(network("front"), member, null)).toEqual(["shop-web-1", "0123456789ab"]);
  });

  it("are none on a predefined network", () => {
    expect(dnsNames(network("bridge"), member, null)).toBeNull();
  });
});

describe("checkEndpoint", () => {
  it.each<[string, string, EndpointSettings, string]>([
    [
      "an alias",
      "bridge",
      { Aliases: ["web"] },
      "network-scoped aliases are only supported for user-defined networks",
    ],
    [
      "an address",
      "bridge",
      { IPAMConfig: { IPv4Address: "172.20.0.9" } },
      "user-specified IP address is supported on user-defined networks only",
    ],
    [
      "an address outside",
      "front",
      { IPAMConfig: { IPv4Address: "10.0.0.9" } },
      "no configured subnet or ip-range contain the IP address 10.0.0.9",
    ],
    ["no address", "front", { IPAMConfig: { IPv4Address: "fd00::1" } }, "invalid IPv4 address: fd00::1"],
    ["a group MAC", "front", { MacAddress: "01:00:5e:00:00:01" }, "invalid MAC address: 01:00:5e:00:00:01"],
    [
      "an address of no link",
      "front",
      { IPAMConfig: { LinkLocalIPs: ["10.0.0.9"] } },
      "invalid link-local IP address: 10.0.0.9",
    ],
    ["an alias with a line end", "front", { Aliases: ["a\nb"] }, 'invalid alias: "a\\nb"'],
  ])("refuses %s on %s", (_what, name, asked, reason) => {
    expect(() => checkEndpoint(network(name), asked)).toThrow(
      `invalid config for network ${name}: invalid endpoint settings:\n${reason}`,
    );
  });

  it("lets through what the network can give", () => {
    const asked = {
      Aliases: ["web"],
      IPAMConfig: { IPv4Address: "172.20.9.9" },
      MacAddress: "02:42:AC:14:09:09",
    };
    expect(() => checkEndpoint(network("front"), asked)).not.toThrow();
  });
});

describe("order and default route", () => {
  const endpoints = {
    zeta: { Gateway: "172.20.0.1" },
    alpha: { Gateway: "" },
    beta: { Gateway: "172.21.0.1", IPv6Gateway: "fd00::1" },
  };

  it("follows the name, and first the priority", () => {
    expect(endpointOrder(endpoints)).toEqual(["alpha", "beta", "zeta"]);
    expect(endpointOrder({ ...endpoints, zeta: { GwPriority: 5 }, alpha: { GwPriority: -1 } })).toEqual([
      "zeta",
      "beta",
      "alpha",
    ]);
  });

  it("comes from the first network that has a gateway: internal ones have none", () => {
    expect(defaultGateways(endpoints)).toEqual({ ipv4: "beta", ipv6: "beta" });
    expect(defaultGateways({ ...endpoints, zeta: { Gateway: "172.20.0.1", GwPriority: 1 } })).toEqual({
      ipv4: "zeta",
      ipv6: "beta",
    });
    expect(defaultGateways({ alpha: { Gateway: "" } })).toEqual({ ipv4: undefined, ipv6: undefined });
  });
});

describe("MAC addresses", () => {
  it("are made from the whole address, so that they are unique wherever the address is", () => {
    expect(macFor("172.20.0.9")).toBe("02:42:ac:14:00:09");
    expect(macFor("fd00:1::2")).toMatch(/^02:42(:[0-9a-f]{2}){4}$/);
    expect(macFor("fd00:1::2")).not.toBe(macFor("fd00:2::2"));
  });

  it("cannot be shared by endpoints of one container, which are known by them", () => {
    const others = { back: { MacAddress: "02:00:00:00:00:AA" }, front: { MacAddress: "02:00:00:00:00:bb" } };
    const check = (mac: string) => () => refuseSharedMac(network("front"), { MacAddress: mac }, others);
    expect(check("02:00:00:00:00:aa")).toThrow(
      "invalid endpoint settings:\nMAC address 02:00:00:00:00:aa is this container's on network back already",
    );
    expect(check("02:00:00:00:00:bb")).not.toThrow();
    expect(check("")).not.toThrow();
  });
});

describe("a container that stops", () => {
  it("keeps what it asked for and loses what it was given", () => {
    const asked = { Aliases: ["web"], IPAMConfig: { IPv4Address: "172.20.0.9" }, GwPriority: 3 };
    const resting = restingEndpoint(network("front"), member, asked);
    const running = {
      ...resting,
      IPAddress: "172.20.0.9",
      IPPrefixLen: 16,
      Gateway: "172.20.0.1",
      EndpointID: "e".repeat(64),
      MacAddress: macFor("172.20.0.9"),
    };
    expect(running.MacAddress).toBe("02:42:ac:14:00:09");
    expect(withoutAddresses(running)).toEqual(resting);
  });

  it("loses what was made from an IPv6 address, too", () => {
    const running = { IPAddress: "", GlobalIPv6Address: "fd00::2", MacAddress: macFor("fd00::2") };
    expect(withoutAddresses(running).MacAddress).toBe("");
  });

  it("keeps a MAC address of its own choice", () => {
    const running = { IPAddress: "172.20.0.9", MacAddress: "02:00:00:00:00:07" };
    expect(withoutAddresses(running).MacAddress).toBe("02:00:00:00:00:07");
  });
});
