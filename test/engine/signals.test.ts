import { describe, expect, it } from "vitest";
import { parseSignal } from "../../src/engine/signals.ts";

describe("signals", () => {
  it.each([
    ["TERM", 15],
    ["SIGTERM", 15],
    ["sigint", 2],
    ["9", 9],
    ["RTMIN", 34],
    ["SIGRTMIN+3", 37],
    ["RTMAX-1", 63],
  ])("%s is %d", (text, number) => {
    expect(parseSignal(text)).toBe(number);
  });

  it.each(["", "0", "65", "-9", "TERMINATE", "RTMAX+1", "RTMIN-1"])("refuses %j", (text) => {
    expect(() => parseSignal(text)).toThrow(`Invalid signal: ${text}`);
  });
});
