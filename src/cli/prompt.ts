import { createInterface } from "node:readline/promises";
import type { CommandContext } from "./context.ts";

/**
 * Asks `question [y/N]` on standard error. On a terminal y and yes mean yes; otherwise one line is read from standard
 * input, and only what Go takes for true does. No answer means no.
 */
export async function askYesNo(context: CommandContext, question: string): Promise<boolean> {
  const { stdin, stderr } = context;
  const terminal = stdin.isTTY === true;
  const lines = createInterface({ input: stdin, output: stderr, terminal });
  try {
    const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    const asked = lines.question(`${question} [y/N] `, { signal: context.interrupts.signal });
    const answer = (await Promise.race([asked, ended])).trim().toLowerCase();
    return terminal ? ["y", "yes"].includes(answer) : ["true", "t", "1"].includes(answer);
  } finally {
    lines.close();
  }
}
