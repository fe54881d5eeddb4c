import { describe, expect, test } from "vitest";
import { parseMoment, parseTimestamp } from "../../src/engine/moments.ts";

describe("a point in time", () => {
  test.each([
    ["1795410000.123456789", 1_795_410_000_123_456_789n],
    ["12.5", 12_500_000_000n],
    ["-1.5", -1_500_000_000n],
    ["0", 0n],
    ["2026-11-23T05:00:00.123456789Z", 1_795_410_000_123_456_789n],
    ["2026-11-23t06:00:00.1234567891+01:00", 1_795_410_000_123_456_789n],
    ["2026-11-23 05:00Z", 1_795_410_000_000_000_000n],
    ["2026-11-23", 1_795_392_000_000_000_000n],
  ])("%s is exact to the nanosecond", (text, nanoseconds) => {
    expect(parseMoment(text)).toBe(nanoseconds);
  });

  test.each(["", "12 May", "1.", "1.2.3", "2020-1-1", "2020-13-01", "2020-01-01.5", "2020-01-01Z", "1e9"])(
    "is not %j",
    (text) => {
      expect(parseMoment(text)).toBeUndefined();
    },
  );

  test("is no number where only a timestamp is looked for", () => {
    expect(parseTimestamp("12.5")).toBeUndefined();
  });
});
