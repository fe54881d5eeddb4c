import { chownSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeForEveryUser } from "./every-user.ts";
import { containerSpecification } from "./specification.ts";

interface LogRecord {
  readonly time: string;
  readonly stream: string;
  readonly tag: string;
  readonly text: string;
}

function readLog(folder: string): LogRecord[] {
  const lines = readFileSync(join(folder, "log"), "utf8").split("\n");
  expect(lines.pop()).toBe(""); // every record has its end
  return lines.map((line) => {
    const [time = "", stream = "", tag = "", ...text] = line.split(" ");
    return { time, stream, tag, text: text.join(" ") };
  });
}

function lineOf(length: number): string {
  return `head -c ${length} /dev/zero | tr '\\0' x; echo; sleep 0.02`;
}

describeForEveryUser("log", (stage) => {
  async function logOf(script: string): Promise<LogRecord[]> {
    const { client, place } = stage().run({ args: ["sh", "-c", script] });
    await client.exited();
    return readLog(place.folder);
  }

  it("has a record per line, with its time and stream", async () => {
    const begin = new Date().toISOString();
    const script = "echo one; read go; echo two three >&2; read go; echo";
    const { client, place } = stage().run({ args: ["sh", "-c", script], more: [["stdin", "open"]] });
    // What waits in both streams at once has no order.
    await client.outputMatching(/one/);
    client.input("\n");
    await client.outputMatching(/three/, "E");
    client.input("\n");
    await client.exited();
    const records = readLog(place.folder);
    const end = new Date().toISOString();
    expect(records.map(({ stream, tag, text }) => [stream, tag, text])).toEqual([
      ["stdout", "F", "one"],
      ["stderr", "F", "two three"],
      ["stdout", "F", ""],
    ]);
    const times = records.map((record) => record.time);
    for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect([begin.slice(0, 19), ...times, `${end.slice(0, 19)}z`]).toEqual(
      [begin.slice(0, 19), ...times, `${end.slice(0, 19)}z`].toSorted(),
    );
  });

  it("splits a line after 16 KiB, and only then", async () => {
    const records = await logOf([16_384, 16_385, 40_000].map(lineOf).join("; "));
    expect(records.map(({ tag, text }) => [tag, text.length])).toEqual([
      ["F", 16_384],
      ["P", 16_384],
      ["F", 1],
      ["P", 16_384],
      ["P", 16_384],
      ["F", 7_232],
    ]);
  });

  it("puts a line that comes in pieces together, and marks one that never ends", async () => {
    const records = await logOf("printf a; sleep 0.02; printf 'b\\nc'");
    expect(records.map(({ tag, text }) => [tag, text])).toEqual([
      ["F", "ab"],
      ["P", "c"],
    ]);
  });

  it("keeps every line of a busy process", async () => {
    const records = await logOf("seq 1 50000");
    expect(records.length).toBe(50_000);
    expect(records.every((record, index) => record.text === String(index + 1))).toBe(true);
  });

  it("goes on after earlier records, without what a crash has torn", async () => {
    const place = stage().place();
    const kept = "2024-01-01T00:00:00.000000000Z stdout F kept\n";
    writeFileSync(join(place.folder, "log"), `${kept}2024-01-01T00:00:00.000000000Z stdout F to`, {
      mode: 0o666,
    });
    chownSync(join(place.folder, "log"), stage().user.uid, stage().user.uid);
    const { client } = stage().run({ args: ["echo", "new"] }, place);
    await client.exited();
    expect(readLog(place.folder).map((record) => record.text)).toEqual(["kept", "new"]);
  });

  it("is absent where none was asked for", async () => {
    const place = stage().place();
    const directives = containerSpecification(place, { args: ["echo", "x"] }).filter(
      ([name]) => name !== "log",
    );
    const { client } = stage().start("run", place, directives);
    client.send("G");
    expect((await client.exited()).status).toBe(0);
    expect(() => readFileSync(join(place.folder, "log"))).toThrow("ENOENT");
  });
});
