// Lines out of a log's chunks.
import { expect, it } from "vitest";
import { RecordAssembler } from "../../src/cli/log-records.ts";
import { parseLogTime } from "../../src/cli/log-time.ts";
import { LineCutter } from "../../src/cli/render/log-prefix.ts";

const AT = "2026-01-01T00:00:01.000000001Z";

function assemble(...frames: (readonly ["stdout" | "stderr", string])[]): string[] {
  const assembler = new RecordAssembler("c");
  const records = frames.flatMap(([stream, text]) => [
    ...assembler.push({ stream, bytes: Buffer.from(text) }),
  ]);
  return [...records, ...assembler.end()].map(({ time, text }) => `${time === AT ? "AT" : time}|${text}`);
}

it("takes the time off each line", () => {
  expect(assemble(["stdout", `${AT} one\n`], ["stderr", `${AT} \n`])).toEqual(["AT|one", "AT|"]);
});

it("joins the pieces of a long line, which have a time each, whatever comes between them", () => {
  expect(assemble(["stdout", `${AT} ab`], ["stderr", `${AT} x\n`], ["stdout", `${AT} cd\n`])).toEqual([
    "AT|x",
    "AT|abcd",
  ]);
});

it("reads a terminal's output, which comes in pieces of any size", () => {
  expect(assemble(["stdout", `${AT} a\r\n${AT} b`], ["stdout", `c\r\n`])).toEqual(["AT|a", "AT|bc"]);
});

it("keeps a last line without a line break", () => {
  expect(assemble(["stdout", `${AT} end`])).toEqual(["AT|end"]);
});

it("cuts live output into lines", () => {
  const cutter = new LineCutter();
  expect(cutter.push(Buffer.from("a\nb"))).toEqual(["a"]);
  expect(cutter.push(Buffer.from("c\r\n\n"))).toEqual(["bc", ""]);
  const [first = 0, second = 0] = Buffer.from("é");
  expect(cutter.push(Buffer.from([first]))).toEqual([]);
  expect(cutter.push(Buffer.from([second, 10]))).toEqual(["é"]);
  expect(cutter.end()).toEqual([]);
  cutter.push(Buffer.from("rest"));
  expect(cutter.end()).toEqual(["rest"]);
});

it.each([
  ["1700000000.5", "1700000000.5"],
  ["2026-01-01T00:00:01Z", "1767225601.000000000"],
  ["2026-01-01T00:00:01.25Z", "1767225601.250000000"],
  ["2026-01-01T02:00:01+02:00", "1767225601.000000000"],
  ["1m30s", "1767225510.000000000"],
])("reads the time %s", (text, expected) => {
  expect(parseLogTime(text, Date.UTC(2026, 0, 1))).toBe(expected);
});

it.each(["yesterday", "", "12:00"])("refuses the time %j", (text) => {
  expect(parseLogTime(text, 0)).toBeUndefined();
});
