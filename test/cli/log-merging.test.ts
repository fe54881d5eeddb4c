// Logs of several containers as one.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { LogMerger } from "../../src/cli/log-merging.ts";
import type { LogRecord } from "../../src/cli/log-records.ts";

function record(container: string, second: number, text = ""): LogRecord {
  return { container, time: `2026-01-01T00:00:${String(second).padStart(2, "0")}.000000000Z`, text };
}

async function* from(records: readonly LogRecord[]): AsyncGenerator<LogRecord, void, void> {
  for (const each of records) {
    await new Promise((resolve) => setImmediate(resolve));
    yield each;
  }
}

async function collect(merger: LogMerger): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of merger.batches()) records.push(...batch);
  return records;
}

it("gives all records of all logs in the order of time, each log in its own order", async () => {
  const log = fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(log, { minLength: 1, maxLength: 5 }), async (logs) => {
      const merger = new LogMerger();
      const all = logs.map((seconds, index) =>
        seconds.toSorted((a, b) => a - b).map((second, at) => record(String(index), second, String(at))),
      );
      for (const records of all) void merger.add(from(records));
      merger.close();
      const merged = await collect(merger);
      expect(merged.map(({ time }) => time)).toEqual(
        all
          .flat()
          .map(({ time }) => time)
          .toSorted(),
      );
      for (const [index, records] of all.entries()) {
        expect(merged.filter(({ container }) => container === String(index))).toEqual(records);
      }
    }),
    { numRuns: 30 },
  );
});

async function* silentUntil(signal: AbortSignal): AsyncGenerator<LogRecord, void, void> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  yield* [];
}

it("does not wait longer than its window for a log that is silent", async () => {
  const merger = new LogMerger(5);
  const silent = new AbortController();
  void merger.add(silentUntil(silent.signal));
  void merger.add(from([record("a", 1)]));
  merger.close();
  const records = merger.batches();
  expect((await records.next()).value).toEqual([record("a", 1)]);
  silent.abort();
  expect((await records.next()).done).toBe(true);
});

it("compares times with fewer digits and other zones", async () => {
  const merger = new LogMerger();
  void merger.add(from([{ container: "a", time: "2026-01-01T02:00:02.5+02:00", text: "second" }]));
  void merger.add(from([{ container: "b", time: "2026-01-01T00:00:01Z", text: "first" }]));
  merger.close();
  expect((await collect(merger)).map(({ text }) => text)).toEqual(["first", "second"]);
});

it("holds a log back whose records nobody takes yet", async () => {
  let read = 0;
  async function* endless(): AsyncGenerator<LogRecord, void, void> {
    for (;;) {
      read += 1;
      yield record("a", 0);
    }
  }
  const merger = new LogMerger(0);
  void merger.add(endless());
  const records = merger.batches();
  await records.next();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(read).toBeLessThan(1000);
  await records.return();
});

async function* broken(): AsyncGenerator<LogRecord, void, void> {
  yield record("a", 1);
  throw new Error("cut off");
}

it("fails as the reading of a log fails", async () => {
  const merger = new LogMerger();
  void merger.add(broken());
  merger.close();
  await expect(collect(merger)).rejects.toThrow("cut off");
});
