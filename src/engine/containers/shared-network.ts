// A network namespace lives as long as anybody is in it: when a container ends whose network others share, its interfaces go by hand.
import { existsSync } from "node:fs";
import type { Container } from "./container.ts";
import type { Parts } from "./parts.ts";
import { logOf } from "./parts.ts";

/**
 * Takes the interfaces of a container that has ended from those who are still in its network namespace, whose addresses somebody else may be
 * given next. To be called before the addresses are given back.
 */
export async function leaveSharedNetwork(parts: Parts, container: Container): Promise<void> {
  const { endpoints, unsettledInterface } = container.saved;
  const macs = [unsettledInterface, ...Object.values(endpoints).map(({ MacAddress }) => MacAddress)].filter(
    (mac): mac is string => mac !== undefined && mac !== "",
  );
  const guests = parts.store
    .all()
    .filter(
      ({ saved }) => saved.hostConfig.NetworkMode === `container:${container.id}` && saved.state.pid > 0,
    );
  for (const guest of guests) {
    for (const mac of macs) await takeInterface(parts, guest, mac);
  }
}

async function takeInterface(parts: Parts, guest: Container, mac: string): Promise<void> {
  const { pid } = guest.saved.state;
  try {
    await parts.context.native.call(["net", "disconnect", String(pid), mac]);
  } catch (error) {
    // The namespace may have gone with the guest, and the interface with both.
    if (!existsSync(`/proc/${pid}/ns/net`)) return;
    logOf(parts, guest, `an interface of the network that it shares stays: ${String(error)}`);
  }
}
