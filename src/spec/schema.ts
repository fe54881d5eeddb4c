import type { Node } from "./node.ts";
import type { Report } from "./report.ts";
export function checkSchema(_document: Node, _report: Report): void {}
