// Compression in members gives one gzip file, whatever pieces the bytes come in.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { GzipMembers } from "../../../src/engine/images/gzip-members.ts";

const MEBIBYTE = 1024 * 1024;

test.each([
  ["nothing", 0, 1],
  ["less than a member", 1000, 7],
  ["many members in small pieces", 9 * MEBIBYTE + 5, 65_536],
  ["pieces larger than a member", 9 * MEBIBYTE + 5, 4 * MEBIBYTE],
])("%s", async (_what, size, piece) => {
  const plain = Buffer.concat([randomBytes(Math.floor(size / 2)), Buffer.alloc(Math.ceil(size / 2), "x")]);
  const kept: Buffer[] = [];
  const members = new GzipMembers((bytes) => kept.push(bytes));
  for (let at = 0; at < size; at += piece) await members.write(plain.subarray(at, at + piece));
  await members.finish();
  const compressed = Buffer.concat(kept);
  expect(gunzipSync(compressed).equals(plain)).toBe(true);
  const read = execFileSync("gzip", ["-dc"], { input: compressed, maxBuffer: 16 * MEBIBYTE });
  expect(read.equals(plain)).toBe(true);
});
