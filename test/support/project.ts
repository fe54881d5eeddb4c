import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { EngineUnderTest } from "./engines.ts";
import { succeed, type CommandOptions, type CommandResult } from "./processes.ts";

/** A Compose project in a folder of its own, used through the command line. */
export interface TestProject {
  readonly name: string;
  readonly folder: string;
  slipway(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** The same; throws with everything printed when it fails. Returns stdout. */
  succeed(...args: string[]): Promise<string>;
}

/** Writes the files (paths relative to the project's folder; compose.yaml is one of them) and names the project after `name`. */
export async function makeProject(
  engine: EngineUnderTest,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<TestProject> {
  const folder = await engine.folder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  if (engine.user !== undefined) await succeed("chown", ["-R", engine.user.name, folder]);
  const slipway = (args: readonly string[], options?: CommandOptions): Promise<CommandResult> =>
    engine.slipway(
      ["-p", name, "--project-directory", folder, "-f", join(folder, "compose.yaml"), ...args],
      options,
    );
  return {
    name,
    folder,
    slipway,
    async succeed(...args) {
      const result = await slipway(args);
      if (result.code !== 0)
        throw new Error(
          `slipway ${args.join(" ")} exited with ${result.code}\n${result.stderr}\n${result.stdout}`,
        );
      return result.stdout;
    },
  };
}
