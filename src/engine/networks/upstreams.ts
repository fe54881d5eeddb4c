// The machine's own name servers, which get the questions that no container's name answers.
import { readFileSync } from "node:fs";
import { parseAddress } from "./ip-address.ts";

/** The `nameserver` lines of a resolv.conf; lines that hold no address are left out. */
export function parseNameservers(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    return address !== undefined && parseAddress(address) !== undefined ? [address] : [];
  });
}

/** Those of this machine now. Loopback ones are fine: questions leave from the machine's own network. */
export function machineNameservers(): string[] {
  try {
    return parseNameservers(readFileSync("/etc/resolv.conf", "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
