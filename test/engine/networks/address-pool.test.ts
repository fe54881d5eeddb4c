import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressPool } from "../../../src/engine/networks/address-pool.ts";
import { lastAddress, parseAddress, parseSubnet } from "../../../src/engine/networks/ip-address.ts";
import type { Subnet } from "../../../src/engine/networks/ip-address.ts";

function subnet(text: string): Subnet {
  const parsed = parseSubnet(text);
  if (parsed === undefined) throw new Error(`${text} is no subnet`);
  return parsed;
}

function value(text: string): bigint {
  return parseAddress(text)?.value ?? -1n;
}

function addressesOf(area: Subnet): bigint[] {
  return Array.from(
    { length: Number(lastAddress(area) - area.first) + 1 },
    (_, index) => area.first + BigInt(index),
  );
}

describe("AddressPool", () => {
  it("never has one address out twice, and stays inside the range, whatever is taken and given back", () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("take" as const), holder: fc.constantFrom("a", "b", "c") }),
        fc.record({ kind: fc.constant("exactly" as const), offset: fc.integer({ min: 0, max: 31 }) }),
        fc.record({
          kind: fc.constant("back" as const),
          index: fc.nat(40),
          holder: fc.constantFrom("a", "b", "c"),
        }),
      ),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(
        fc.constantFrom("10.9.8.0/27", "fd00::/123"),
        fc.boolean(),
        steps,
        (text, ranged, actions) => {
          const whole = subnet(text);
          const range: Subnet = ranged
            ? { ...whole, first: whole.first + 16n, prefix: whole.prefix + 1 }
            : whole;
          const gateway = whole.first + 1n;
          const pool = new AddressPool({ subnet: whole, range, reserved: [gateway] });
          const unusable = [gateway, whole.first, ...(whole.version === 4 ? [lastAddress(whole)] : [])];
          const live: bigint[] = [];
          const isFree = (address: bigint): boolean => !live.includes(address) && !unusable.includes(address);
          for (const action of actions) {
            const exact = action.kind === "exactly" ? whole.first + BigInt(action.offset) : undefined;
            const choices = action.kind === "take" ? addressesOf(range) : exact === undefined ? [] : [exact];
            const free = choices.filter(isFree);
            const given =
              action.kind === "take"
                ? pool.take(action.holder)
                : exact !== undefined && pool.takeExactly(exact)
                  ? exact
                  : undefined;
            expect(free.length === 0 ? [undefined] : free).toContain(given);
            if (given !== undefined) live.push(given);
            if (action.kind === "back" && live.length > 0)
              pool.giveBack(live.splice(action.index % live.length, 1)[0] ?? 0n, action.holder);
          }
        },
      ),
    );
  });

  it("does not give an address to another while others are free", () => {
    const pool = new AddressPool({ subnet: subnet("10.0.0.0/29"), reserved: [value("10.0.0.1")] });
    const first = pool.take("former");
    pool.giveBack(first ?? 0n, "former");
    const rest = ["a", "b", "c", "d"].map((holder) => pool.take(holder));
    expect(rest).not.toContain(first);
    expect(pool.take("e")).toBe(first);
    expect(pool.take("former")).toBeUndefined();
  });

  it("gives a holder the address it had, unless it has another holder or is to be avoided by now", () => {
    const pool = new AddressPool({ subnet: subnet("10.0.0.0/24"), reserved: [value("10.0.0.1")] });
    const first = pool.take("former") ?? 0n;
    pool.take("other");
    for (let time = 0; time < 2; time++) {
      pool.giveBack(first, "former");
      expect(pool.take("former")).toBe(first);
    }
    pool.giveBack(first, "former");
    expect(pool.take("former", new Set([first]))).toBe(value("10.0.0.4"));
    pool.giveBack(value("10.0.0.4"), "former");
    expect(pool.takeExactly(value("10.0.0.4"))).toBe(true);
    expect(pool.take("former")).toBe(value("10.0.0.5"));
  });

  it("passes over addresses that are to be avoided", () => {
    const pool = new AddressPool({ subnet: subnet("10.0.0.0/29"), reserved: [value("10.0.0.1")] });
    expect(pool.take("a", new Set([value("10.0.0.2"), value("10.0.0.3")]))).toBe(value("10.0.0.4"));
    expect(pool.takeExactly(value("10.0.0.2"))).toBe(true);
    expect(pool.takeExactly(value("10.0.0.2"))).toBe(false);
    expect(pool.takeExactly(value("10.0.0.1"))).toBe(false);
  });
});
