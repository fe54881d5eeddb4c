import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IpamConfig, NetworkCreateBody } from "../../../src/engine/api-types/network.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { contains, overlaps, parseAddress, parseSubnet } from "../../../src/engine/networks/ip-address.ts";
import type { Subnet } from "../../../src/engine/networks/ip-address.ts";
import { planSubnets } from "../../../src/engine/networks/subnets.ts";

const id = "ab".repeat(32);
const bare = { body: { Name: "n" }, id, families: { ipv4: true, ipv6: false } };

function plan(
  configs: IpamConfig[],
  options: Partial<NetworkCreateBody> = {},
  taken: readonly string[] = [],
): IpamConfig[] {
  return planSubnets({
    body: { Name: "n", IPAM: { Config: configs } },
    id,
    families: { ipv4: options.EnableIPv4 ?? true, ipv6: options.EnableIPv6 ?? false },
    taken: taken.map((text) => subnet(text)),
  });
}

function subnet(text: string | undefined): Subnet {
  const parsed = parseSubnet(text ?? "");
  if (parsed === undefined) throw new Error(`${text} is no subnet`);
  return parsed;
}

describe("planSubnets", () => {
  it("gives the first default subnet that is free, and .1 as the gateway", () => {
    expect(plan([])).toEqual([{ Subnet: "172.18.0.0/16", Gateway: "172.18.0.1" }]);
    expect(plan([], {}, ["172.18.0.0/16", "172.19.7.0/24"])).toEqual([
      { Subnet: "172.20.0.0/16", Gateway: "172.20.0.1" },
    ]);
  });

  it("goes through 14 large and 16 small default subnets, none overlapping another, and then refuses", () => {
    const taken: Subnet[] = [subnet("172.17.0.0/16")];
    for (let count = 0; count < 30; count++) {
      const planned = subnet(planSubnets({ ...bare, taken })[0]?.Subnet);
      expect(taken.some((other) => overlaps(other, planned))).toBe(false);
      taken.push(planned);
    }
    expect(taken.at(-1)).toEqual(subnet("192.168.240.0/20"));
    expect(() => planSubnets({ ...bare, taken })).toThrow(
      "all predefined address pools have been fully subnetted",
    );
  });

  it("keeps what was asked for", () => {
    const config = {
      Subnet: "10.1.0.0/16",
      IPRange: "10.1.4.0/24",
      Gateway: "10.1.255.254",
      AuxiliaryAddresses: { printer: "10.1.4.9" },
    };
    expect(plan([config])).toEqual([config]);
  });

  it("stays clear of where the machine itself sends packets, unless told to use that", () => {
    const routed = [subnet("172.18.5.0/24"), subnet("172.19.0.0/16")];
    expect(planSubnets({ ...bare, taken: [], routed })[0]?.Subnet).toBe("172.20.0.0/16");
    const body = { Name: "n", IPAM: { Config: [{ Subnet: "172.18.5.0/24" }] } };
    expect(planSubnets({ ...bare, body, taken: [], routed })[0]?.Subnet).toBe("172.18.5.0/24");
  });

  it("keeps a subnet of a family that the network does not have as it was said", () => {
    expect(plan([{ Subnet: "fd00:3::/64" }])).toEqual([
      { Subnet: "172.18.0.0/16", Gateway: "172.18.0.1" },
      { Subnet: "fd00:3::/64" },
    ]);
  });

  it.each([
    [{ Subnet: "10.1.0.0/16", IPRange: "10.1.4.0/24" }, "10.1.4.0"],
    [{ Subnet: "10.1.0.0/16", IPRange: "10.1.0.0/24" }, "10.1.0.1"],
    [{ Subnet: "fd00:1::/64", IPRange: "fd00:1::100/120" }, "fd00:1::100"],
  ])("takes the first address of the range for the gateway: %j", (config, gateway) => {
    const families = config.Subnet.includes(":") ? { EnableIPv4: false, EnableIPv6: true } : {};
    expect(plan([config], families).map(({ Gateway }) => Gateway)).toEqual([gateway]);
  });

  it("puts IPv4 first, whatever was asked for first", () => {
    const planned = plan([{ Subnet: "fd00:1::/64" }], { EnableIPv6: true });
    expect(planned.map(({ Gateway }) => Gateway)).toEqual(["172.18.0.1", "fd00:1::1"]);
    const asked = [{ Subnet: "fd00:1::/64" }, { Subnet: "10.2.0.0/24" }, { Subnet: "10.1.0.0/24" }];
    expect(plan(asked, { EnableIPv6: true }).map(({ Subnet }) => Subnet)).toEqual([
      "10.2.0.0/24",
      "10.1.0.0/24",
      "fd00:1::/64",
    ]);
  });

  it("adds a local IPv6 subnet when the family is wanted and none was asked for", () => {
    const [, six] = plan([], { EnableIPv6: true });
    expect(six).toEqual({ Subnet: "fdab:abab:abab::/64", Gateway: "fdab:abab:abab::1" });
    expect(plan([{ Subnet: "fd00:1::/64" }], { EnableIPv6: true, EnableIPv4: false })).toEqual([
      { Subnet: "fd00:1::/64", Gateway: "fd00:1::1" },
    ]);
  });

  it.each<[string, IpamConfig, string]>([
    ["no subnet", { Subnet: "10.0.0.0" }, "invalid subnet 10.0.0.0: invalid CIDR block notation"],
    ["host bits", { Subnet: "10.0.0.7/24" }, "invalid subnet 10.0.0.7/24: it should be 10.0.0.0/24"],
    [
      "gateway outside",
      { Subnet: "10.0.0.0/24", Gateway: "10.0.1.1" },
      "invalid gateway 10.0.1.1: parent subnet 10.0.0.0/24 doesn't contain this address",
    ],
    [
      "gateway no address",
      { Subnet: "10.0.0.0/24", Gateway: "door" },
      "invalid gateway door: invalid address",
    ],
    [
      "gateway of the other family",
      { Subnet: "10.0.0.0/24", Gateway: "fd00::1" },
      "invalid gateway fd00::1: parent subnet is an IPv4 block",
    ],
    [
      "range outside",
      { Subnet: "10.0.0.0/24", IPRange: "10.0.1.0/25" },
      "invalid ip-range 10.0.1.0/25: parent subnet 10.0.0.0/24 doesn't contain ip-range",
    ],
    [
      "range larger",
      { Subnet: "10.0.0.0/24", IPRange: "10.0.0.0/16" },
      "invalid ip-range 10.0.0.0/16: CIDR block is bigger than its parent subnet 10.0.0.0/24",
    ],
    [
      "aux outside",
      { Subnet: "10.0.0.0/24", AuxiliaryAddresses: { a: "10.0.1.1" } },
      "invalid auxiliary address a: parent subnet 10.0.0.0/24 doesn't contain this address",
    ],
    ["gateway without subnet", { Gateway: "10.0.0.1" }, "invalid subnet : invalid CIDR block notation"],
  ])("refuses: %s", (_what, config, message) => {
    expect(() => plan([config])).toThrow(new EngineError("invalid", `invalid network config:\n${message}`));
  });

  it("names every fault", () => {
    const faults =
      "invalid subnet a: invalid CIDR block notation\ninvalid subnet b: invalid CIDR block notation";
    expect(() => plan([{ Subnet: "a" }, { Subnet: "b" }])).toThrow(faults);
  });

  it.each<[string, IpamConfig, string]>([
    ["too small", { Subnet: "10.0.0.0/31" }, "gateway (): no available addresses on this pool"],
    [
      "network's address",
      { Subnet: "10.0.0.0/24", Gateway: "10.0.0.0" },
      "gateway (10.0.0.0): Address already in use",
    ],
    [
      "broadcast",
      { Subnet: "10.0.0.0/24", Gateway: "10.0.0.255" },
      "gateway (10.0.0.255): Address already in use",
    ],
    [
      "the gateway's again",
      { Subnet: "10.0.0.0/24", AuxiliaryAddresses: { a: "10.0.0.1" } },
      "secondary ip address (a:10.0.0.1): Address already in use",
    ],
  ])("cannot give: %s", (_what, config, message) => {
    expect(() => plan([config])).toThrow(new EngineError("failed", `failed to allocate ${message}`));
  });

  it("refuses what is too large", () => {
    expect(() => plan([{ Subnet: "0.0.0.0/0" }])).toThrow("invalid subnet 0.0.0.0/0: too large");
  });

  it("refuses what overlaps another network, or itself", () => {
    const overlap = "invalid pool request: Pool overlaps with other one on this address space";
    expect(() => plan([{ Subnet: "10.1.0.0/24" }], {}, ["10.0.0.0/8"])).toThrow(overlap);
    expect(() => plan([{ Subnet: "10.1.0.0/24" }, { Subnet: "10.1.0.0/16" }])).toThrow(overlap);
  });

  it("gives subnets that contain their gateway and meet no other, whatever is taken", () => {
    const others = fc.array(
      fc.record({ second: fc.integer({ min: 16, max: 33 }), prefix: fc.integer({ min: 12, max: 28 }) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(others, fc.boolean(), (list, six) => {
        const taken = list.map(({ second, prefix }) => subnet(`172.${second}.0.0/${prefix}`));
        for (const config of planSubnets({ ...bare, families: { ipv4: true, ipv6: six }, taken })) {
          const planned = subnet(config.Subnet);
          const gateway = parseAddress(config.Gateway ?? "");
          expect(gateway !== undefined && contains(planned, gateway)).toBe(true);
          expect(taken.some((other) => overlaps(other, planned))).toBe(false);
        }
      }),
    );
  });
});
