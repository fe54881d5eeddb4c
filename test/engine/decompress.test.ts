import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { decompress } from "../../src/engine/decompress.ts";

describe("an archive whose compression is looked for", () => {
  it.each(["", "j", "junk\n", "sixsix", "longer than any mark"])("loses nothing of %j", async (text) => {
    const archive = new PassThrough();
    for (const byte of text) archive.write(byte);
    archive.end();
    expect((await buffer(await decompress(archive))).toString()).toBe(text);
  });
});
