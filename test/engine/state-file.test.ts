import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasFields, readStateFile, writeStateFile } from "../../src/engine/state-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-state-"));
  path = join(folder, "value.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const told: string[] = [];
const read = (): Promise<unknown> =>
  readStateFile(path, {
    log: (message) => told.push(message),
    isWhole: (value) => hasFields(value, { a: "object" }),
  });

describe("state files", () => {
  it("give back what was written", async () => {
    await writeStateFile(path, { a: [1, "x"] });
    await writeStateFile(path, { a: [2, "y"] });
    expect(await read()).toEqual({ a: [2, "y"] });
    expect(readdirSync(folder)).toEqual(["value.json"]);
  });

  it("are absent when there is none", async () => {
    expect(await read()).toBeUndefined();
  });

  it("are whole to every reader while many write", async () => {
    await writeStateFile(path, { a: {}, text: "" });
    const writes = Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        writeStateFile(path, { a: {}, text: "x".repeat(50_000 + index) }),
      ),
    );
    for (let count = 0; count < 100; count++) expect(await read()).toHaveProperty("text");
    await writes;
    expect(readdirSync(folder)).toEqual(["value.json"]);
  });

  it("leave the old value and no other file behind when a value cannot be written", async () => {
    await writeStateFile(path, { a: {} });
    await expect(writeStateFile(path, 2n)).rejects.toThrow("BigInt");
    expect(await read()).toEqual({ a: {} });
    expect(readdirSync(folder)).toEqual(["value.json"]);
  });

  it("that are torn, or hold something else, are put aside, told of, and count as absent", async () => {
    const torn = ['{"a": [1,', "", "\0\0\0\0", "\xff\xfe garbage", "null", "[]", '{"b": 1}', '{"a": null}'];
    for (const text of torn) {
      writeFileSync(path, text);
      told.length = 0;
      expect(await read(), text).toBeUndefined();
      expect(told).toEqual([
        expect.stringContaining(`${path} is damaged and was set aside as ${path}.quarantined`),
      ]);
      expect(readFileSync(`${path}.quarantined`, "utf8")).toBe(text);
      expect(await read()).toBeUndefined();
    }
  });
});
