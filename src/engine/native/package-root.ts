// Where this package lives. The module runs from `dist/` when bundled and from `src/engine/native/` in tests, so the
// folder is searched for and not counted.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface PackageManifest {
  readonly name?: string;
  readonly version?: string;
}

function readManifest(folder: string): PackageManifest | undefined {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as PackageManifest;
}

function locate(): { folder: string; version: string } {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = readManifest(folder);
    if (manifest?.name === "slipway") return { folder, version: manifest.version ?? "0.0.0" };
    const parent = dirname(folder);
    if (parent === folder) throw new Error("internal: the package's own folder cannot be found");
    folder = parent;
  }
}

const located = locate();

/** Absolute folder that holds this package's package.json. */
export const packageRoot: string = located.folder;

/** Version of this package, as its package.json says. */
export const packageVersion: string = located.version;
