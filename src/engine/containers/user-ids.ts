// Users of a container as it knows them itself: in a user namespace of its own they have other numbers than on the machine. Pure.

/** What the kernel shows as the owner of whoever has no number where it is looked at. */
const NOBODY = 65_534;

/** A number of the machine as the namespace of this `/proc/PID/uid_map` has it. */
export function innerUserId(map: string, outer: number): number {
  for (const line of map.split("\n")) {
    const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
    if (outer >= outside && outer < outside + count) return inside + (outer - outside);
  }
  return NOBODY;
}

/** The user that a process acts as, by its `/proc/PID/status`. */
export function effectiveUserId(status: string): number {
  return Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1] ?? NOBODY);
}
