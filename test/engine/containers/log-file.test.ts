import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compressOlderFiles } from "../../../src/engine/containers/log-compression.ts";
import { LogFile } from "../../../src/engine/containers/log-file.ts";
import type { LogPlace } from "../../../src/engine/containers/log-file.ts";
import { momentOf, parseRecord, RecordFormat } from "../../../src/engine/containers/log-record.ts";

const record = (line: string): ReturnType<typeof parseRecord> => parseRecord(Buffer.from(line));

const isGzip = (name: string): boolean => readFileSync(name).readUInt16BE(0) === 0x1f8b;
const NEVER = new AbortController().signal;

describe("a log file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-log-"));
    path = join(folder, "log");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function lines(tail?: number, end?: LogPlace): Promise<string[]> {
    const file = await LogFile.open(path, { tail, ...(end === undefined ? {} : { end }) });
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

  const place = (number: number, offset: number): LogPlace => ({ number, offset, inode: statSync(path).ino });

  function writeFiles(contents: readonly string[]): void {
    contents.slice(0, -1).forEach((text, index) => writeFileSync(`${path}.${index + 8}`, text));
    writeFileSync(path, contents.at(-1) ?? "");
  }

  /** A file of the log as the shim begins it. */
  function begin(number: number): void {
    renameSync(path, `${path}.${number}`);
    writeFileSync(path, "");
  }

  it("goes on through all its files in the order of their numbers, also while they are compressed", async () => {
    writeFiles(["a\nb\n", "c\n", "d\ne\n", "f\n"]);
    const file = await LogFile.open(path);
    expect((await file?.next())?.map(String)).toEqual(["a", "b"]);
    await compressOlderFiles(path, NEVER);
    expect(readdirSync(folder)).toEqual(["log", "log.10.gz", "log.8.gz", "log.9.gz"]);
    const rest: string[] = [];
    for (let next = await file?.next(); next !== undefined; next = await file?.next())
      rest.push(...next.map(String));
    expect(rest).toEqual(["c", "d", "e", "f"]);
    appendFileSync(path, "g\n");
    begin(11);
    appendFileSync(path, "h\n");
    begin(12);
    appendFileSync(path, "i\n");
    await compressOlderFiles(path, NEVER);
    for (const line of ["g", "h", "i"]) expect((await file?.next())?.map(String)).toEqual([line]);
    expect(await file?.next()).toBeUndefined();
    await file?.close();
    expect(await lines()).toEqual([..."abcdefghi"]);
    for (let tail = 0; tail < 11; tail++)
      expect(await lines(tail)).toEqual([..."abcdefghi"].slice(-tail || 9));
  });

  it("ends at a place, whatever its file is called by then", async () => {
    writeFileSync(path, "a\nb\nc\n");
    const end = place(1, 4);
    expect(await lines(undefined, end)).toEqual(["a", "b"]);
    begin(1);
    writeFileSync(path, "d\n");
    expect(await lines(undefined, end)).toEqual(["a", "b"]);
    await compressOlderFiles(path, NEVER);
    expect(await lines(undefined, end)).toEqual(["a", "b"]);
    expect(await lines(undefined, place(2, 2))).toEqual(["a", "b", "c", "d"]);
    rmSync(`${path}.1.gz`);
    expect(await LogFile.open(path, { end })).toBeUndefined();
  });

  it("is the same when whoever compressed it was killed half way", async () => {
    writeFiles(["a\n", "b\n", "c\n"]);
    writeFileSync(`${path}.compressing`, "half of it");
    writeFileSync(`${path}.8.gz`, gzipSync("a\n")); // the plain one was about to go
    expect(await lines()).toEqual(["a", "b", "c"]);
    await compressOlderFiles(path, NEVER);
    expect(readdirSync(folder)).toEqual(["log", "log.8.gz", "log.9.gz"]);
    expect(["log.8.gz", "log.9.gz"].every((name) => isGzip(join(folder, name)))).toBe(true);
    expect(await lines()).toEqual(["a", "b", "c"]);
  });

  it("stays as it is when compressing is called off", async () => {
    writeFiles(["a\n", "b\n"]);
    await expect(compressOlderFiles(path, AbortSignal.abort())).rejects.toThrow("aborted");
    expect(readdirSync(folder)).toEqual(["log", "log.8"]);
  });

  it("gives the last lines of a large compressed file", async () => {
    const long = Array.from({ length: 5000 }, (_, i) => `${i}-${"x".repeat(i % 200)}`);
    writeFiles([`${long.join("\n")}\n`, "end\n"]);
    await compressOlderFiles(path, NEVER);
    for (const tail of [1, 2, 100, 4999, 5000])
      expect(await lines(tail)).toEqual([...long, "end"].slice(-tail));
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
    const [first, last] = ["1970-01-01T00:01:00.250000001Z stdout F ", "T stdout F "].map(record);
    expect([first && momentOf(first), last && momentOf(last)]).toEqual([60_250_000_001n, 0n]);
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
