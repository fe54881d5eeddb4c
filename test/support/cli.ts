// Runs the built command line the way a shell would.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The program that users call; `npm run build` must have been run. */
export const slipwayProgram = fileURLToPath(new URL("../../bin/slipway", import.meta.url));

/** Where the commands of all tests keep the code that they compile, as those of a user do in the user's home. */
const compiledCode = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
mkdirSync(compiledCode, { recursive: true });

/** What a command line did. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how to run it. */
export interface CliOptions {
  readonly cwd: string;
  /** Added to an environment that has only PATH and HOME; HOME is the working folder. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
}

/** Runs `slipway` with these arguments to its end. */
export function runSlipway(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const { cwd, env, input = "" } = options;
  const child = spawn(process.execPath, [slipwayProgram, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, XDG_CACHE_HOME: compiledCode, TZ: "UTC", ...env },
  });
  child.stdin.end(input);
  const pieces: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  child.stdout.on("data", (piece: Buffer) => pieces.stdout.push(piece));
  child.stderr.on("data", (piece: Buffer) => pieces.stderr.push(piece));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const [stdout, stderr] = [pieces.stdout, pieces.stderr].map((each) => Buffer.concat(each).toString());
      resolve({ code, stdout: stdout ?? "", stderr: stderr ?? "" });
    });
  });
}
