import { expect, it } from "vitest";
import { formatSubnet } from "../../../src/engine/networks/ip-address.ts";
import { parseRoutes } from "../../../src/engine/networks/machine-routes.ts";

it("reads subnets of the routing table, but not the default route", () => {
  const text = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
tun0\t0100000A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
`;
  expect(parseRoutes(text).map(formatSubnet)).toEqual(["172.18.0.0/16", "10.0.0.1/32"]);
});
