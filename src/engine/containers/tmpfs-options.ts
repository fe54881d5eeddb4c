// What may be asked of a file system in memory. Pure.
import { EngineError } from "../errors.ts";

const FLAGS = new Set(
  (
    "rw ro suid nosuid dev nodev exec noexec sync async dirsync defaults " +
    "atime noatime diratime nodiratime relatime norelatime strictatime nostrictatime " +
    "private rprivate shared rshared slave rslave"
  ).split(" "),
);
const SETTINGS = new Set(["size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol"]);

/** Throws for an option that no file system in memory has, and names it; `options` has commas between them. */
export function requireTmpfsOptions(options: string): void {
  const wrong = options.split(",").findLast((option) => option !== "" && !isKnown(option));
  if (wrong === undefined) return;
  const [name = "", ...value] = wrong.split("=");
  const words = value.length === 0 ? [name] : [name, value.join("=")];
  throw new EngineError(
    "invalid",
    `invalid tmpfs option [${words.map((word) => JSON.stringify(word)).join(" ")}]`,
  );
}

function isKnown(option: string): boolean {
  const equals = option.indexOf("=");
  return equals < 0 ? FLAGS.has(option) : SETTINGS.has(option.slice(0, equals));
}
