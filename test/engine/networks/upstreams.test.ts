import { expect, it } from "vitest";
import { parseNameservers } from "../../../src/engine/networks/upstreams.ts";

it("takes the addresses of nameserver lines, loopback ones too, and nothing else", () => {
  const text = [
    "# nameserver 192.0.2.9",
    "search example.test",
    "nameserver 127.0.0.53",
    "  nameserver\t2001:db8::1 # second",
    "nameserver fe80::1%eth0",
    "nameserver",
    "options ndots:2",
  ].join("\n");
  expect(parseNameservers(text)).toEqual(["127.0.0.53", "2001:db8::1"]);
});
