// Compiles the static C binary with the system's C compiler; no other build tool is needed.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Where the binary for one platform lives inside the package. */
export function nativePath(arch = process.arch) {
  return join(here, "..", "dist", "native", `linux-${arch}`, "slipway-native");
}

/** What the engine compiles with too where the package has no binary; warnings are for whoever changes the sources. */
const flags = JSON.parse(readFileSync(join(here, "compiler-flags.json"), "utf8"));
const warnings = ["-Wall", "-Wextra", "-Werror"];

/** Compiles every C file of this folder into `output`; throws with the compiler's own words when it fails. */
export function buildNative(output = nativePath()) {
  const sources = readdirSync(here)
    .filter((name) => name.endsWith(".c"))
    .map((name) => join(here, name));
  mkdirSync(dirname(output), { recursive: true });
  execFileSync(process.env["CC"] ?? "cc", [...flags, ...warnings, "-o", output, ...sources], {
    stdio: "inherit",
  });
}
