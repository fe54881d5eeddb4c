import { describe, expect, it } from "vitest";
import { newId, parseContainerName, randomContainerName } from "../../../src/engine/containers/names.ts";

describe("container names", () => {
  it("take off one leading slash", () => {
    expect(parseContainerName("/web-1")).toBe("web-1");
    expect(parseContainerName("a.b_c-D9")).toBe("a.b_c-D9");
  });

  it.each(["", "a", "-web", ".web", "we b", "//web", "web/1", "wéb"])("refuse %j", (name) => {
    expect(() => parseContainerName(name)).toThrow(
      `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  });

  it("are made of two words, and of a number when those are taken", () => {
    const first = randomContainerName(
      () => false,
      () => 0,
    );
    expect(first).toMatch(/^[a-z]+_[a-z]+$/);
    const picks: number[] = [];
    const next = randomContainerName(
      (name) => name === first,
      (bound) => {
        picks.push(bound);
        return 0;
      },
    );
    expect(next).toBe(`${first}0`);
    expect(picks.length).toBeGreaterThan(16);
  });

  it("are never ids that look like numbers", () => {
    for (let i = 0; i < 50; i++) expect(newId()).toMatch(/^(?=.{0,11}[a-f])[0-9a-f]{64}$/);
  });
});
