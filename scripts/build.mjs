// Builds everything the package needs to run: the schema validator, the C binary, the command line and the engine.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { buildNative } from "../native/build.mjs";
import { lazyModules } from "./lazy-modules.mjs";

const schemaBuild = new URL("../schema/build.mjs", import.meta.url);
if (existsSync(schemaBuild)) await (await import(schemaBuild.href)).buildSchema();
if (process.platform === "linux") buildNative();

const outdir = "dist";
mkdirSync(outdir, { recursive: true });
const common = {
  outdir,
  metafile: true,
  bundle: true,
  platform: "node",
  target: "node20.19",
  sourcemap: "linked",
  logLevel: "warning",
};

/** CommonJS starts some milliseconds sooner than modules do, and a single script can be kept compiled. */
const script = {
  ...common,
  format: "cjs",
  define: { "import.meta.dirname": "__dirname" },
  // import() of what is not in the bundle becomes require().
  supported: { "dynamic-import": false },
};

const program = await build({
  ...script,
  entryPoints: { program: "src/cli/run.ts" },
  plugins: [lazyModules],
  // One function, which the command line calls once it has it compiled.
  banner: { js: "(function (exports, require, module, __filename, __dirname) {" },
  footer: { js: "})" },
  legalComments: "none",
  // A third less to read at each start. Names stay, and lines stay short: both are for whoever reads a stack trace.
  minifyWhitespace: true,
  lineLimit: 120,
  write: false,
});
const digest = createHash("sha256");
for (const { path, text } of program.outputFiles) {
  // What is ASCII is read without being decoded. An escape means the same in strings, expressions and comments.
  const ascii = text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  writeFileSync(path, path.endsWith(".js") ? ascii : text);
  digest.update(ascii);
}
const cli = await build({
  ...script,
  entryPoints: { cli: "src/cli/main.ts" },
  outExtension: { ".js": ".cjs" },
  define: { ...script.define, PROGRAM_DIGEST: JSON.stringify(digest.digest("hex").slice(0, 16)) },
});
const engine = await build({
  ...common,
  entryPoints: { engine: "src/engine/main.ts" },
  format: "esm",
  splitting: true,
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});

// Processes of an earlier build that still run load their parts when they need them, so those stay for a while.
const outputs = new Set([program, cli, engine].flatMap(({ metafile }) => Object.keys(metafile.outputs)));
const staleBefore = Date.now() - 60 * 60 * 1000;
for (const name of readdirSync(outdir)) {
  const path = `${outdir}/${name}`;
  if (!/\.c?js(\.map)?$/.test(name) || outputs.has(path)) continue;
  if (statSync(path).mtimeMs < staleBefore) rmSync(path);
}
