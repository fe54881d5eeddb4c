import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStateFile, writeStateFile } from "../../src/engine/state-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-state-"));
  path = join(folder, "value.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("state files", () => {
  it("give back what was written", async () => {
    await writeStateFile(path, { a: [1, "x"] });
    await writeStateFile(path, { a: [2, "y"] });
    expect(await readStateFile(path)).toEqual({ a: [2, "y"] });
    expect(readdirSync(folder)).toEqual(["value.json"]);
  });

  it("are absent when there is none", async () => {
    expect(await readStateFile(path)).toBeUndefined();
  });

  it("are whole to every reader while many write", async () => {
    await writeStateFile(path, { text: "" });
    const writes = Promise.all(
      Array.from({ length: 20 }, (_, index) => writeStateFile(path, { text: "x".repeat(50_000 + index) })),
    );
    for (let read = 0; read < 100; read++) expect(await readStateFile(path)).toHaveProperty("text");
    await writes;
    expect(readdirSync(folder)).toEqual(["value.json"]);
  });

  it("leave the old value and no other file behind when a value cannot be written", async () => {
    await writeStateFile(path, 1);
    await expect(writeStateFile(path, 2n)).rejects.toThrow("BigInt");
    expect(await readStateFile(path)).toBe(1);
    expect(readdirSync(folder)).toEqual(["value.json"]);
  });

  it("that are torn are put aside, told of, and count as absent", async () => {
    writeFileSync(path, '{"a": [1,');
    const told: string[] = [];
    expect(await readStateFile(path, (where) => told.push(where))).toBeUndefined();
    expect(told).toEqual([`${path}.quarantined`]);
    expect(readFileSync(`${path}.quarantined`, "utf8")).toBe('{"a": [1,');
    expect(await readStateFile(path)).toBeUndefined();
  });
});
