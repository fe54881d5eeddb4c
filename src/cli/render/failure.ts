// Steps that failed: which service, why, and what its container had to say.
import type { StepFailure } from "../../reconciler/index.ts";
import type { Paint } from "./color.ts";

const HINTS: Readonly<Record<string, string>> = {
  "port-in-use": "another container or program has this port; publish another one, or stop what has it",
  "command-not-found": "check `command` and `entrypoint`, and that the image has the program",
  "image-not-found": "check the image's name; a private registry needs a login",
  unauthorized: "log in to the registry first",
};

/** All failures, each with its service, reason and log; ends with a line break. */
export function formatFailures(failures: readonly StepFailure[], paint: Paint): string {
  return failures.map((failure) => formatFailure(failure, paint)).join("");
}

function formatFailure(failure: StepFailure, paint: Paint): string {
  const { service, resource, message } = failure;
  const subject = service === undefined ? resource : `service "${service}" (${lowerFirst(resource)})`;
  const lines = [`${paint("red", "error:")} ${subject}: ${message}`];
  if (failure.healthOutput !== undefined) {
    lines.push("  last health check:", ...quote(failure.healthOutput.split("\n"), paint));
  }
  if (failure.logTail !== undefined) {
    lines.push(`  last lines of its log:`, ...quote(failure.logTail, paint));
  }
  const hint = HINTS[failure.code];
  if (hint !== undefined) lines.push(`  ${paint("cyan", "hint:")} ${hint}`);
  return `${lines.join("\n")}\n`;
}

function quote(lines: readonly string[], paint: Paint): string[] {
  return lines.map((line) => `  ${paint("dim", "|")} ${line}`);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
