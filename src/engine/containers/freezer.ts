// Holding all processes of a container still, and letting them go on: by the kernel's freezer, in both layouts.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { CgroupLayout } from "../collaborators.ts";
import { EngineError } from "../errors.ts";

/** Milliseconds within which processes are frozen, unless the kernel holds one. */
const PATIENCE = 10_000;
const PAUSE = 2;

/** What the kernel says of a group that has just been removed. */
const GONE: ReadonlySet<string> = new Set(["ENOENT", "ENODEV"]);

/**
 * Resolves when no process of the group runs any more. Throws, with nothing frozen, where that cannot be had: a conflict
 * when its processes have ended meanwhile.
 */
export async function freeze(layout: CgroupLayout, id: string): Promise<void> {
  if (layout.directories.freezer === undefined) {
    throw new EngineError(
      "not-implemented",
      `cannot pause container ${id}: this engine has no writable freezer cgroup`,
    );
  }
  try {
    await freezeGroup(layout, id);
  } catch (error) {
    if (!GONE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw new EngineError("conflict", `container ${id} is not running`, { cause: error });
  }
}

async function freezeGroup(layout: CgroupLayout, id: string): Promise<void> {
  const group = freezerOf(layout, id);
  if (group === undefined) throw new EngineError("conflict", `container ${id} is not running`);
  writeFileSync(group.switch, group.frozen);
  for (const end = Date.now() + PATIENCE; !group.isFrozen(); await after(PAUSE)) {
    if (Date.now() < end) continue;
    thaw(layout, id);
    throw new EngineError("failed", `cannot pause container ${id}: its processes do not come to rest`);
  }
}

/** Lets the processes go on; nothing where there is no group. A signal that came meanwhile reaches them now. */
export function thaw(layout: CgroupLayout, id: string): void {
  const group = freezerOf(layout, id);
  if (group !== undefined) writeFileSync(group.switch, group.thawed);
}

interface Freezer {
  readonly switch: string;
  readonly frozen: string;
  readonly thawed: string;
  readonly isFrozen: () => boolean;
}

function freezerOf(layout: CgroupLayout, id: string): Freezer | undefined {
  const parent = layout.directories.freezer;
  if (parent === undefined) return undefined;
  const group = (name: string): string => join(parent, id, name);
  const read = (name: string): string => readFileSync(group(name), "utf8");
  const found: Freezer =
    layout.version === 1
      ? {
          switch: group("freezer.state"),
          frozen: "FROZEN",
          thawed: "THAWED",
          isFrozen: () => read("freezer.state").trim() === "FROZEN",
        }
      : {
          switch: group("cgroup.freeze"),
          frozen: "1",
          thawed: "0",
          isFrozen: () => /^frozen 1$/m.test(read("cgroup.events")),
        };
  return existsSync(found.switch) ? found : undefined;
}
