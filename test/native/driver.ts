// Programs for tests that are made of a few files of the native binary.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const native = fileURLToPath(new URL("../../native/", import.meta.url));
const here = fileURLToPath(new URL("./", import.meta.url));

/** Whether there is a C compiler. */
export function canCompile(): boolean {
  return spawnSync("cc", ["--version"]).status === 0;
}

/**
 * Compiles `driver` (a file of this folder) with `sources` (of native/) into `output`. Sanitizers turn a wrong access into a death that a test sees;
 * where the compiler lacks them the tests are still tests.
 */
export function compileDriver(output: string, driver: string, sources: readonly string[]): void {
  const files = [join(here, driver), ...sources.map((name) => join(native, name))];
  const flags = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror"];
  const compile = (more: readonly string[]): boolean =>
    spawnSync("cc", [...flags, ...more, "-o", output, ...files], {
      stdio: more.length > 0 ? "ignore" : "inherit",
    }).status === 0;
  if (!compile(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]) && !compile([]))
    throw new Error(`${driver} does not compile`);
}
