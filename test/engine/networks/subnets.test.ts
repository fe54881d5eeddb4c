import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IpamConfig, NetworkCreateBody } from "../../../src/engine/api-types.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { contains, overlaps, parseAddress, parseSubnet } from "../../../src/engine/networks/ip-address.ts";
import type { Subnet } from "../../../src/engine/networks/ip-address.ts";
import { planSubnets } from "../../../src/engine/networks/subnets.ts";

const id = "ab".repeat(32);

function plan(
  configs: IpamConfig[],
  options: Partial<NetworkCreateBody> = {},
  taken: readonly string[] = [],
): IpamConfig[] {
  return planSubnets(
    { Name: "n", IPAM: { Config: configs }, ...options },
    id,
    taken.map((text) => subnet(text)),
  );
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
      const planned = subnet(planSubnets({ Name: "n" }, id, taken)[0]?.Subnet);
      expect(taken.some((other) => overlaps(other, planned))).toBe(false);
      taken.push(planned);
    }
    expect(taken.at(-1)).toEqual(subnet("192.168.240.0/20"));
    expect(() => planSubnets({ Name: "n" }, id, taken)).toThrow(
      "could not find an available, non-overlapping IPv4",
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

  it("cuts host bits off a subnet and a prefix off a gateway", () => {
    expect(plan([{ Subnet: "10.1.2.3/16", Gateway: "10.1.0.9/16" }])).toEqual([
      { Subnet: "10.1.0.0/16", Gateway: "10.1.0.9" },
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
    ["no subnet", { Subnet: "10.0.0.0" }, "invalid subnet 10.0.0.0: invalid CIDR address"],
    [
      "gateway outside",
      { Subnet: "10.0.0.0/24", Gateway: "10.0.1.1" },
      "no matching subnet for gateway 10.0.1.1",
    ],
    [
      "range outside",
      { Subnet: "10.0.0.0/24", IPRange: "10.0.1.0/25" },
      "invalid ip-range 10.0.1.0/25: not inside subnet 10.0.0.0/24",
    ],
    [
      "aux outside",
      { Subnet: "10.0.0.0/24", AuxiliaryAddresses: { a: "10.0.1.1" } },
      "no matching subnet for aux-address 10.0.1.1",
    ],
    [
      "gateway without subnet",
      { Gateway: "10.0.0.1" },
      "invalid IPAM config: an ip-range or gateway needs its subnet",
    ],
    [
      "too small",
      { Subnet: "10.0.0.0/31" },
      "invalid subnet 10.0.0.0/31: no room for a gateway and a container",
    ],
    ["too large", { Subnet: "0.0.0.0/0" }, "invalid subnet 0.0.0.0/0: too large"],
  ])("refuses: %s", (_what, config, message) => {
    expect(() => plan([config])).toThrow(new EngineError("invalid", message));
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
        for (const config of planSubnets({ Name: "n", EnableIPv6: six }, id, taken)) {
          const planned = subnet(config.Subnet);
          const gateway = parseAddress(config.Gateway ?? "");
          expect(gateway !== undefined && contains(planned, gateway)).toBe(true);
          expect(taken.some((other) => overlaps(other, planned))).toBe(false);
        }
      }),
    );
  });
});
