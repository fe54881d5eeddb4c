// Runs the measured claims: `npm run bench` for all, `npm run bench -- start idle` for some, `--quick` for few rounds.
// Each claim prints both sides and their ratio, and says whether its goal is met; a missed goal is exit status 1.
import { build } from "esbuild";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// Node reads all of these certificates at every start: that would be most of what short commands take.
delete process.env.NODE_EXTRA_CA_CERTS;

const here = fileURLToPath(new URL(".", import.meta.url));
const words = process.argv.slice(2);
const quick = words.includes("--quick");
const wanted = words.filter((word) => !word.startsWith("--"));

const names = (await readdir(here))
  .filter((name) => name.endsWith(".bench.ts"))
  .map((name) => name.slice(0, -".bench.ts".length));
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(", ")} (there are: ${names.join(", ")})`);
  process.exit(1);
}

// Beside the sources, so that `import.meta.url` still tells where the package is.
const compiled = await mkdtemp(join(here, ".compiled-"));
let missed = 0;
try {
  await build({
    entryPoints: names.map((name) => join(here, `${name}.bench.ts`)),
    outdir: compiled,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    define: { "process.env.SLIPWAY_PACKAGE": JSON.stringify(join(here, "..")) },
  });
  for (const name of wanted.length > 0 ? wanted : names) {
    const { bench } = await import(pathToFileURL(join(compiled, `${name}.bench.mjs`)).href);
    console.log(`\n${name}: ${bench.claim}`);
    for await (const row of bench.run({ quick })) {
      console.log(`  ${row.text}`);
      if (row.met === false) missed += 1;
    }
  }
} finally {
  await rm(compiled, { recursive: true, force: true });
}
if (missed > 0 && !quick) {
  console.error(`\n${missed} goal(s) missed`);
  process.exit(1);
}
