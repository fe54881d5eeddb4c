import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { collectGarbage, createRest } from "../../../src/engine/system/rest.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("garbage is collected once, when nobody has come or gone for a while", () => {
  const collect = vi.fn<() => void>();
  const rest = createRest(collect, 100);
  vi.advanceTimersByTime(1000);
  for (let count = 0; count < 10; count += 1) {
    rest.disturb();
    vi.advanceTimersByTime(60);
  }
  expect(collect).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(collect).toHaveBeenCalledTimes(1);
  rest.disturb();
  vi.advanceTimersByTime(1000);
  expect(collect).toHaveBeenCalledTimes(2);
});

it("garbage can be collected more than once", () => {
  collectGarbage();
  expect(collectGarbage).not.toThrow();
});
