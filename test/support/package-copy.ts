// The package as another user can read it: a clone may lie in a folder that only its owner may enter.
import { rmSync } from "node:fs";
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OrdinaryUser } from "./ordinary-users.ts";
import { runAs } from "./ordinary-users.ts";
import { succeed } from "./processes.ts";

/** The repository's own folder. */
export const packageFolder = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

let copied: Promise<string> | undefined;

/** The repository's folder when the user can read it, else one copy per test process of what runs, below the system's temporary folder. */
export async function copyPackage(user: OrdinaryUser): Promise<string> {
  const readable = await runAs(user, "test", ["-r", join(packageFolder, "dist/cli.cjs")], { cwd: "/" });
  if (readable.code === 0) return packageFolder;
  copied ??= copyRunnable();
  return copied;
}

async function copyRunnable(): Promise<string> {
  const target = await mkdtemp(join(tmpdir(), "slipway-package-"));
  process.on("exit", () => rmSync(target, { recursive: true, force: true }));
  for (const name of ["bin", "dist", "examples", "native", "package.json"]) {
    await cp(join(packageFolder, name), join(target, name), { recursive: true });
  }
  const listed = await succeed("npm", ["ls", "--omit=dev", "--all", "--parseable"], { cwd: packageFolder });
  for (const path of listed.trim().split("\n").slice(1)) {
    await cp(path, join(target, path.slice(packageFolder.length + 1)), { recursive: true });
  }
  await succeed("chmod", ["-R", "a+rX", target]);
  return target;
}
