// Builds everything the package needs to run: the schema validator, the C binary, and the two bundles.
import { build } from "esbuild";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { buildNative } from "../native/build.mjs";
import { lazyDependencies } from "./lazy-dependencies.mjs";

const schemaBuild = new URL("../schema/build.mjs", import.meta.url);
if (existsSync(schemaBuild)) await (await import(schemaBuild.href)).buildSchema();
if (process.platform === "linux") buildNative();

const outdir = "dist";
const { metafile } = await build({
  entryPoints: { cli: "src/cli/main.ts", engine: "src/engine/main.ts" },
  outdir,
  metafile: true,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  splitting: true,
  sourcemap: "linked",
  plugins: [lazyDependencies],
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});

// Processes of an earlier build that still run load their parts when they need them, so those stay for a while.
const staleBefore = Date.now() - 60 * 60 * 1000;
for (const name of readdirSync(outdir)) {
  const path = `${outdir}/${name}`;
  if (!/\.js(\.map)?$/.test(name) || path in metafile.outputs) continue;
  if (statSync(path).mtimeMs < staleBefore) rmSync(path);
}
