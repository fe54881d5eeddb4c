import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatNames, NamesTable } from "../../../src/engine/networks/names-table.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-names-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("formatNames", () => {
  it("puts names in lower case, each once, and leaves out what is no name", () => {
    const lines = [
      { address: "10.0.0.2", names: ["Web", "web", "a b", "x\ny", "api", ""] },
      { address: "10.0.0.3", names: ["é"] },
    ];
    expect(formatNames(lines)).toBe("10.0.0.2 web api\n");
  });
});

describe("NamesTable", () => {
  it("has on disk what was set when the promise of that change resolves, however many change at once", async () => {
    const path = join(folder, "n.names");
    const table = new NamesTable(path);
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        await table.set(`c${index}`, [{ address: `10.0.0.${index}`, names: [`name-${index}`] }]);
        expect(readFileSync(path, "utf8")).toContain(`10.0.0.${index} name-${index}\n`);
      }),
    );
    await Promise.all(Array.from({ length: 199 }, (_, index) => table.delete(`c${index}`)));
    expect(readFileSync(path, "utf8")).toBe("10.0.0.199 name-199\n");
    await table.remove();
    expect(readdirSync(folder)).toEqual([]);
  });
});
