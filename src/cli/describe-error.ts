import { EngineClientError } from "../client/index.ts";
import { CliError } from "./cli-error.ts";

/** What to say about a thrown value. A bug keeps its stack trace, since that is what its report needs. */
export function describeError(error: unknown): { readonly message: string; readonly hint?: string } {
  if (error instanceof CliError) return withHint(error.message, error.hint);
  if (error instanceof EngineClientError) {
    const message = error.resource === "engine" ? error.message : `${error.resource}: ${error.message}`;
    return withHint(message, error.hint);
  }
  if (error instanceof Error) return { message: error.stack ?? error.message };
  return { message: String(error) };
}

function withHint(message: string, hint: string | undefined): { message: string; hint?: string } {
  return hint === undefined ? { message } : { message, hint };
}
