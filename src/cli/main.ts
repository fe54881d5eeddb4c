// The entry. The version is answered before anything else is loaded; the rest is one import away.
import { VERSION } from "./version.ts";

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-v")) {
  process.stdout.write(`Slipway version v${VERSION}\n`);
} else {
  const { runProcess } = await import("./run.ts");
  await runProcess(argv);
}
