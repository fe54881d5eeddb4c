// The entry. The version is answered before anything else is loaded; the rest is one script away.
import { homedir } from "node:os";
import { join } from "node:path";
import { codeFolder, loadCompiled } from "./compiled-program.ts";
import type { runProcess } from "./run.ts";
import { VERSION } from "./version.ts";

/** A digest of the program's text, put in by the build. */
declare const PROGRAM_DIGEST: string;

/** Commands whose code is kept, each by itself: what one does not need it does not read. */
const KEPT_COMMANDS = ["up", "down", "ps", "logs", "exec", "config", "plan", "start", "stop", "restart"];

function run(argv: readonly string[]): void {
  const uid = process.getuid?.();
  const folder = codeFolder({ env: process.env, home: homedir(), uid });
  const command = argv.find((word) => KEPT_COMMANDS.includes(word)) ?? "others";
  const name = `${PROGRAM_DIGEST}-${process.version}-${process.arch}-${command}`;
  const program = loadCompiled<{ runProcess: typeof runProcess }>(
    join(import.meta.dirname, "program.js"),
    folder === undefined ? undefined : join(folder, name),
  );
  void program.exports.runProcess(argv, program.keepCode);
}

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-v")) {
  process.stdout.write(`Slipway version v${VERSION}\n`);
} else {
  run(argv);
}
