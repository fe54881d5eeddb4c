import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contains,
  formatAddress,
  formatSubnet,
  overlaps,
  parseAddress,
  parseSubnet,
} from "../../../src/engine/networks/ip-address.ts";
import type { Subnet } from "../../../src/engine/networks/ip-address.ts";

const subnets = fc
  .oneof(
    fc.record({
      version: fc.constant(4 as const),
      prefix: fc.integer({ min: 0, max: 32 }),
      value: fc.bigInt(0n, 2n ** 32n - 1n),
    }),
    fc.record({
      version: fc.constant(6 as const),
      prefix: fc.integer({ min: 0, max: 128 }),
      value: fc.bigInt(0n, 2n ** 128n - 1n),
    }),
  )
  .map(({ version, prefix, value }): Subnet => {
    const size = 2n ** BigInt((version === 4 ? 32 : 128) - prefix);
    return { version, prefix, first: (value / size) * size };
  });

describe("addresses", () => {
  it("are read back as they are written", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseAddress(text);
        if (address === undefined) throw new Error(`${text} was not read`);
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  it.each([
    ["172.18.0.2", "172.18.0.2"],
    ["fd00:0:0:1::0", "fd00:0:0:1::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"],
    ["::ffff:10.0.0.1", "::ffff:a00:1"],
  ])("%s is written %s", (text, expected) => {
    const address = parseAddress(text);
    expect(address && formatAddress(address)).toBe(expected);
  });

  it.each(["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "fe80::1%eth0", "web", "::1::"])("'%s' is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("subnets", () => {
  it("are read back as they are written", () => {
    fc.assert(
      fc.property(subnets, (subnet) => {
        expect(parseSubnet(formatSubnet(subnet))).toEqual(subnet);
      }),
    );
  });

  it("overlap exactly when one contains the other", () => {
    fc.assert(
      fc.property(subnets, subnets, (a, b) => {
        expect(overlaps(a, b)).toBe(contains(a, b) || contains(b, a));
        expect(overlaps(a, b)).toBe(overlaps(b, a));
      }),
    );
  });

  it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "fd00::/129", "x/8", "10.0.0.0/-1"])(
    "'%s' is none",
    (text) => {
      expect(parseSubnet(text)).toBeUndefined();
    },
  );
});
