// What has been acknowledged would survive a power failure: the order in which things reach the disk, as the kernel is asked for it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { run } from "../../support/processes.ts";
import { makeArchive } from "../../native/archive-trees.ts";
import { dockerArchive } from "./image-archives.ts";
import { pullStage, pullUnavailable, type PullStage } from "./pull-stage.ts";
import { answersFor } from "./scripted-registry.ts";

const strace = await run("strace", ["-e", "trace=none", "true"]).catch((error: unknown) => String(error));
const unavailable =
  pullUnavailable ??
  (typeof strace === "string" || strace.code !== 0 ? "strace is not installed or may not trace" : undefined);
if (unavailable !== undefined) console.warn(`what is acknowledged is on disk: skipped, ${unavailable}`);

async function collect(lines: AsyncIterable<object>): Promise<object[]> {
  const all: object[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

const CALLS = "trace=rename,renameat,renameat2,fsync,fdatasync,syncfs";

/** What this process and those it starts have the disk do while some work is done, in order; names that change are made plain. */
async function diskCalls(root: string, work: () => Promise<unknown>): Promise<string[]> {
  const log = join(root, "strace.log");
  const tracer = spawn("strace", ["-f", "-y", "-e", CALLS, "-o", log, "-p", String(process.pid)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const gone = once(tracer, "exit");
  try {
    for await (const line of createInterface(tracer.stderr)) if (line.includes("attached")) break;
    await work();
  } finally {
    tracer.kill("SIGINT");
    await gone;
  }
  return readCalls(readFileSync(log, "utf8"), root);
}

/** Of calls that took a while, strace tells the beginning and the end apart: they count from their end. */
function readCalls(log: string, root: string): string[] {
  const begun = new Map<string, string>();
  const calls: string[] = [];
  for (const line of log.split("\n")) {
    const [, pid = "", text = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(text)?.[1];
    if (unfinished !== undefined) {
      begun.set(pid, unfinished);
      continue;
    }
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const whole = rest === undefined ? text : `${begun.get(pid) ?? ""}${rest}`;
    if (!whole.includes(root) || !whole.endsWith("= 0")) continue;
    const name = /^\w+/.exec(whole)?.[0].replace(/^renameat2?$/, "rename");
    const paths = [...whole.matchAll(/[<"](\/[^>"]*)[>"]/g)].map(([, path = ""]) =>
      path
        .slice(root.length + 1)
        .replace(/[0-9a-f]{64}/g, "ID")
        .replace(/\.(new|part)-(ID|[0-9a-f]{16})/, ".fresh")
        .replace(/\.json\..*tmp$/, ".json.tmp"),
    );
    calls.push([name, ...paths].join(" "));
  }
  return calls;
}

const bringing: readonly (readonly [string, (stage: PullStage) => Promise<unknown>])[] = [
  [
    "load",
    async ({ images, image }) => {
      const archive = await dockerArchive([{ image, names: ["x:1"] }]);
      return collect(images.load(Readable.from([archive])));
    },
  ],
  [
    "import",
    async ({ images }) => {
      const archive = await makeArchive([{ name: "f", contents: "of its own" }]);
      return collect(images.import(Readable.from([archive]), { changes: [], repo: "x", tag: "1" }));
    },
  ],
  [
    "pull",
    async (stage) => {
      const { host } = await stage.serve(answersFor(stage.image));
      return stage.pull(host);
    },
  ],
];

describe.skipIf(unavailable !== undefined)("a layer", () => {
  const stage = pullStage();

  test.each(bringing)("is on disk before its image is: %s", async (_way, bring) => {
    const calls = await diskCalls(stage.root, () => bring(stage));
    const expected = [
      "syncfs layers/.fresh",
      "rename blobs/.fresh blobs/ID",
      "rename blobs/ID.json.tmp blobs/ID.json",
      "fsync blobs",
      "rename layers/.fresh layers/ID",
      "fsync layers",
      "rename images/ID.json.tmp images/ID.json",
      "fsync images",
      "rename images/repositories.json.tmp images/repositories.json",
    ];
    expect(calls.filter((call) => expected.includes(call)).slice(0, expected.length)).toEqual(expected);
    expect(calls.indexOf("fsync blobs/.fresh")).toBeGreaterThan(-1);
    expect(calls.indexOf("fsync blobs/.fresh")).toBeLessThan(calls.indexOf("rename blobs/.fresh blobs/ID"));
  });

  test("is gone from disk after its image is", async () => {
    const archive = await dockerArchive([{ image: stage.image, names: ["x:1"] }]);
    await collect(stage.images.load(Readable.from([archive])));
    const calls = await diskCalls(stage.root, () =>
      stage.images.remove("x:1", { force: false, noprune: false }),
    );
    const synced = calls.lastIndexOf("fsync images");
    const removed = calls.findIndex((call) => call.startsWith("rename layers/ID"));
    expect(synced).toBeGreaterThan(calls.findIndex((call) => call.startsWith("rename images/repositories")));
    expect(removed).toBeGreaterThan(synced);
  });
});
