// A container's way out as a machine has it without any engine: a namespace behind a veth and a masquerading one.
import { execFileSync, spawnSync } from "node:child_process";
import { newNetworkNamespace, type NetworkNamespace } from "../test/support/network-namespace.ts";

/** Why it cannot be made here; undefined when it can. */
export function natUnavailable(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  if (spawnSync("iptables", ["--version"]).status !== 0) return "iptables is not installed";
  return undefined;
}

/** Where the server of a `NatStage` is, as its inner namespace sees it. */
export const NAT_SERVER = "198.18.1.2";

/** Three namespaces in a row: inner, a router that masquerades, outer. */
export class NatStage {
  readonly #namespaces: NetworkNamespace[] = [];
  inner = 0;
  outer = 0;

  async make(): Promise<void> {
    const [inner, router, outer] = [
      await this.#namespace(),
      await this.#namespace(),
      await this.#namespace(),
    ];
    this.#join(router, inner, "198.18.0");
    this.#join(router, outer, "198.18.1");
    run(inner, "ip", "route", "add", "default", "via", "198.18.0.1");
    run(router, "sysctl", "-qw", "net.ipv4.ip_forward=1");
    run(router, "iptables", "-t", "nat", "-A", "POSTROUTING", "-s", "198.18.0.0/24", "-j", "MASQUERADE");
    Object.assign(this, { inner, outer });
  }

  async end(): Promise<void> {
    await Promise.all(this.#namespaces.map((each) => each.end()));
  }

  #join(router: number, other: number, network: string): void {
    const [near, far] = [`r${network.at(-1)}`, "eth0"];
    run(router, "ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", String(other));
    for (const [pid, link, last] of [
      [router, near, 1],
      [other, far, 2],
    ] as const) {
      run(pid, "ip", "address", "add", `${network}.${last}/24`, "dev", link);
      for (const name of ["lo", link]) run(pid, "ip", "link", "set", name, "up");
    }
  }

  async #namespace(): Promise<number> {
    const made = await newNetworkNamespace();
    this.#namespaces.push(made);
    return made.pid;
  }
}

function run(pid: number, ...command: string[]): void {
  execFileSync("nsenter", ["-t", String(pid), "-n", ...command], { stdio: ["ignore", "ignore", "inherit"] });
}
