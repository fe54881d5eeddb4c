import { textWidth } from "./text-width.ts";

const GAP = 3;

/** Rows below a heading, columns aligned and three spaces apart, without borders; ends with a line break. */
export function formatTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => textWidth(line[column] ?? ""))));
  return lines.map((line) => `${formatLine(line, widths)}\n`).join("");
}

function formatLine(line: readonly string[], widths: readonly number[]): string {
  return line
    .map((cell, column) =>
      column === line.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - textWidth(cell) + GAP),
    )
    .join("");
}
