// Builds everything the package needs to run: the schema validator, the C binary, and the two bundles.
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { buildNative } from "../native/build.mjs";

const schemaBuild = new URL("../schema/build.mjs", import.meta.url);
if (existsSync(schemaBuild)) await (await import(schemaBuild.href)).buildSchema();
if (process.platform === "linux") buildNative();

await build({
  entryPoints: { cli: "src/cli/main.ts", engine: "src/engine/main.ts" },
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  splitting: true,
  sourcemap: "linked",
  external: ["cpu-features", "*.node", "dockerode"],
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
