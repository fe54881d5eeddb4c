// Compiles the static C binary with the system's C compiler; no other build tool is needed.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Where the binary for one platform lives inside the package. */
export function nativePath(arch = process.arch) {
  return join(here, "..", "dist", "native", `linux-${arch}`, "slipway-native");
}

/** Compiles every C file of this folder into `output`; throws with the compiler's own words when it fails. */
export function buildNative(output = nativePath()) {
  const sources = readdirSync(here)
    .filter((name) => name.endsWith(".c"))
    .map((name) => join(here, name));
  mkdirSync(dirname(output), { recursive: true });
  execFileSync(
    process.env["CC"] ?? "cc",
    [
      "-std=gnu11",
      "-Os",
      "-Wall",
      "-Wextra",
      "-Werror",
      "-ffunction-sections",
      "-fdata-sections",
      "-Wl,--gc-sections",
      "-static",
      "-pthread",
      "-s",
      "-o",
      output,
      ...sources,
    ],
    { stdio: "inherit" },
  );
}
