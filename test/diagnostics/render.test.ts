import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/diagnostics/index.ts";
import { renderDiagnostic } from "../../src/diagnostics/index.ts";

const at = (line: number, column: number, endLine: number, endColumn: number) => ({
  file: "c.yaml",
  line,
  column,
  endLine,
  endColumn,
});
const problem = (span: Diagnostic["span"], more: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: "error",
  code: "schema",
  message: "no",
  ...(span && { span }),
  ...more,
});
const render = (diagnostic: Diagnostic, text: string): string =>
  renderDiagnostic(diagnostic, { sources: new Map([["c.yaml", text]]) });

describe("a rendered diagnostic", () => {
  it("shows the line with its neighbours", () => {
    expect(render(problem(at(2, 4, 2, 7)), "a\nb: foo\nc\nd\n")).toBe(
      "c.yaml:2:4: error: no [schema]\n  1 | a\n  2 | b: foo\n    |    ^^^\n  3 | c\n",
    );
  });

  it("marks the first line of a longer stretch, and stops at the ends of the file", () => {
    expect(render(problem(at(1, 3, 2, 2)), "a: [\n1]\n")).toBe(
      "c.yaml:1:3: error: no [schema]\n  1 | a: [\n    |   ^^\n  2 | 1]\n",
    );
    expect(render(problem(at(1, 1, 1, 1)), "")).toBe("c.yaml:1:1: error: no [schema]\n  1 |\n    | ^\n");
  });

  it("keeps the mark under its text with tabs and wide characters", () => {
    expect(render(problem(at(1, 5, 1, 6)), "\t日本 x")).toContain("  1 | \t日本 x\n    | \t     ^\n");
  });

  it("shows the part of a long line that matters", () => {
    const text = `${"a".repeat(500)}HERE${"b".repeat(500)}`;
    const [, line = "", mark = ""] = render(problem(at(1, 501, 1, 505)), text).split("\n");
    expect(line.length).toBeLessThan(140);
    expect(line.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1)).toBe("HERE");
  });

  it("adds a hint and other places", () => {
    const related = [{ message: "first here", span: at(1, 1, 1, 2) }];
    expect(render(problem(at(2, 1, 2, 2), { hint: "try b", related }), "a\na\n")).toBe(
      "c.yaml:2:1: error: no [schema]\n  1 | a\n  2 | a\n    | ^\n  hint: try b\nc.yaml:1:1: note: first here\n  1 | a\n    | ^\n  2 | a\n",
    );
  });

  it("does without a place or a text", () => {
    expect(render(problem(undefined, { severity: "warning" }), "")).toBe("warning: no [schema]\n");
    const elsewhere = { ...at(1, 1, 1, 2), file: "other.yaml" };
    expect(render(problem(elsewhere), "")).toBe("other.yaml:1:1: error: no [schema]\n");
  });

  it("lets no text steer the terminal", () => {
    expect(render(problem(at(1, 1, 1, 2), { message: "bad \u001b[31m" }), "\u001b[2J")).not.toContain(
      "\u001b",
    );
  });

  it("is coloured by what it is given", () => {
    const colours = { error: (text: string) => `<${text}>`, gutter: (text: string) => `(${text})` };
    const text = renderDiagnostic(problem(at(1, 1, 1, 2)), { sources: new Map([["c.yaml", "a"]]), colours });
    expect(text).toBe("c.yaml:1:1: <error:> no [schema]\n  (1 |) a\n  (  |) <^>\n");
  });
});
