import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canCompile, compileDriver } from "./driver.ts";

describe.skipIf(!canCompile())("the specification as the binary reads it", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-specification-"));
    compileDriver(join(folder, "driver"), "specification-driver.c", ["specification.c", "list.c", "fail.c"]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (...fields: string[]): { said: string; complaint: string } => {
    const { stdout, stderr } = spawnSync(join(folder, "driver"), {
      input: fields.map((field) => `${field}\0`).join(""),
      encoding: "utf8",
      // What it has read it keeps until it ends.
      env: { ASAN_OPTIONS: "detect_leaks=0" },
    });
    return { said: stdout, complaint: stderr };
  };

  it("has every field of every directive", () => {
    const endpoint = ["endpoint", "eth0", "br-a", "10.1.0.2/24", "", "", "", "", "1400", "10.2.0.0/24"];
    expect(read(...endpoint, "resolver", "61053", "arg", "sleep", "init", "arg", "60")).toEqual({
      said: "eth0 br-a 1400 10.2.0.0/24\nresolver 61053\nsleep\n60\n",
      complaint: "",
    });
  });

  it("is refused with the directive or the value that cannot be", () => {
    const said = "";
    const words = (text: string): object => ({
      said,
      complaint: `slipway-native: specification: ${text}\n`,
    });
    expect(read("arg", "true", "hover", "1")).toEqual(words('unknown directive "hover"'));
    expect(read("arg", "true", "tty", "24")).toEqual(words('ends in the middle of "tty"'));
    expect(read("arg", "true", "resolver", "dns")).toEqual(words('"dns" is not a number'));
    expect(read("arg", "true", "resolver", "65536")).toEqual(words("no port has number 65536"));
    expect(read("init")).toEqual(words("no command"));
  });
});
