import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ulimitWarnings } from "../../../src/engine/containers/rlimits.ts";

const OWN = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max file size             unlimited            unlimited            bytes     
Max data size             unlimited            unlimited            bytes     
Max stack size            8388608              unlimited            bytes     
Max core file size        0                    unlimited            bytes     
Max resident set          unlimited            unlimited            bytes     
Max processes             96365                96365                processes 
Max open files            1024                 20000                files     
`;

describe("limits that an engine cannot give", () => {
  it.each<[string, number, string | undefined]>([
    ["nofile", 20_000, undefined],
    ["nofile", 20_001, "20000"],
    ["nofile", -1, "20000"],
    ["nproc", 1, undefined],
    ["nproc", 100_000, "96365"],
    ["core", -1, undefined],
  ])("%s=%d", (Name, Hard, most) => {
    const warning = `The engine is not allowed to give a limit ${Name} above ${most}. It is limited to that.`;
    expect(ulimitWarnings([{ Name, Soft: 0, Hard }], OWN)).toEqual(most === undefined ? [] : [warning]);
  });

  it("are read from the kernel's own table", () => {
    const wishes = ["nofile", "nice", "rttime"].map((Name) => ({ Name, Soft: 0, Hard: 0 }));
    expect(ulimitWarnings(wishes, readFileSync("/proc/self/limits", "utf8"))).toEqual([]);
  });
});
