// Removes the containers that do not run.
import type { Filters } from "../backend.ts";
import { EngineError } from "../errors.ts";
import { pruned } from "../events.ts";
import type { Container } from "./container.ts";
import { containerSizes } from "./container-sizes.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { hasLabel } from "./list.ts";
import type { Parts } from "./parts.ts";
import { timeInMilliseconds } from "./record.ts";

/** Filters: `label`, `label!` and `until` (a time, or a duration back from now). */
export async function pruneContainers(
  parts: Parts,
  lifecycle: Lifecycle,
  filters: Filters,
): Promise<{ ContainersDeleted: string[]; SpaceReclaimed: number }> {
  const matches = pruneFilter(filters, Date.now());
  const ContainersDeleted: string[] = [];
  let SpaceReclaimed = 0;
  for (const container of parts.store.all()) {
    if (container.saved.state.running || container.removing || !matches(container)) continue;
    const size = (await containerSizes(parts, [container])).get(container.id)?.SizeRw ?? 0;
    try {
      await lifecycle.remove(container, { force: false, volumes: false });
    } catch (error) {
      if (error instanceof EngineError && error.kind === "conflict") continue; // started or removed meanwhile
      throw error;
    }
    ContainersDeleted.push(container.id);
    SpaceReclaimed += size;
  }
  parts.context.emit(pruned("container", SpaceReclaimed));
  return { ContainersDeleted, SpaceReclaimed };
}

function pruneFilter(filters: Filters, now: number): (container: Container) => boolean {
  for (const key of filters.keys()) {
    if (!["label", "label!", "until"].includes(key)) {
      throw new EngineError("invalid", `invalid filter '${key}'`);
    }
  }
  const before = (filters.get("until") ?? []).map((text) => moment(text, now));
  return (container) => {
    const { config, created } = container.saved;
    return (
      (filters.get("label") ?? []).every((label) => hasLabel(config.Labels, label)) &&
      !(filters.get("label!") ?? []).some((label) => hasLabel(config.Labels, label)) &&
      before.every((limit) => timeInMilliseconds(created) < limit)
    );
  };
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds since 1970 of `1h30m`, seconds since 1970, or an RFC 3339 time. */
function moment(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
    return now - parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ""] ?? 0), 0);
  }
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new EngineError("invalid", `invalid filter 'until=${text}'`);
  return time;
}
