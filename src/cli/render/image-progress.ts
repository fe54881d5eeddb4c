// Progress of a pull, push or load: a region with one line for each layer on a terminal, a line for each step elsewhere.
import type { ApiObject } from "../../client/index.ts";
import type { CommandContext } from "../context.ts";
import { LiveRegion } from "./live-region.ts";
import { clipText } from "./text-width.ts";

/** Reads the stream to its end; what it says goes to standard error. */
export async function showProgress(
  context: CommandContext,
  lines: AsyncIterable<ApiObject>,
  options: { readonly quiet: boolean },
): Promise<void> {
  const { stderr } = context;
  const region = stderr.isTTY === true && !options.quiet ? new LiveRegion(stderr) : undefined;
  const layers = new Map<string, string>();
  try {
    for await (const line of lines) {
      if (options.quiet) continue;
      const text = textOf(line);
      if (text === "") continue;
      const { id } = line;
      if (region === undefined || typeof id !== "string" || !("progressDetail" in line)) {
        // Amounts change all the time: without a terminal only steps are told.
        if (typeof line["progress"] === "string") continue;
        region?.clear();
        stderr.write(`${typeof id === "string" ? `${id}: ` : ""}${text}\n`);
      } else {
        layers.set(id, text);
      }
      region?.update(frame(layers, region.size));
    }
  } finally {
    region?.release();
  }
}

function textOf(line: ApiObject): string {
  const { status, stream, progress } = line;
  if (typeof stream === "string") return stream.trimEnd();
  if (typeof status !== "string") return "";
  return typeof progress === "string" ? `${status} ${progress}` : status;
}

function frame(layers: ReadonlyMap<string, string>, size: { rows: number; columns: number }): string[] {
  const room = Math.max(1, size.rows - 2);
  const lines = [...layers].map(([id, text]) => clipText(`${id}: ${text}`, size.columns - 1));
  return lines.slice(-room);
}
