// Where the machine itself sends packets without a default route: subnets that are chosen for networks stay clear of these, for a
// container's own network hides what lies behind.
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { parseSubnet } from "./ip-address.ts";
import type { Subnet } from "./ip-address.ts";

/** The subnets in the text of /proc/net/route, without default routes. Numbers are in the order that memory has them on this machine. */
export function parseRoutes(text: string): Subnet[] {
  return text.split("\n").flatMap((line): Subnet[] => {
    const [, destination = "", , , , , , mask = ""] = line.split("\t");
    if (!/^[0-9A-F]{8}$/.test(destination) || !/^[0-9A-F]{8}$/.test(mask)) return [];
    const prefix = [...wordOf(mask)].reduce(
      (sum, byte) => sum + byte.toString(2).replaceAll("0", "").length,
      0,
    );
    const subnet = parseSubnet(`${wordOf(destination).join(".")}/${prefix}`);
    return subnet === undefined || prefix === 0 ? [] : [subnet];
  });
}

function wordOf(hexadecimal: string): Uint8Array {
  return new Uint8Array(Uint32Array.of(Number.parseInt(hexadecimal, 16)).buffer);
}

/** Those of this machine now, and its own addresses' subnets. */
export function machineRoutes(): Subnet[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ cidr, internal }) =>
      cidr === null || internal ? [] : (parseSubnet(cidr) ?? []),
    ),
  );
  try {
    return [...parseRoutes(readFileSync("/proc/net/route", "utf8")), ...own];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return own;
    throw error;
  }
}
