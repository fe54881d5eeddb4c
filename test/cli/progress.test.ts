// Progress in its four modes.
import { describe, expect, it } from "vitest";
import { chooseProgressMode, openProgress, type ProgressMode } from "../../src/cli/render/progress.ts";
import type { Plan, Step } from "../../src/planner/index.ts";
import type { ReconcileEvent } from "../../src/reconciler/index.ts";

describe("the mode", () => {
  it.each([
    ["auto", "auto", true, "tty"],
    ["auto", "auto", false, "plain"],
    ["auto", "never", true, "plain"],
    ["tty", "auto", false, "tty"],
    ["plain", "auto", true, "plain"],
    ["json", "auto", true, "json"],
    ["quiet", "auto", true, "quiet"],
    ["none", "auto", true, "quiet"],
  ] as const)("%s, ansi %s, terminal %s: %s", (requested, ansi, terminal, expected) => {
    expect(chooseProgressMode({ requested, ansi, terminal })).toBe(expected);
  });

  it.each([
    ["tty", "never", "can't use --progress tty while ANSI support is disabled"],
    ["plain", "always", "can't use --progress plain while ANSI support is forced"],
    ["rich", "auto", 'unsupported --progress value "rich"'],
  ] as const)("%s with ansi %s is refused", (requested, ansi, message) => {
    expect(() => chooseProgressMode({ requested, ansi, terminal: true })).toThrow(message);
  });
});

function network(name: string): Step {
  const base = { cause: "it does not exist", after: [], afterEnd: [], destructive: false };
  return { ...base, id: `create ${name}`, kind: "createNetwork", args: { name, body: { Name: name } } };
}

const steps = [network("a"), network("b")];
const plan: Plan = { project: "demo", steps };

function events(): ReconcileEvent[] {
  const [a, b] = steps as [Step, Step];
  const failure = { step: b.id, code: "conflict", message: "it is taken", resource: "Network b" };
  return [
    { type: "started", step: a, resource: "Network a", text: "Creating" },
    { type: "progress", step: a, resource: "Network a", text: "Creating", part: "x", current: 1, total: 4 },
    { type: "done", step: a, resource: "Network a", text: "Removed", elapsedMs: 3, inner: true },
    { type: "done", step: a, resource: "Network a", text: "Created", elapsedMs: 3 },
    { type: "failed", step: b, resource: "Network b", text: "Error", failure, tolerated: false },
  ];
}

async function show(mode: ProgressMode, rows = 24): Promise<string> {
  let written = "";
  const view = await openProgress({
    mode,
    operation: "up",
    plan,
    unchanged: ["Container c"],
    terminal: { write: (text) => (written += text), rows, columns: 60 },
    color: false,
  });
  for (const event of events()) view.event(event);
  await view.end();
  return written;
}

it("plain is a line for each change", async () => {
  expect(await show("plain")).toBe(
    " Container c Running \n Network a Creating \n Network a Created \n Network b Error it is taken\n",
  );
});

it("json is an object for each change", async () => {
  const records = (await show("json"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(records).toEqual([
    { id: "Container c", status: "Done", text: "Running" },
    { id: "Network a", status: "Working", text: "Creating" },
    {
      id: "x",
      parent_id: "Network a",
      status: "Working",
      text: "Creating",
      current: 1,
      total: 4,
      percent: 25,
    },
    { id: "Network a", status: "Done", text: "Created" },
    { id: "Network b", status: "Error", text: "Error", details: "it is taken" },
  ]);
});

it("quiet is nothing", async () => {
  expect(await show("quiet")).toBe("");
});

it("a terminal ends with the final state of each resource", async () => {
  const written = await show("tty");
  expect(written).toMatch(/✔ Container c {2}Running/);
  const last = written.split("\u001b[?2026h").at(-1) ?? "";
  expect(last).toContain("[+] up 3/3");
  expect(last).toMatch(/✔ Network a {4}Created +0\.0s/);
  expect(last).toMatch(/✘ Network b {4}Error it is taken/);
});

it("a terminal that is too small shows what fits, and how much does not", async () => {
  const last = (await show("tty", 5)).split("\u001b[?2026h").at(-1) ?? "";
  expect(last).toContain(" ... 1 more");
});
