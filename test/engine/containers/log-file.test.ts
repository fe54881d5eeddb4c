import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LogFile } from "../../../src/engine/containers/log-file.ts";
import { parseRecord, RecordFormat, secondsOf } from "../../../src/engine/containers/log-record.ts";

const record = (line: string): ReturnType<typeof parseRecord> => parseRecord(Buffer.from(line));

describe("a log file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-log-"));
    path = join(folder, "log");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function lines(tail?: number): Promise<string[]> {
    const file = await LogFile.open(path, { tail });
    if (file === undefined) throw new Error("no file");
    const read: string[] = [];
    for (let next = await file.next(); next !== undefined; next = await file.next()) {
      read.push(...next.map((line) => line.toString()));
    }
    await file.close();
    return read;
  }

  it("may be missing, or empty", async () => {
    expect(await LogFile.open(path)).toBeUndefined();
    writeFileSync(path, "");
    expect(await lines()).toEqual([]);
    expect(await lines(3)).toEqual([]);
  });

  it("is read whole, without a torn last line", async () => {
    writeFileSync(path, "a\nb\n\nc\nto");
    expect(await lines()).toEqual(["a", "b", "", "c"]);
  });

  it.each([
    [0, []],
    [1, ["c"]],
    [2, ["b", "c"]],
    [3, ["a", "b", "c"]],
    [99, ["a", "b", "c"]],
  ])("gives its last %d lines", async (tail, expected) => {
    writeFileSync(path, "a\nb\nc\n");
    expect(await lines(tail)).toEqual(expected);
    appendFileSync(path, "torn");
    expect(await lines(tail)).toEqual(expected);
  });

  it("gives last lines that are longer than one block", async () => {
    const long = Array.from({ length: 20 }, (_, i) => `${i}-${"x".repeat(16_000)}`);
    writeFileSync(path, `${long.join("\n")}\n`);
    expect(await lines(9)).toEqual(long.slice(-9));
    expect(await lines()).toEqual(long);
  });

  it("gives a line once it is whole", async () => {
    writeFileSync(path, "a\nb");
    const file = await LogFile.open(path);
    expect((await file?.next())?.map(String)).toEqual(["a"]);
    expect(await file?.next()).toBeUndefined();
    appendFileSync(path, "c\nd");
    expect((await file?.next())?.map(String)).toEqual(["bc"]);
    rmSync(path);
    expect(await file?.next()).toBeUndefined();
    await file?.close();
  });
});

describe("a log record", () => {
  it("has a time, a stream, a tag and the text, which may be anything", () => {
    expect(record("2026-01-02T03:04:05.000000001Z stdout F a b  c")).toEqual({
      time: "2026-01-02T03:04:05.000000001Z",
      stream: "stdout",
      partial: false,
      text: Buffer.from("a b  c"),
    });
    expect(record("T stderr P ")).toMatchObject({ stream: "stderr", partial: true, text: Buffer.alloc(0) });
  });

  it.each(["", "T", "T stdout", "T stdin F x", "T stdout X x"])("is none: %j", (line) => {
    expect(record(line)).toBeUndefined();
  });

  it("knows its moment", () => {
    expect(secondsOf("1970-01-01T00:01:00.250000000Z")).toBe(60.25);
  });

  it("is given with its newline, and its time once per line and stream", () => {
    const format = new RecordFormat({ timestamps: true });
    const given = ["1 stdout P ab", "2 stderr F !", "3 stdout P cd", "4 stdout F e", "5 stdout F f"].map(
      (line) => {
        const parsed = record(line);
        if (parsed === undefined) throw new Error(line);
        return format.format(parsed).bytes.toString();
      },
    );
    expect(given).toEqual(["1 ab", "2 !\n", "cd", "e\n", "5 f\n"]);
  });
});
