// The short form of a mount: `source:target[:options]`, or of a volume of its own, `target`.
import { posix } from "node:path";
import { EngineError } from "../errors.ts";
import type { ContainerMount } from "./container-mount.ts";
import { cleanTarget, volumeMount } from "./container-mount.ts";

/** How mounts made later on one side of a bind reach the other. */
export const PROPAGATIONS = ["private", "rprivate", "shared", "rshared", "slave", "rslave"];
const IGNORED = ["z", "Z", "consistent", "cached", "delegated"];
const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/**
 * An absolute source is a folder of the host, which is made when missing; anything else names a volume. `own`: what its volume has
 * besides.
 */
export function parseBind(text: string, own: Partial<ContainerMount> = {}): ContainerMount {
  const parts = text.split(":");
  if (parts.length === 1 && text !== "") return volumeMount(cleanTarget(text), own);
  const [source, target, options = ""] = parts;
  if (parts.length < 2 || parts.length > 3 || !source || !target) {
    throw new EngineError("invalid", `invalid volume specification: '${text}'`);
  }
  const flags = options.split(",").filter((flag) => flag !== "");
  const isBind = source.startsWith("/");
  checkFlags(flags, { isBind, options });
  const readOnly = flags.includes("ro");
  const common = { target: cleanTarget(target), readOnly, mode: options };
  if (isBind) {
    return {
      ...volumeMount(common.target, {}),
      ...common,
      type: "bind",
      source: posix.normalize(source).replace(/(?<=.)\/$/, ""),
      propagation: flags.find((flag) => PROPAGATIONS.includes(flag)) ?? "rprivate",
      createSource: true,
      copy: false,
    };
  }
  if (!VOLUME_NAME.test(source)) {
    throw new EngineError(
      "invalid",
      `create ${source}: "${source}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  }
  return volumeMount(common.target, {
    ...own,
    ...common,
    name: source,
    mode: options || "z",
    copy: !flags.includes("nocopy"),
  });
}

function checkFlags(flags: readonly string[], context: { isBind: boolean; options: string }): void {
  const specific = context.isBind ? PROPAGATIONS : ["nocopy"];
  const unknown = flags.some((flag) => !["ro", "rw", ...IGNORED, ...specific].includes(flag));
  const contradicting = flags.includes("ro") && flags.includes("rw");
  const propagations = flags.filter((flag) => PROPAGATIONS.includes(flag));
  if (unknown || contradicting || propagations.length > 1) {
    throw new EngineError("invalid", `invalid mode: ${context.options}`);
  }
}
