import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatDuration,
  formatFileMode,
  parseBytes,
  parseDuration,
  parseFileMode,
} from "../../src/spec/index.ts";

describe("durations", () => {
  it.each([
    ["1m30s", 90e9, "1m30s"],
    ["90s", 90e9, "1m30s"],
    ["1.5h", 5400e9, "1h30m0s"],
    ["2w", 1_209_600e9, "336h0m0s"],
    ["1d", 86_400e9, "24h0m0s"],
    ["500ms", 5e8, "500ms"],
    ["1.5s", 15e8, "1.5s"],
    ["10us", 1e4, "10µs"],
    ["0", 0, "0s"],
    ["-3s", -3e9, "-3s"],
  ])("reads %s", (text, nanoseconds, written) => {
    expect(parseDuration(text)).toBe(nanoseconds);
    expect(formatDuration(nanoseconds)).toBe(written);
  });

  it.each(["", "5", "s", "1x", "1 m", "1m 30s", "--1s"])("refuses %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it("reads what it has written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 52 }), (nanoseconds) => {
        expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds);
      }),
    );
  });
});

describe("byte sizes", () => {
  it.each([
    ["0", 0],
    ["-1", -1],
    ["42", 42],
    ["64b", 64],
    ["1k", 1024],
    ["1.5GB", 1_610_612_736],
    ["512 m", 536_870_912],
    ["2GiB", 2_147_483_648],
    ["1t", 1_099_511_627_776],
    [".5k", 512],
    ["1.m", 1_048_576],
    ["1e3", 1000],
    ["+1e1 kb", 10_240],
  ])("reads %s", (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each(["", "x", "1x", "1 parsec", "ib", "e3", " 1m ", "0x10", "1_0", "-1m", "-1.5"])(
    "refuses %j",
    (text) => {
      expect(parseBytes(text)).toBeUndefined();
    },
  );
});

describe("file modes", () => {
  it("are octal, whatever the prefix", () => {
    expect(["0440", "440", "0o440"].map(parseFileMode)).toEqual([0o440, 0o440, 0o440]);
    expect(formatFileMode(0o440)).toBe("0440");
    expect(parseFileMode("0888")).toBeUndefined();
  });
});
