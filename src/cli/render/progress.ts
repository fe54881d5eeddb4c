// What a plan's execution looks like while it goes on. Four ways to show it; all write to standard error.
import type { Plan } from "../../planner/index.ts";
import type { ReconcileEvent } from "../../reconciler/index.ts";

/** Value of `--progress`; `auto` has been decided. */
export type ProgressMode = "tty" | "plain" | "json" | "quiet";

/** Shows one plan being carried out. */
export interface ProgressView {
  event(event: ReconcileEvent): void;
  /** Prints something of another origin without disturbing what is shown. */
  aside(print: () => void): void;
  /** Shows the final state, and lets go of the terminal. */
  end(): Promise<void>;
}

/** Decides the mode as docker compose does; throws a RangeError with its text where flags contradict each other. */
export function chooseProgressMode(choice: {
  readonly requested: string;
  readonly ansi: "auto" | "always" | "never";
  readonly terminal: boolean;
}): ProgressMode {
  const { requested, ansi, terminal } = choice;
  switch (requested) {
    case "":
    case "auto":
      if (ansi === "never") return "plain";
      return terminal ? "tty" : "plain";
    case "tty":
      if (ansi === "never") throw new RangeError("can't use --progress tty while ANSI support is disabled");
      return "tty";
    case "plain":
      if (ansi === "always") throw new RangeError("can't use --progress plain while ANSI support is forced");
      return "plain";
    case "json":
      return "json";
    case "quiet":
    case "none":
      return "quiet";
    default:
      throw new RangeError(`unsupported --progress value "${requested}"`);
  }
}

/** What a view is opened with. */
export interface ProgressRequest {
  readonly mode: ProgressMode;
  /** The operation's name: "up", "down". */
  readonly operation: string;
  readonly plan: Plan;
  /** Resources that are named as running, since the plan leaves them alone. */
  readonly unchanged: readonly string[];
  readonly terminal: { write(text: string): unknown; readonly rows?: number; readonly columns?: number };
  readonly color: boolean;
}

/** Opens the view for a mode. */
export async function openProgress(request: ProgressRequest): Promise<ProgressView> {
  const write = (text: string): void => void request.terminal.write(text);
  switch (request.mode) {
    case "plain":
      for (const resource of request.unchanged) write(` ${resource} Running \n`);
      return lineView((event) => {
        const line = plainLine(event);
        if (line !== undefined) write(`${line}\n`);
      });
    case "json":
      for (const id of request.unchanged) {
        write(`${JSON.stringify({ id, status: "Done", text: "Running" })}\n`);
      }
      return lineView((event) => {
        if (!isInner(event)) write(`${JSON.stringify(jsonRecord(event))}\n`);
      });
    case "quiet":
      return lineView(() => undefined);
    case "tty": {
      const { openLiveProgress } = await import("./live-progress.ts");
      return openLiveProgress(request);
    }
  }
}

function lineView(show: (event: ReconcileEvent) => void): ProgressView {
  return { event: show, aside: (print) => print(), end: async () => undefined };
}

/** True for a step inside a replacement that goes well: the replacement has been told as a whole. */
function isInner(event: ReconcileEvent): boolean {
  return event.inner === true && event.type !== "failed";
}

/** ` Container demo-web-1 Creating `; undefined for what is not worth a line of its own. */
function plainLine(event: ReconcileEvent): string | undefined {
  if (event.type === "progress" || isInner(event)) return undefined;
  const details = event.type === "failed" ? event.failure.message : "";
  return ` ${event.resource} ${event.text} ${details}`;
}

/** The record of `--progress json`, with docker compose's keys. */
function jsonRecord(event: ReconcileEvent): Readonly<Record<string, unknown>> {
  const base = { id: event.resource, status: statusOf(event), text: event.text };
  if (event.type === "failed") return { ...base, details: event.failure.message };
  if (event.type !== "progress") return base;
  const { part, current, total } = event;
  return {
    ...base,
    ...(part === undefined ? {} : { id: part, parent_id: event.resource }),
    ...(current === undefined ? {} : { current }),
    ...(total === undefined ? {} : { total }),
    ...(current === undefined || !total ? {} : { percent: Math.floor((current * 100) / total) }),
  };
}

function statusOf(event: ReconcileEvent): "Working" | "Done" | "Warning" | "Error" {
  switch (event.type) {
    case "started":
      return "Working";
    case "progress":
      return event.isWarning === true ? "Warning" : "Working";
    case "done":
      return "Done";
    case "failed":
      return event.tolerated ? "Warning" : "Error";
    case "skipped":
      return "Warning";
  }
}
