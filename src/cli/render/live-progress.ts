// The live list of a terminal. listr2 runs one task for each resource; the drawing is our own, since its own renderer
// wraps every line anew at every event and blocks the process with more than a few tasks.
import { once } from "node:events";
import { Listr, type ListrRendererFactory } from "listr2";
import { stepResource } from "../../planner/index.ts";
import type { ReconcileEvent } from "../../reconciler/index.ts";
import { painter, type Paint } from "./color.ts";
import { LiveRegion } from "./live-region.ts";
import type { ProgressRequest, ProgressView } from "./progress.ts";
import { clipText, textWidth } from "./text-width.ts";

const FRAME_MS = 100;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Lines that stay free: the heading, the line that counts what is hidden, and the cursor's. */
const RESERVED_ROWS = 3;

type Outcome = "waiting" | "working" | "done" | "warning" | "error";

/** What is known of one resource while its steps go on. */
interface ResourceState {
  readonly name: string;
  readonly steps: Set<string>;
  outcome: Outcome;
  text: string;
  details: string;
  startedAt: number | undefined;
  elapsedMs: number;
  readonly settle: () => void;
  readonly settled: Promise<void>;
}

/** Shows a plan as a list with one line for each resource; nothing is drawn for an empty plan. */
export function openLiveProgress(request: ProgressRequest): ProgressView {
  const region = new LiveRegion(request.terminal);
  const resources = resourcesOf(request);
  const paint = painter(request.color);
  const draw = (): void => region.update(frame(request.operation, resources, region.size, paint));
  const list = runList(resources, draw);
  return {
    event: (event) => apply(resources, event),
    aside: (print) => {
      region.clear();
      print();
    },
    end: async () => {
      for (const resource of resources.values()) resource.settle();
      await list;
      draw();
      region.release();
    },
  };
}

function resourcesOf({ plan, unchanged }: ProgressRequest): Map<string, ResourceState> {
  const resources = new Map<string, ResourceState>();
  for (const name of unchanged) {
    resources.set(name, {
      name,
      steps: new Set(),
      outcome: "done",
      text: "Running",
      details: "",
      startedAt: undefined,
      elapsedMs: 0,
      settle: () => undefined,
      settled: Promise.resolve(),
    });
  }
  for (const step of plan.steps) {
    const name = stepResource(step);
    const known = resources.get(name);
    if (known !== undefined) {
      known.steps.add(step.id);
      continue;
    }
    const ending = new AbortController();
    const settled = once(ending.signal, "abort").then(() => undefined);
    const settle = (): void => ending.abort();
    const fresh = {
      outcome: "waiting" as Outcome,
      text: "",
      details: "",
      startedAt: undefined,
      elapsedMs: 0,
    };
    resources.set(name, { name, steps: new Set([step.id]), ...fresh, settle, settled });
  }
  return resources;
}

/** Runs the tasks; each lasts until its resource is settled. The renderer is given the clock, and nothing else. */
async function runList(resources: ReadonlyMap<string, ResourceState>, draw: () => void): Promise<void> {
  class FrameRenderer {
    static readonly nonTTY = true;
    static readonly rendererOptions = {};
    static readonly rendererTaskOptions = {};
    #timer: NodeJS.Timeout | undefined;

    render(): void {
      draw();
      this.#timer = setInterval(draw, FRAME_MS);
      this.#timer.unref();
    }

    end(): void {
      clearInterval(this.#timer);
    }
  }
  const tasks = [...resources.values()].map((resource) => ({
    title: resource.name,
    task: () => resource.settled,
  }));
  const list = new Listr(tasks, {
    concurrent: true,
    renderer: FrameRenderer as unknown as ListrRendererFactory,
    // Ctrl-C belongs to the command, which has to stop containers first.
    registerSignalListeners: false,
  });
  await list.run();
}

function apply(resources: ReadonlyMap<string, ResourceState>, event: ReconcileEvent): void {
  const resource = resources.get(event.resource);
  if (resource === undefined) return;
  resource.text = event.text;
  resource.startedAt ??= performance.now();
  switch (event.type) {
    case "started":
      resource.outcome = "working";
      return;
    case "progress":
      resource.details = percentage(event.current, event.total);
      return;
    case "done":
      resource.details = "";
      resource.outcome = resource.outcome === "error" ? "error" : "done";
      break;
    case "skipped":
      resource.outcome = resource.outcome === "error" ? "error" : "warning";
      break;
    case "failed":
      resource.outcome = event.tolerated ? "warning" : "error";
      resource.details = event.failure.message.split("\n", 1)[0] ?? "";
      break;
  }
  resource.elapsedMs = performance.now() - resource.startedAt;
  resource.steps.delete(event.step.id);
  if (resource.steps.size === 0) resource.settle();
}

function percentage(current: number | undefined, total: number | undefined): string {
  return current === undefined || !total ? "" : `${Math.floor((current * 100) / total)}%`;
}

function frame(
  operation: string,
  resources: ReadonlyMap<string, ResourceState>,
  size: { rows: number; columns: number },
  paint: Paint,
): string[] {
  const shown = [...resources.values()].filter((resource) => resource.outcome !== "waiting");
  if (resources.size === 0) return [];
  const done = shown.filter((resource) => resource.steps.size === 0).length;
  const room = Math.max(1, size.rows - RESERVED_ROWS);
  // What goes on is worth more than what is over.
  const hidden = Math.max(0, shown.length - room);
  const visible = hidden === 0 ? shown : shown.toSorted(workingFirst).slice(0, room);
  const nameWidth = Math.max(0, ...visible.map((resource) => textWidth(resource.name)));
  const heading = `[+] ${operation} ${done}/${resources.size}`;
  const lines = visible.map((resource) => resourceLine(resource, nameWidth, size.columns, paint));
  return [heading, ...lines, ...(hidden === 0 ? [] : [` ... ${hidden} more`])];
}

function workingFirst(a: ResourceState, b: ResourceState): number {
  return Number(a.steps.size === 0) - Number(b.steps.size === 0);
}

function resourceLine(resource: ResourceState, nameWidth: number, columns: number, paint: Paint): string {
  const now = performance.now();
  const over = resource.steps.size === 0;
  const elapsed = over ? resource.elapsedMs : now - (resource.startedAt ?? now);
  const time = `${(elapsed / 1000).toFixed(1)}s`;
  const padding = " ".repeat(nameWidth - textWidth(resource.name));
  const text = [resource.text, resource.details].filter((part) => part !== "").join(" ");
  const left = clipText(`${resource.name}${padding}  ${text}`, Math.max(1, columns - time.length - 5));
  const gap = " ".repeat(Math.max(1, columns - textWidth(left) - time.length - 4));
  return ` ${glyph(resource, over, now, paint)} ${left}${gap}${paint("dim", time)}`;
}

function glyph(resource: ResourceState, over: boolean, now: number, paint: Paint): string {
  if (resource.outcome === "error") return paint("red", "✘");
  if (resource.outcome === "warning") return paint("yellow", "!");
  if (over) return paint("green", "✔");
  return paint("cyan", SPINNER[Math.floor(now / FRAME_MS) % SPINNER.length] ?? "⠋");
}
