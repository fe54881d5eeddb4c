import { describe, expect, it } from "vitest";
import { effectiveUserId, innerUserId } from "../../../src/engine/containers/user-ids.ts";

describe("users of a container", () => {
  const map = "         0       1000          1\n         1     100000      65536\n";

  it.each([
    [1000, 0],
    [100_000, 1],
    [100_998, 999],
    [165_535, 65_536],
    [165_536, 65_534],
    [0, 65_534],
  ])("number %i of the machine is %i there", (outer, inner) => {
    expect(innerUserId(map, outer)).toBe(inner);
  });

  it("have the machine's numbers where there is no namespace of theirs", () => {
    expect(innerUserId("         0          0 4294967295\n", 999)).toBe(999);
  });

  it("are those that their processes act as", () => {
    expect(effectiveUserId("Name:\tsleep\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n")).toBe(2);
  });
});
