// Whether the machine lets mounts pass to or from a bind as it was asked to. Pure.
import { EngineError } from "../errors.ts";

/** Throws when `source` (a real path) lies on a mount that mounts do not pass. `mountinfo`: of the engine. */
export function requirePropagation(source: string, propagation: string, mountinfo: string): void {
  const kind = propagation.replace(/^r/, "");
  if (kind !== "shared" && kind !== "slave") return;
  const mount = mountOf(source, mountinfo);
  const isShared = mount.fields.some((field) => field.startsWith("shared:"));
  const isSlave = mount.fields.some((field) => field.startsWith("master:"));
  if (isShared || (kind === "slave" && isSlave)) return;
  throw new EngineError(
    "failed",
    `path ${source} is mounted on ${mount.target} but it is not a ${kind === "shared" ? "shared" : "shared or slave"} mount`,
  );
}

/** The mount that a path is on: the one nearest above, and of those at one place the last. */
function mountOf(path: string, mountinfo: string): { target: string; fields: readonly string[] } {
  let found = { target: "/", fields: [] as readonly string[] };
  for (const line of mountinfo.split("\n")) {
    const [, , , , escaped = "", , ...rest] = line.split(" ");
    const target = escaped.replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const isAbove = target === "/" || path === target || path.startsWith(`${target}/`);
    if (target !== "" && isAbove && target.length >= found.target.length) {
      found = { target, fields: rest.slice(0, rest.indexOf("-")) };
    }
  }
  return found;
}
